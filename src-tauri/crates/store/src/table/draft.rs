//! Drafts: what stands in the field of a conversation and the questions that wait behind it. One
//! row a conversation and one for a new one; what is empty has no row.

use std::collections::HashSet;

use hearth_domain::{AskedOf, AttachmentId, ConversationId, Draft, QueuedQuestion};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Reader, Result, Writer, columns};

const SELECT: &str = "SELECT text, attachments, queue FROM draft
     WHERE coalesce(conversation, x'') = ?1";

/// What is kept of a draft: attachments by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredDraft {
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// Questions that wait, in their order.
    pub queue: Vec<StoredQuestion>,
}

/// A question that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredQuestion {
    /// The `client_id` that it will be sent with.
    pub client_id: Uuid,
    /// What will be asked.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// What it is asked of besides; older ones do not say.
    #[serde(default)]
    pub of: AskedOf,
}

impl StoredDraft {
    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attachments.is_empty() && self.queue.is_empty()
    }

    fn carried(&self) -> impl Iterator<Item = AttachmentId> {
        let queued = self.queue.iter().flat_map(|question| &question.attachments);
        self.attachments.iter().chain(queued).copied()
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredDraft> {
    Ok(StoredDraft {
        text: row.get(0)?,
        attachments: columns::json(row, 1)?,
        queue: columns::json(row, 2)?,
    })
}

/// The key of a row: no bytes for that of a new conversation.
fn key(of: &Option<ConversationId>) -> &[u8] {
    of.as_ref().map_or(&[], |id| id.0.as_bytes())
}

impl Reader<'_> {
    /// The draft of a conversation, or of a new one; empty where there is none. Questions that
    /// were sent meanwhile wait no longer.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn draft(&self, of: Option<ConversationId>) -> Result<Draft> {
        let kept = self.stored_draft(of)?;
        let mut queue = Vec::with_capacity(kept.queue.len());
        for question in kept.queue {
            if self.earlier_send(question.client_id)?.is_none() {
                queue.push(QueuedQuestion {
                    client_id: question.client_id,
                    text: question.text,
                    attachments: self.attachments(&question.attachments)?,
                    of: question.of,
                });
            }
        }
        Ok(Draft { text: kept.text, attachments: self.attachments(&kept.attachments)?, queue })
    }

    fn stored_draft(&self, of: Option<ConversationId>) -> Result<StoredDraft> {
        let mut query = self.conn().prepare_cached(SELECT)?;
        Ok(query.query_row([key(&of)], stored).optional()?.unwrap_or_default())
    }

    /// What any draft carries, that of the quick chat too.
    pub(super) fn drafted_attachments(&self) -> Result<HashSet<AttachmentId>> {
        let mut query = self.conn().prepare_cached("SELECT text, attachments, queue FROM draft")?;
        let drafts = query.query_map([], stored)?.collect::<rusqlite::Result<Vec<_>>>()?;
        let quick = self.quick_attachments()?;
        Ok(drafts.iter().flat_map(StoredDraft::carried).chain(quick).collect())
    }

    fn attachments(&self, ids: &[AttachmentId]) -> Result<Vec<hearth_domain::Attachment>> {
        ids.iter().map(|id| self.attachment(*id)).collect()
    }
}

impl Writer<'_> {
    /// Replaces the draft of a conversation, or of a new one.
    ///
    /// # Errors
    /// [`crate::Error::ConversationNotFound`]; [`crate::Error::AttachmentNotFound`].
    pub fn draft_save(&mut self, of: Option<ConversationId>, draft: &StoredDraft) -> Result<()> {
        if let Some(id) = of {
            self.conversation(id)?;
        }
        for id in draft.carried() {
            self.attachment(id)?;
        }
        self.draft_replace(of, draft)
    }

    /// Empties the field where it still holds what was sent; questions that wait stay. What a
    /// person wrote in another window meanwhile is not lost.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn draft_clear_sent(&mut self, of: Option<ConversationId>, text: &str) -> Result<()> {
        let mut draft = self.stored_draft(of)?;
        if draft.text.trim() != text.trim() {
            return Ok(());
        }
        draft.text.clear();
        draft.attachments.clear();
        self.draft_replace(of, &draft)
    }

    /// Removes every draft.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn drafts_clear(&mut self) -> Result<()> {
        self.conn().execute("DELETE FROM draft", [])?;
        Ok(())
    }

    fn draft_replace(&mut self, of: Option<ConversationId>, draft: &StoredDraft) -> Result<()> {
        if draft.is_empty() {
            let sql = "DELETE FROM draft WHERE coalesce(conversation, x'') = ?1";
            self.conn().prepare_cached(sql)?.execute([key(&of)])?;
            return Ok(());
        }
        let sql = "INSERT INTO draft (conversation, text, attachments, queue)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (coalesce(conversation, x''))
             DO UPDATE SET text = ?2, attachments = ?3, queue = ?4";
        self.conn().prepare_cached(sql)?.execute(params![
            of.map(|id| id.0.into_bytes()),
            draft.text,
            columns::to_json(&draft.attachments)?,
            columns::to_json(&draft.queue)?,
        ])?;
        Ok(())
    }
}
