//! Chat turns: a question becomes durable, then an answer is written, streamed and saved.

mod ahead;
mod answer_sources;
mod asker;
mod carried;
mod context;
mod document;
mod draft;
mod guarded;
mod history;
mod parts;
mod question;
mod resume;
mod screening;
mod send;
mod setting;
mod title;
mod turn;
mod whole;

use hearth_domain::{
    AttachmentId, CollectionId, Conversation, ConversationId, DocumentPart, FolderId, GenerationId,
    GuardAnswer, GuardFinding, Message, MessageId, ModelId, PersonaId, SamplingParams,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

pub(crate) use ahead::{ReadingAhead, request as ahead_request};
pub(crate) use document::as_read;
pub(crate) use send::Running;

/// Bytes of one message that are taken at all.
pub(crate) const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// Documents that one question carries at most.
const ATTACHMENTS: usize = 32;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
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
    /// The question that this is another version of: it follows what that one follows, also
    /// where that is nothing. Counts before `parent`.
    #[serde(default)]
    #[ts(optional)]
    pub beside: Option<MessageId>,
    /// What is asked; may be empty where something is attached.
    pub text: String,
    /// Documents that go with it, from `attachment_add` and its like.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<AttachmentId>>")]
    pub attachments: Vec<AttachmentId>,
    /// Collections of documents that the answer rests on alone.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<CollectionId>>")]
    pub collections: Vec<CollectionId>,
    /// Documents, folders and tags that it rests on with them.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<DocumentPart>>")]
    pub parts: Vec<DocumentPart>,
    /// Reads all of what is attached or named part by part, where it is too long to be read at once,
    /// instead of searching it: for a summary.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub everything: bool,
    /// Instructions of a new conversation, in the place of the persona's.
    #[serde(default)]
    #[ts(optional)]
    pub instructions: Option<String>,
    /// The persona of a new conversation.
    #[serde(default)]
    #[ts(optional)]
    pub persona: Option<PersonaId>,
    /// The folder of a new conversation.
    #[serde(default)]
    #[ts(optional)]
    pub folder: Option<FolderId>,
    /// The model: of a new conversation from now on, else for this answer alone; that of the
    /// conversation, of the persona or the default one unless given.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<ModelId>,
    /// What differs from the parameters of the conversation, of the persona and the default ones:
    /// of a new conversation from now on, else for this answer alone.
    #[serde(default)]
    #[ts(optional, as = "Option<SamplingParams>")]
    pub sampling: SamplingParams,
    /// What the person says to a question that the guardrails ask about.
    #[serde(default)]
    #[ts(optional)]
    pub guard: Option<GuardAnswer>,
    /// Made by the caller; the same value again returns the first answer instead of asking twice.
    #[ts(type = "string")]
    pub client_id: Uuid,
}

/// Asks what a question would take of the context.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ContextQuestion {
    /// Where; a new conversation unless given.
    #[ts(optional)]
    pub conversation: Option<ConversationId>,
    /// The message it follows; the end of the shown branch unless given.
    #[ts(optional)]
    pub parent: Option<MessageId>,
    /// The persona of a new conversation.
    #[ts(optional)]
    pub persona: Option<PersonaId>,
    /// The instructions of a new conversation.
    #[ts(optional)]
    pub instructions: Option<String>,
    /// What stands in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
}

/// A question that is on disk, and the stream of its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChatStarted {
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// The question as saved.
    pub user_message: Message,
    /// What the guardrails found in it.
    pub findings: Vec<GuardFinding>,
    /// The message that the answer will be.
    pub message_id: MessageId,
    /// Subscribe to `generation/<this>`.
    pub generation: GenerationId,
}
