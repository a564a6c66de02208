//! What an answer over documents rests on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FileId, MessageId};

/// Below this share of common words a sentence does not seem to come from the passage it cites.
pub const WEAK_SUPPORT: f32 = 0.3;

/// What was searched for an answer, and what it cites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageSources {
    /// The answer.
    pub message: MessageId,
    /// How sure the search was that a passage answers, 0 to 1.
    pub confidence: f32,
    /// Whether that was enough. Where not, the model was not asked.
    pub answerable: bool,
    /// How many passages the model was given.
    pub passages: u32,
    /// What it cites, by number.
    pub citations: Vec<Citation>,
}

/// A pointer from an answer to a passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Citation {
    /// As it stands in the answer: `[1]`.
    pub number: u32,
    /// The file; `null` where it was forgotten since.
    pub file: Option<FileId>,
    /// The name of the document.
    pub document: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// The page, from 1.
    pub page: Option<u32>,
    /// The first character of the passage in the document's text, in code points.
    pub start: u64,
    /// The character behind its last.
    pub end: u64,
    /// The passage as the model read it; empty where its file was forgotten since.
    pub text: String,
    /// The share of the words of the sentences that cite it which are in the passage; the least.
    pub support: f32,
    /// Whether that is too little to believe.
    pub weak: bool,
    /// Whether the document is another one since.
    pub changed: bool,
}
