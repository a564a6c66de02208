//! Finding text in conversations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ConversationId, FolderId, MessageId, PersonaId, Role, Timestamp};

/// What is looked for. Every filter narrows; none is needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct SearchRequest {
    /// Words; each must occur, the last one may be the beginning of a word.
    pub query: String,
    /// Only in this conversation.
    #[ts(optional)]
    pub conversation: Option<ConversationId>,
    /// Only in this folder.
    #[ts(optional)]
    pub folder: Option<FolderId>,
    /// Only in conversations of this persona.
    #[ts(optional)]
    pub persona: Option<PersonaId>,
    /// Only answers of the model with this shown name.
    #[ts(optional)]
    pub model: Option<String>,
    /// Only what was written at this moment or later.
    #[ts(optional)]
    pub after: Option<Timestamp>,
    /// Only what was written before this moment.
    #[ts(optional)]
    pub before: Option<Timestamp>,
    /// Hits to leave out at the beginning.
    #[ts(optional)]
    pub offset: Option<u32>,
    /// 1 to 100; 30 unless given.
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// A piece of text, found or around what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Piece {
    /// The text as it was written, of an answer without the marks of Markdown around what was found.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// One place where the words were found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SearchHit {
    /// Where.
    pub conversation: ConversationId,
    /// Its title, with what was found in it.
    pub title: Vec<Piece>,
    /// Whether the conversation is put away.
    pub archived: bool,
    /// The message; `None` where only the title has the words.
    pub message: Option<MessageId>,
    /// Who wrote the message.
    pub role: Option<Role>,
    /// The best part of the message, up to about 200 characters, with what was found in it.
    pub pieces: Vec<Piece>,
    /// When the message (or the conversation) was written.
    pub when: Timestamp,
}

/// Hits, the best and newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SearchPage {
    /// The hits.
    pub hits: Vec<SearchHit>,
    /// Whether there are more after these.
    pub more: bool,
}
