//! A branch without its texts: who spoke and how much, so that what was counted once is known
//! again. And an answer that is written on.

use hearth_domain::{AttachmentId, GenerationId, Message, MessageId, MessageStatus, Role};
use rusqlite::params;

use crate::{Error, Reader, Result, Writer, columns};

/// From a leaf up to its root. `octet_length` reads the size of a text and not the text.
pub(super) const OUTLINE: &str = "WITH RECURSIVE branch (id, parent, depth) AS (
         SELECT id, parent, 0 FROM message INDEXED BY message_up WHERE id = ?1
         UNION ALL
         SELECT m.id, m.parent, b.depth + 1
         FROM branch b CROSS JOIN message m INDEXED BY message_up ON m.id = b.parent
     )
     SELECT m.id, m.role, m.status, octet_length(m.content), a.attachment
     FROM branch b CROSS JOIN message m ON m.id = b.id
     LEFT JOIN message_attachment a ON a.message = b.id
     ORDER BY b.depth DESC, a.place";
const REOPEN: &str = "UPDATE message SET status = 'streaming', finish = NULL, generation = ?2,
     content = ?3 WHERE id = ?1 AND role = 'assistant' AND status <> 'streaming'";

/// A message without its text. Two outlines that are equal stand for the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageOutline {
    /// Which.
    pub id: MessageId,
    /// Who speaks.
    pub role: Role,
    /// How far it got.
    pub status: MessageStatus,
    /// Bytes of its text.
    pub bytes: u64,
    /// What it carries.
    pub attachments: Vec<AttachmentId>,
}

impl Reader<'_> {
    /// The branch that ends in `leaf`, its root first.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn branch_outline(&self, leaf: MessageId) -> Result<Vec<MessageOutline>> {
        let mut query = self.conn().prepare_cached(OUTLINE)?;
        let mut rows = query.query([leaf.0.as_bytes()])?;
        let mut branch: Vec<MessageOutline> = Vec::new();
        while let Some(row) = rows.next()? {
            let id = MessageId(columns::uuid(row, 0)?);
            if branch.last().is_none_or(|last| last.id != id) {
                branch.push(MessageOutline {
                    id,
                    role: columns::word(row, 1)?,
                    status: columns::word(row, 2)?,
                    bytes: columns::count(row, 3)?,
                    attachments: Vec::new(),
                });
            }
            let carried = columns::maybe_uuid(row, 4)?.map(AttachmentId);
            if let Some(last) = branch.last_mut() {
                last.attachments.extend(carried);
            }
        }
        if branch.is_empty() { Err(Error::MessageNotFound) } else { Ok(branch) }
    }
}

impl Writer<'_> {
    /// Lets an answer that has ended be written on by a generation, from this text; returns it as
    /// it is then. What it cost so far stays.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`] where it is no answer or is being written.
    pub fn message_reopen(
        &mut self,
        id: MessageId,
        generation: GenerationId,
        content: &str,
    ) -> Result<Message> {
        let mut update = self.conn().prepare_cached(REOPEN)?;
        match update.execute(params![id.0.as_bytes(), generation.0.as_bytes(), content])? {
            0 => Err(Error::MessageNotFound),
            _ => self.message(id),
        }
    }
}
