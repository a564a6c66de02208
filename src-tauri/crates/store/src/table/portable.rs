//! What taking conversations out and in needs beyond single rows.

use hearth_domain::{ConversationId, MessageId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{Error, Reader, Result, Writer, columns};

/// Whether a conversation is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is not, or it is purged.
    Absent,
    /// It is in a list.
    Listed,
    /// It was deleted and can be brought back.
    Deleted,
}

impl Reader<'_> {
    /// Every conversation that is not deleted, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn conversation_ids(&self) -> Result<Vec<ConversationId>> {
        let sql = "SELECT id FROM conversation WHERE deleted_at IS NULL ORDER BY created, id";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([], |row| columns::uuid(row, 0).map(ConversationId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a conversation is there.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn conversation_presence(&self, id: ConversationId) -> Result<Presence> {
        let sql = "SELECT deleted_at IS NOT NULL FROM conversation WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let deleted = query.query_row([id.0.as_bytes()], |row| row.get::<_, bool>(0)).optional()?;
        Ok(match deleted {
            None => Presence::Absent,
            Some(false) => Presence::Listed,
            Some(true) => Presence::Deleted,
        })
    }

    /// How many conversations are deleted and can be brought back.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn deleted_conversation_count(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM conversation WHERE deleted_at IS NOT NULL";
        Ok(self.conn().query_row(sql, [], |row| columns::count(row, 0))?)
    }
}

impl Writer<'_> {
    /// Ends the taking in of a conversation: what it shows, and when it was last changed, are not
    /// those of the message that came last.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::Conflict`] where the message is another's.
    pub fn conversation_imported(
        &mut self,
        id: ConversationId,
        head: Option<MessageId>,
        updated: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE conversation SET head = ?2, updated = ?3 WHERE id = ?1";
        let head = head.map(|head| head.0.into_bytes());
        match self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), head, updated.0])? {
            0 => Err(Error::ConversationNotFound),
            _ => Ok(()),
        }
    }
}
