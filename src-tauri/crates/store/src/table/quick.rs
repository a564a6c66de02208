//! The quick chat: one row. A conversation or persona that goes leaves it without one.

use hearth_domain::{AttachmentId, ConversationId, PersonaId, QuickChat};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Reader, Result, Writer, columns};

/// A deleted conversation can be brought back, but nothing follows in it meanwhile.
const SELECT: &str = "SELECT q.text, q.attachments, c.id, q.persona FROM quick q
     LEFT JOIN conversation c ON c.id = q.conversation AND c.deleted_at IS NULL
     WHERE q.one = 1";

/// What is kept of the quick chat: attachments by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredQuick {
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// The conversation that goes on.
    pub conversation: Option<ConversationId>,
    /// Who answers next.
    pub persona: Option<PersonaId>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredQuick> {
    Ok(StoredQuick {
        text: row.get(0)?,
        attachments: columns::json(row, 1)?,
        conversation: columns::maybe_uuid(row, 2)?.map(ConversationId),
        persona: columns::maybe_uuid(row, 3)?.map(PersonaId),
    })
}

impl Reader<'_> {
    /// Where the quick chat stands; `None` before its first use.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn quick(&self) -> Result<Option<QuickChat>> {
        let Some(kept) = self.stored_quick()? else { return Ok(None) };
        let attachments = kept.attachments.iter().map(|id| self.attachment(*id));
        Ok(Some(QuickChat {
            attachments: attachments.collect::<Result<_>>()?,
            text: kept.text,
            conversation: kept.conversation,
            persona: kept.persona,
        }))
    }

    fn stored_quick(&self) -> Result<Option<StoredQuick>> {
        Ok(self.conn().prepare_cached(SELECT)?.query_row([], stored).optional()?)
    }

    /// What stands beside its field.
    pub(super) fn quick_attachments(&self) -> Result<Vec<AttachmentId>> {
        Ok(self.stored_quick()?.map(|kept| kept.attachments).unwrap_or_default())
    }
}

impl Writer<'_> {
    /// Replaces what is kept of the quick chat.
    ///
    /// # Errors
    /// [`crate::Error::ConversationNotFound`]; [`crate::Error::PersonaNotFound`];
    /// [`crate::Error::AttachmentNotFound`].
    pub fn quick_save(&mut self, quick: &StoredQuick) -> Result<()> {
        if let Some(id) = quick.conversation {
            self.conversation(id)?;
        }
        if let Some(id) = quick.persona {
            self.persona(id)?;
        }
        for id in &quick.attachments {
            self.attachment(*id)?;
        }
        let sql = "INSERT INTO quick (one, text, attachments, conversation, persona)
             VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT (one)
             DO UPDATE SET text = ?1, attachments = ?2, conversation = ?3, persona = ?4";
        self.conn().prepare_cached(sql)?.execute(params![
            quick.text,
            columns::to_json(&quick.attachments)?,
            quick.conversation.map(|id| id.0.into_bytes()),
            quick.persona.map(|id| id.0.into_bytes()),
        ])?;
        Ok(())
    }
}
