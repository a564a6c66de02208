//! What the quick chat remembers: one draft of its own, so that it and the main window never
//! write over each other.

use hearth_domain::{AttachmentId, ConversationId, PersonaId, QuickChat};
use hearth_store::StoredQuick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{App, Error, Result, text};

/// Attachments of one question.
const LARGEST_COUNT: usize = 100;

/// Where the quick chat stands now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QuickChange {
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// The conversation that the next question follows; `null` begins one.
    pub conversation: Option<ConversationId>,
    /// The persona of the next conversation.
    pub persona: Option<PersonaId>,
}

impl App {
    /// Where the quick chat stands. Before its first use its persona is that of new conversations.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn quick_get(&self) -> Result<QuickChat> {
        let persona = self.settings().generation.persona;
        let kept = self.db.read(|r| r.quick()).await?;
        Ok(kept.unwrap_or_else(|| QuickChat { persona, ..QuickChat::default() }))
    }

    /// Keeps where the quick chat stands.
    ///
    /// # Errors
    /// An unknown conversation, persona or attachment, a text that is too large, or a database
    /// that cannot be written.
    pub async fn quick_save(&self, change: QuickChange) -> Result<()> {
        if change.attachments.len() > LARGEST_COUNT {
            return Err(Error::OutOfRange("attachments"));
        }
        let QuickChange { text, attachments, conversation, persona } = change;
        let quick = StoredQuick { text: text::taken(&text)?, attachments, conversation, persona };
        self.db.write(move |w| w.quick_save(&quick)).await
    }
}
