//! What a search of documents asks and finds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CollectionId, FileId, MessageId, SourceId};

/// What a question is asked of where it is not a whole collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DocumentPart {
    /// One document.
    File {
        /// Which.
        id: FileId,
    },
    /// What lies in a folder and in those below it.
    Folder {
        /// What was put in.
        source: SourceId,
        /// The folder within it, with `/` between its names; empty for all of it.
        place: String,
    },
    /// Every document that carries a tag, whatever its collection.
    Tag {
        /// The tag, upper and lower case being the same.
        tag: String,
    },
}

/// What a question is asked of; nothing where the model alone answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AskedOf {
    /// Collections of documents.
    pub collections: Vec<CollectionId>,
    /// Documents, folders and tags besides.
    pub parts: Vec<DocumentPart>,
    /// Whether all of it is read, from the beginning to the end.
    pub everything: bool,
}

/// What a question of a conversation was asked of, as people call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageAsked {
    /// The question.
    pub message: MessageId,
    /// Collections first, then what was named besides; what is gone is left out.
    pub names: Vec<AskedName>,
    /// Whether all of it was to be read, from the beginning to the end.
    pub everything: bool,
}

/// The name of something that a question was asked of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AskedName {
    /// What it is.
    pub kind: AskedKind,
    /// What it is called.
    pub name: String,
}

/// Kinds of what a question is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum AskedKind {
    /// A collection.
    Collection,
    /// A document.
    File,
    /// A folder.
    Folder,
    /// All that carry a tag.
    Tag,
}

/// A question to collections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PassageRequest {
    /// Which collections; all of them where neither these nor parts are named.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<CollectionId>>")]
    pub collections: Vec<CollectionId>,
    /// Which documents, folders and tags besides.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<DocumentPart>>")]
    pub parts: Vec<DocumentPart>,
    /// What is asked.
    pub text: String,
    /// Passages at most, 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    pub k: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PassagePage {
    /// Best first.
    pub results: Vec<Passage>,
    /// How sure it is that one of them answers, 0 to 1.
    pub confidence: f64,
    /// Whether that is enough.
    pub answerable: bool,
}

/// A passage of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Passage {
    /// 1 is the best.
    pub rank: u32,
    /// How well it fits; comparable within one answer only.
    pub score: f64,
    /// How well its meaning fits: the cosine.
    pub meaning: f64,
    /// How well its words fit, as a share of the best one's.
    pub words: f64,
    /// Which file.
    pub file: FileId,
    /// Where it belongs.
    pub collection: CollectionId,
    /// The name of the document: its file's, with folders where two have the same, or its row's.
    pub document: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// The page it begins on, from 1.
    pub page: Option<u32>,
    /// Its first character in the document's text, counted in code points.
    pub start: u64,
    /// The character behind its last.
    pub end: u64,
    /// What it says.
    pub text: String,
}
