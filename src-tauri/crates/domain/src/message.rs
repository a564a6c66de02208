//! Messages: the nodes of a conversation's tree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Attachment, ConversationId, FinishReason, MessageId, Timestamp, Timing, Usage};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// The person, or the program that asks.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// The name that chat templates and the database use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Being written.
    Streaming,
    /// Whole.
    Complete,
    /// The person stopped it; what was there is kept.
    Stopped,
    /// The program ended while it was being written; what was there is kept.
    Interrupted,
    /// An error ended it; what was there is kept.
    Failed,
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The message it follows; `None` at the root.
    pub parent: Option<MessageId>,
    /// Who speaks.
    pub role: Role,
    /// The text, Markdown.
    pub content: String,
    /// Text files that the model reads before the text.
    pub attachments: Vec<Attachment>,
    /// What the model thought before it answered; empty where it does not.
    pub reasoning: String,
    /// How far it got.
    pub status: MessageStatus,
    /// Why the model stopped, once it has.
    pub finish: Option<FinishReason>,
    /// The name of the model that wrote it, as shown.
    pub model: Option<String>,
    /// Tokens read and written.
    pub usage: Option<Usage>,
    /// How fast it went.
    pub timing: Option<Timing>,
    /// When it was made.
    pub created: Timestamp,
}
