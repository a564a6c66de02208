//! Chat turns: a question becomes durable, then an answer is written, streamed and saved.

mod draft;
mod history;
mod question;
mod send;
mod turn;

use hearth_domain::{
    Conversation, ConversationId, GenerationId, Message, MessageId, ModelId, PersonaId,
    SamplingParams,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

pub(crate) use send::Running;

/// Bytes of one message that are taken at all.
pub(crate) const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChatRequest {
    /// Where; a new conversation unless given.
    #[serde(default)]
    #[ts(optional)]
    pub conversation: Option<ConversationId>,
    /// The message it follows; the end of the shown branch unless given.
    #[serde(default)]
    #[ts(optional)]
    pub parent: Option<MessageId>,
    /// What is asked.
    pub text: String,
    /// Instructions for a new conversation, before those of the persona.
    #[serde(default)]
    #[ts(optional)]
    pub instructions: Option<String>,
    /// The persona of a new conversation.
    #[serde(default)]
    #[ts(optional)]
    pub persona: Option<PersonaId>,
    /// The model; that of the persona, or the default, unless given.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<ModelId>,
    /// What differs from the persona's and the default parameters.
    #[serde(default)]
    #[ts(optional, as = "Option<SamplingParams>")]
    pub sampling: SamplingParams,
    /// Made by the caller; the same value again returns the first answer instead of asking twice.
    #[ts(type = "string")]
    pub client_id: Uuid,
}

/// A question that is on disk, and the stream of its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChatStarted {
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// The question as saved.
    pub user_message: Message,
    /// The message that the answer will be.
    pub message_id: MessageId,
    /// Subscribe to `generation/<this>`.
    pub generation: GenerationId,
}
