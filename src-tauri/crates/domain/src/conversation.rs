//! Conversations, without their text (list) and with it (thread).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ConversationId, GenerationId, Message, MessageId, PersonaId, Timestamp};

/// A tree of messages, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// What the list shows; empty until the first message names it.
    pub title: String,
    /// Kept at the top of the list.
    pub pinned: bool,
    /// Whose instructions it uses.
    pub persona: Option<PersonaId>,
    /// The leaf of the branch that is shown.
    pub head: Option<MessageId>,
    /// When it was made.
    pub created: Timestamp,
    /// When a message was last added.
    pub updated: Timestamp,
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConversationPage {
    /// The conversations: pinned ones first, then by `updated`.
    pub items: Vec<Conversation>,
    /// Pass as `before` to get the next page; `None` at the end.
    pub next: Option<Timestamp>,
}

/// A conversation with its whole tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConversationView {
    /// The conversation.
    pub conversation: Conversation,
    /// Every message, parents before children, siblings by age.
    pub messages: Vec<Message>,
    /// The answer that is being written, if one is; subscribe to `generation/<id>`.
    pub generation: Option<GenerationId>,
}
