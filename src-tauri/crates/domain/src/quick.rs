//! The quick chat: what stands in its field, which conversation it goes on with, who answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Attachment, ConversationId, PersonaId};

/// Where the quick chat stands. There is one, so that whatever ends it ends nothing that was
/// written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct QuickChat {
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<Attachment>,
    /// The conversation that the next question follows; `null` begins one.
    pub conversation: Option<ConversationId>,
    /// The persona of the next conversation, the last one that was chosen here.
    pub persona: Option<PersonaId>,
}
