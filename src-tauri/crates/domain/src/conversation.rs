//! Conversations, without their text (list) and with it (thread).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ConversationId, FolderId, GenerationId, Message, MessageAsked, MessageFindings, MessageId,
    MessageSources, ModelId, PersonaId, SamplingParams, Timestamp,
};

/// How a conversation is answered, where it differs from its persona and the defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConversationConfig {
    /// Whose instructions it uses.
    pub persona: Option<PersonaId>,
    /// Its own system prompt, in the place of the persona's; `None` leaves the persona's.
    pub instructions: Option<String>,
    /// The model that answers; `None` is the persona's or the default one.
    pub model: Option<ModelId>,
    /// What differs from the persona's parameters.
    pub sampling: SamplingParams,
}

/// A tree of messages, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// What the list shows; empty until the first message names it.
    pub title: String,
    /// Kept at the top of the list.
    pub pinned: bool,
    /// Put away: in no list but that of the archive.
    pub archived: bool,
    /// The folder it lies in.
    pub folder: Option<FolderId>,
    /// How it is answered.
    #[serde(flatten)]
    pub config: ConversationConfig,
    /// The leaf of the branch that is shown.
    pub head: Option<MessageId>,
    /// When it was made.
    pub created: Timestamp,
    /// When a message was last added.
    pub updated: Timestamp,
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConversationPage {
    /// The conversations: pinned ones first, then by `updated`.
    pub items: Vec<Conversation>,
    /// Pass as `before` to get the next page; `None` at the end.
    pub next: Option<Timestamp>,
}

/// A conversation with the end of the branch that is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConversationView {
    /// The conversation.
    pub conversation: Conversation,
    /// The last messages of the shown branch, the oldest first.
    pub messages: Vec<Message>,
    /// How many messages of the branch come before the first of `messages`.
    pub earlier: u32,
    /// Of those of `messages` that have siblings: which.
    pub versions: Vec<Versions>,
    /// What the guardrails found in those of `messages` in which they found something.
    pub findings: Vec<MessageFindings>,
    /// Of those of `messages` that are answers over documents: what they rest on.
    pub sources: Vec<MessageSources>,
    /// Of those of `messages` that were asked of documents: of which.
    pub asked: Vec<MessageAsked>,
    /// The answer that is being written, if one is; subscribe to `generation/<id>`.
    pub generation: Option<GenerationId>,
}

/// A message and those that stand beside it under the same parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Versions {
    /// The message that is shown.
    pub message: MessageId,
    /// All of them by age, the shown one too.
    pub all: Vec<MessageId>,
}

/// A folder of the list. Folders do not nest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Folder {
    /// Its name in commands.
    pub id: FolderId,
    /// Shown in the list; 1 to 80 characters.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
}

/// What is done to many conversations at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConversationChange {
    /// Keep at the top, or let go.
    Pin {
        /// Kept at the top.
        pinned: bool,
    },
    /// Put away, or take back.
    Archive {
        /// Put away.
        archived: bool,
    },
    /// Lay into a folder, or into none.
    Move {
        /// Which folder.
        folder: Option<FolderId>,
    },
    /// Take out of every list; `Restore` brings them back.
    Delete,
    /// Bring deleted ones back.
    Restore,
}
