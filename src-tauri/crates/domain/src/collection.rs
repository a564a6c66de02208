//! Collections of documents: what a person put in, and the fate of each file.
//!
//! Not here: what a search finds (`passage.rs`) and what an answer cites (`citation.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CollectionId, ErrorCode, FileId, JobId, SourceId, Timestamp};

/// A set of documents that can be searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Collection {
    /// Its name in commands.
    pub id: CollectionId,
    /// Shown, and typed after `@`; 1 to 80 characters.
    pub name: String,
    /// Whether its queue rests.
    pub paused: bool,
    /// When it was made.
    pub created: Timestamp,
    /// What is in it.
    pub counts: FileCounts,
    /// What a person put in, oldest first.
    pub sources: Vec<Source>,
}

/// What a collection takes up on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CollectionStorage {
    /// Bytes within the encrypted database: texts, passages, their vectors, their part of the word index.
    /// The files themselves stay where they are.
    pub bytes: u64,
}

/// How many files of a collection are where, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FileCounts {
    /// All files.
    pub files: u64,
    /// Those that wait or are being worked on.
    pub waiting: u64,
    /// Those that can be searched.
    pub searchable: u64,
    /// Those that could not be read, each with its reason.
    pub failed: u64,
    /// Those that are left out, each with its reason.
    pub skipped: u64,
    /// Passages that can be searched.
    pub chunks: u64,
    /// Pages of searchable files that have pages.
    pub pages: u64,
    /// Bytes of the searchable files.
    pub bytes: u64,
    /// Why those that wait are not worked on: the disk or the database does not let us. It is tried
    /// again until it does.
    pub held: Option<ErrorCode>,
}

/// What a person put in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Source {
    /// Which.
    pub id: SourceId,
    /// Where it is, as it can be shown.
    pub path: String,
    /// What it is.
    pub kind: SourceKind,
    /// When it was last looked through.
    pub scanned: Option<Timestamp>,
    /// Whether it was not there then. What was read of it stays.
    pub missing: bool,
}

/// What was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// One document.
    File,
    /// Everything in a folder and in those below it; looked through again and again.
    Folder,
    /// A file of rows `{id, title, text}`, each a document.
    Rows,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Waits for its turn.
    Queued,
    /// Its text is being read.
    Reading,
    /// Its passages are being embedded.
    Embedding,
    /// It can be found.
    Searchable,
    /// It could not be read; the code says why.
    Failed,
    /// It is left out; the code says why.
    Skipped,
}

impl FileState {
    /// Whether nothing more happens to it by itself.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Searchable | Self::Failed | Self::Skipped)
    }
}

/// A file of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LibraryFile {
    /// Which.
    pub id: FileId,
    /// Where it belongs.
    pub collection: CollectionId,
    /// Its name without a folder, or the id of its row.
    pub name: String,
    /// Where it lies within what was put in.
    pub place: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// Bytes.
    pub size: u64,
    /// How far it is.
    pub state: FileState,
    /// Why it failed or is left out.
    pub code: Option<ErrorCode>,
    /// How often reading it was begun.
    pub attempts: u32,
    /// Its pages; 0 where it has none.
    pub pages: u32,
    /// Those of them that gave no text: pictures, letters without meaning, damage.
    pub unread: u32,
    /// Its passages.
    pub chunks: u32,
    /// Characters of its text.
    pub characters: u64,
    /// When it became searchable.
    pub indexed: Option<Timestamp>,
    /// Its tags, by name.
    pub tags: Vec<String>,
}

/// A tag of documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Tag {
    /// What people wrote, 1 to 40 characters.
    pub name: String,
    /// How many documents carry it.
    pub files: u64,
}

/// A folder that was put in, or one below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LibraryFolder {
    /// Where it belongs.
    pub collection: CollectionId,
    /// What was put in.
    pub source: SourceId,
    /// The folder within it; empty for all of it.
    pub place: String,
    /// What it is called, as shown: the name of what was put in, and the place.
    pub name: String,
}

/// What documents can be named by, as far as it has the text that is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LibraryMatches {
    /// Collections.
    pub collections: Vec<Collection>,
    /// Folders.
    pub folders: Vec<LibraryFolder>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Documents that can be searched.
    pub files: Vec<LibraryFile>,
}

/// A page of the list of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FilePage {
    /// The files: those with a reason first, then those that wait, then by name.
    pub items: Vec<LibraryFile>,
    /// How many there are in all.
    pub total: u64,
}

/// A document as the index sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DocumentView {
    /// Which file.
    pub file: LibraryFile,
    /// Its text.
    pub text: String,
    /// Where its pages begin, in characters of the text; empty where it has none.
    pub pages: Vec<u64>,
    /// Whether its pages can be seen as pictures.
    pub pictures: bool,
    /// Whether the file on the disk is another one by now.
    pub changed: bool,
}

/// A page of a document as it looks, with its words where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PagePicture {
    /// A PNG file, in Base64.
    pub png: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The words of the page in the order of the text; none where it is not known where they stand.
    pub words: Vec<PageWord>,
}

/// Where a word stands on its page: parts of its width and its height, from the upper left corner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PageWord {
    /// Where it begins, in characters of the document's text.
    pub start: u64,
    /// The character after its last.
    pub end: u64,
    /// From the left edge, a part of the width.
    pub left: f32,
    /// From the upper edge, a part of the height.
    pub top: f32,
    /// A part of the width.
    pub width: f32,
    /// A part of the height.
    pub height: f32,
}

/// What became of something that was put in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct IngestReport {
    /// Documents that became searchable.
    pub documents: u64,
    /// Their passages.
    pub chunks: u64,
    /// Passages that were embedded: those that were not there yet.
    pub embedded: u64,
    /// Their pages.
    pub pages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was left out, and why; the first ten thousand.
    pub skipped: Vec<SkippedFile>,
    /// How many were left out.
    pub skipped_count: u64,
    /// Documents that are gone from the disk and from the index.
    pub removed: u64,
    /// How long it took.
    pub seconds: f64,
    /// Processor time of the whole program meanwhile.
    pub cpu_seconds: f64,
    /// The most memory that the program held, readers included; 0 where the system does not tell.
    pub peak_rss_bytes: u64,
}

/// A file that is not searchable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SkippedFile {
    /// Where it lies, as it can be shown.
    pub path: String,
    /// Why.
    pub code: ErrorCode,
    /// A sentence in English.
    pub message: String,
}

/// What the topics `library` and `ingest/<id>` carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LibraryEvent {
    /// What was put in is being looked through.
    Scanning {
        /// Files seen so far.
        files: u64,
    },
    /// Files are being read and embedded.
    Progress {
        /// Where.
        collection: CollectionId,
        /// How many are where.
        counts: FileCounts,
        /// Settled files of what was put in.
        done: u64,
        /// All of them.
        total: u64,
    },
    /// Everything that was put in has its fate.
    Finished {
        /// What became of it.
        report: IngestReport,
    },
    /// It broke off.
    Failed {
        /// Why.
        code: ErrorCode,
        /// A sentence in English, for logs and developers.
        message: String,
    },
}

/// Something was put in; subscribe to `ingest/<job>` for its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct IngestStarted {
    /// Where it belongs.
    pub collection: CollectionId,
    /// Its stream.
    pub job: JobId,
}
