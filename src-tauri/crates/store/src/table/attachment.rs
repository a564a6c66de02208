//! Texts that messages and drafts carry. They never change; one that nothing carries any
//! longer is removed by [`Writer::attachments_purge`].

use std::collections::HashSet;

use hearth_domain::{
    Attachment, AttachmentId, AttachmentText, Message, MessageId, Role, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const SELECT: &str = "SELECT id, name, bytes, lines, pages FROM attachment WHERE id = ?1";
pub(super) const OF_MESSAGE: &str = "SELECT a.id, a.name, a.bytes, a.lines, a.pages
     FROM message_attachment m CROSS JOIN attachment a ON a.id = m.attachment
     WHERE m.message = ?1 ORDER BY m.place";
/// From a leaf up to its root, without reading a message.
pub(super) const OF_BRANCH: &str = "WITH RECURSIVE branch (id, parent, depth) AS (
         SELECT id, parent, 0 FROM message INDEXED BY message_up WHERE id = ?1
         UNION ALL
         SELECT m.id, m.parent, b.depth + 1
         FROM branch b CROSS JOIN message m INDEXED BY message_up ON m.id = b.parent
     )
     SELECT a.id, a.name, a.bytes, a.lines, a.pages, a.text, b.id
     FROM branch b CROSS JOIN message_attachment m ON m.message = b.id
     CROSS JOIN attachment a ON a.id = m.attachment
     ORDER BY b.depth DESC, m.place";

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: AttachmentId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        bytes: columns::count(row, 2)?,
        lines: row.get(3)?,
        pages: row.get(4)?,
    })
}

impl Reader<'_> {
    /// An attachment without its text.
    ///
    /// # Errors
    /// [`Error::AttachmentNotFound`].
    pub fn attachment(&self, id: AttachmentId) -> Result<Attachment> {
        let mut query = self.conn().prepare_cached(SELECT)?;
        let found = query.query_row([id.0.as_bytes()], attachment).optional()?;
        found.ok_or(Error::AttachmentNotFound)
    }

    /// An attachment with its text.
    ///
    /// # Errors
    /// [`Error::AttachmentNotFound`].
    pub fn attachment_text(&self, id: AttachmentId) -> Result<AttachmentText> {
        let sql = "SELECT id, name, bytes, lines, pages, text FROM attachment WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([id.0.as_bytes()], |row| {
            Ok(AttachmentText { attachment: attachment(row)?, text: row.get(5)? })
        });
        found.optional()?.ok_or(Error::AttachmentNotFound)
    }

    /// What the messages of the branch that ends in `leaf` carry, with the message of each: the
    /// root's first, those of one message in their order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn attachments_of_branch(
        &self,
        leaf: MessageId,
    ) -> Result<Vec<(MessageId, AttachmentText)>> {
        let mut query = self.conn().prepare_cached(OF_BRANCH)?;
        let rows = query.query_map([leaf.0.as_bytes()], |row| {
            let text = AttachmentText { attachment: attachment(row)?, text: row.get(5)? };
            Ok((MessageId(columns::uuid(row, 6)?), text))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a message carries.
    pub(super) fn attachments_of(&self, message: MessageId) -> Result<Vec<Attachment>> {
        let mut query = self.conn().prepare_cached(OF_MESSAGE)?;
        let rows = query.query_map([message.0.as_bytes()], attachment)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Completes messages whose rows were read. Answers carry nothing.
    pub(super) fn with_attachments(&self, mut messages: Vec<Message>) -> Result<Vec<Message>> {
        for message in messages.iter_mut().filter(|message| message.role == Role::User) {
            message.attachments = self.attachments_of(message.id)?;
        }
        Ok(messages)
    }
}

impl Writer<'_> {
    /// Takes in a text.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the identifier is taken.
    pub fn attachment_insert(&mut self, new: &AttachmentText, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO attachment (id, name, bytes, lines, pages, created, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.conn().prepare_cached(sql)?.execute(params![
            new.attachment.id.0.as_bytes(),
            new.attachment.name,
            columns::to_integer(new.attachment.bytes)?,
            new.attachment.lines,
            new.attachment.pages,
            now.0,
            new.text,
        ])?;
        Ok(())
    }

    /// Lets a message carry these, in this order, after those that it carries already.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`]; [`Error::AttachmentNotFound`].
    pub fn message_attach(&mut self, message: MessageId, ids: &[AttachmentId]) -> Result<()> {
        self.message(message)?;
        let sql = "INSERT INTO message_attachment (message, place, attachment)
             SELECT ?1, count(*), ?2 FROM message_attachment WHERE message = ?1";
        for id in ids {
            self.attachment(*id)?;
            let row = params![message.0.as_bytes(), id.0.as_bytes()];
            self.conn().prepare_cached(sql)?.execute(row)?;
        }
        Ok(())
    }

    /// Removes for good what was taken in before `before` and is carried by no message and no
    /// draft. Returns how many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn attachments_purge(&mut self, before: Timestamp) -> Result<usize> {
        let drafted: HashSet<AttachmentId> = self.drafted_attachments()?;
        let sql = "SELECT id FROM attachment a WHERE created < ?1
             AND NOT EXISTS (SELECT 1 FROM message_attachment m WHERE m.attachment = a.id)";
        let mut query = self.conn().prepare_cached(sql)?;
        let loose = query.query_map([before.0], |row| columns::uuid(row, 0))?;
        let loose = loose.collect::<rusqlite::Result<Vec<_>>>()?;
        drop(query);
        let mut removed = 0;
        for id in loose.into_iter().filter(|id| !drafted.contains(&AttachmentId(*id))) {
            let delete = "DELETE FROM attachment WHERE id = ?1";
            removed += self.conn().prepare_cached(delete)?.execute([id.as_bytes()])?;
            self.attached_remove(AttachmentId(id))?;
        }
        Ok(removed)
    }
}
