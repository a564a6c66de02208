//! What a person writes before it is sent: drafts, attached documents, saved prompts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{AskedOf, AttachmentId, PromptId, Timestamp};

/// A document that goes with a question; its text is read with `attachment_get`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// The name of the file, without a folder.
    pub name: String,
    /// Bytes of its text in UTF-8.
    pub bytes: u64,
    /// Lines of its text.
    pub lines: u32,
    /// Pages, slides, sheets or chapters of the file it was read from; 0 where it has none.
    pub pages: u32,
}

/// An attachment with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AttachmentText {
    /// Which.
    pub attachment: Attachment,
    /// All of it.
    pub text: String,
}

/// What was written in a conversation and is not yet asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Draft {
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<Attachment>,
    /// Questions that wait until the running answer is over, in their order.
    pub queue: Vec<QueuedQuestion>,
}

/// A question that waits for its turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct QueuedQuestion {
    /// The `client_id` it will be sent with.
    #[ts(type = "string")]
    pub client_id: Uuid,
    /// What will be asked.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<Attachment>,
    /// What it is asked of besides.
    pub of: AskedOf,
}

/// What a person writes when saving a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PromptDraft {
    /// What is typed after `/`: 1 to 40 characters without space.
    pub name: String,
    /// The text; `{{name}}` marks a place to fill in.
    pub text: String,
}

/// A saved prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Prompt {
    /// Which.
    pub id: PromptId,
    /// What the person wrote.
    #[serde(flatten)]
    pub draft: PromptDraft,
    /// When it was last changed.
    pub updated: Timestamp,
}
