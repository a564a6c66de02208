//! Taking conversations out of Hearth and into it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Everything, to be read by Hearth again (`src-tauri/docs/export.md`).
    Json,
    /// The shown branch of each, to be read by people.
    Markdown,
}

/// A file to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExportFile {
    /// What the file may be called.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// Conversations in it.
    pub conversations: u32,
}

/// Who wrote a file that is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// Hearth's own export.
    Hearth,
    /// `conversations.json` of ChatGPT's export.
    Chatgpt,
    /// `conversations.json` of Claude's export.
    Claude,
}

/// Why something of a file was not taken in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The conversation is here already.
    AlreadyHere,
    /// It has no message with text.
    Empty,
    /// It is not of the shape that the format has.
    Malformed,
    /// A picture, a sound or another file that is not text.
    NotText,
    /// A call of a tool or its result.
    Tool,
    /// Larger than what is taken at all.
    TooLarge,
}

/// How many of what was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Skipped {
    /// Why.
    pub reason: SkipReason,
    /// How many conversations or messages.
    pub count: u32,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportReport {
    /// Who wrote it.
    pub format: ImportFormat,
    /// Conversations taken in.
    pub conversations: u32,
    /// Their messages.
    pub messages: u32,
    /// What was left out, by reason.
    pub skipped: Vec<Skipped>,
}

impl ImportReport {
    /// What became of this file and of the next part of it.
    #[must_use]
    pub fn and(mut self, next: &Self) -> Self {
        self.conversations = self.conversations.saturating_add(next.conversations);
        self.messages = self.messages.saturating_add(next.messages);
        for more in &next.skipped {
            match self.skipped.iter_mut().find(|known| known.reason == more.reason) {
                Some(known) => known.count = known.count.saturating_add(more.count),
                None => self.skipped.push(*more),
            }
        }
        self.skipped.sort_by_key(|skipped| skipped.reason);
        self
    }
}

/// What lies in a place on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum DataPlaceKind {
    /// The encrypted database: conversations, settings, everything that was written.
    Database,
    /// Copies of it from before a change of its shape, encrypted too.
    Backups,
    /// What was read of conversations, encrypted, so that it need not be read again.
    PromptCache,
    /// When programs asked the port, and how it ended; without a word of content, not encrypted.
    RequestLog,
    /// Models that the person added.
    Models,
    /// Models that came with the program.
    BundledModels,
}

/// One place on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DataPlace {
    /// What lies there.
    pub kind: DataPlaceKind,
    /// The file or folder.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DataReport {
    /// The places.
    pub places: Vec<DataPlace>,
    /// Where the key of the database is kept, as `doctor` names it.
    pub key: String,
    /// Conversations that are not deleted.
    pub conversations: u64,
    /// Deleted ones that can still be brought back.
    pub deleted: u64,
}

/// What is removed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum DataPart {
    /// Every conversation, deleted ones too, and drafts.
    Conversations,
    /// Deleted conversations and messages.
    Deleted,
    /// Copies of the database from before a change of its shape.
    Backups,
    /// What was read of conversations; it is read again when needed.
    PromptCache,
    /// When programs asked the port.
    RequestLog,
}
