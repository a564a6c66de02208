//! A conversation as a window opens it: the end of the shown branch, and what stands beside it.
//!
//! Walking a branch reads indexes alone; of the messages only those that are returned are read.

use hearth_domain::{ConversationId, Message, MessageId, Versions};
use rusqlite::{OptionalExtension, params};

use crate::{Error, Reader, Result, columns};

/// From a leaf up, so many messages at most.
pub(super) const PATH: &str = "WITH RECURSIVE branch (id, parent) AS (
         SELECT id, parent FROM message INDEXED BY message_up WHERE id = ?1
         UNION ALL
         SELECT m.id, m.parent
         FROM branch b CROSS JOIN message m INDEXED BY message_up ON m.id = b.parent
         LIMIT ?2
     )
     SELECT id FROM branch";
pub(super) const DEPTH: &str = "SELECT depth FROM message INDEXED BY message_up WHERE id = ?1";
/// From a message down along the newest child of each.
pub(super) const NEWEST_LEAF: &str = "WITH RECURSIVE branch (id, depth) AS (
         SELECT ?2, 0
         UNION ALL
         SELECT (
             SELECT m.id FROM message m INDEXED BY message_by_parent
             WHERE m.conversation = ?1 AND m.parent = b.id AND m.deleted_at IS NULL
             ORDER BY m.seq DESC LIMIT 1
         ), b.depth + 1
         FROM branch b WHERE b.id IS NOT NULL
     )
     SELECT id FROM branch WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1";
/// Those under one parent, by age. A root has none: `IS` finds them too.
pub(super) const SIBLINGS: &str = "SELECT id FROM message INDEXED BY message_by_parent
     WHERE conversation = ?1 AND parent IS ?2 AND deleted_at IS NULL ORDER BY seq";

/// The end of the branch that a conversation shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreadEnd {
    /// Its last messages, the oldest first.
    pub messages: Vec<Message>,
    /// How many messages come before the first of them.
    pub earlier: u32,
    /// Of those that have siblings: which.
    pub versions: Vec<Versions>,
}

impl Reader<'_> {
    /// The last `limit` messages of the branch that ends in `head`, or all from the message
    /// `from` on where that is more. A `from` on another branch is left out of account.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn thread_end(
        &self,
        head: MessageId,
        limit: u32,
        from: Option<MessageId>,
    ) -> Result<ThreadEnd> {
        let length = self.depth(head)?.ok_or(Error::MessageNotFound)? + 1;
        let asked = from.map(|from| self.depth(from)).transpose()?.flatten();
        let asked = asked.map_or(0, |before| length.saturating_sub(before)).max(limit);
        let mut path = self.path(head, asked)?;
        if asked > limit && path.last().copied() != from {
            path.truncate(limit as usize);
        }
        let mut messages = Vec::with_capacity(path.len());
        let mut versions = Vec::new();
        for id in path.iter().rev() {
            let message = self.message(*id)?;
            let all = self.siblings(message.conversation, message.parent)?;
            if all.len() > 1 {
                versions.push(Versions { message: message.id, all });
            }
            messages.push(message);
        }
        let shown = u32::try_from(path.len()).unwrap_or(u32::MAX);
        let earlier = length.saturating_sub(shown);
        Ok(ThreadEnd { messages, earlier, versions })
    }

    /// The end of the newest branch through a message.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`] where it is not one of this conversation.
    pub fn newest_leaf(&self, of: ConversationId, through: MessageId) -> Result<MessageId> {
        if self.message_place(through)?.0 != of {
            return Err(Error::MessageNotFound);
        }
        let mut query = self.conn().prepare_cached(NEWEST_LEAF)?;
        let key = params![of.0.as_bytes(), through.0.as_bytes()];
        Ok(MessageId(query.query_row(key, |row| columns::uuid(row, 0))?))
    }

    /// The last messages of a branch, `most` at most, its leaf first.
    pub(super) fn path(&self, leaf: MessageId, most: u32) -> Result<Vec<MessageId>> {
        let mut query = self.conn().prepare_cached(PATH)?;
        let key = params![leaf.0.as_bytes(), most];
        let ids = query.query_map(key, |row| columns::uuid(row, 0).map(MessageId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// How many messages come before one in its branch; `None` where it is not there.
    pub(super) fn depth(&self, id: MessageId) -> Result<Option<u32>> {
        let mut query = self.conn().prepare_cached(DEPTH)?;
        Ok(query.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// The messages under one parent that are not deleted, by age.
    pub(super) fn siblings(
        &self,
        of: ConversationId,
        parent: Option<MessageId>,
    ) -> Result<Vec<MessageId>> {
        let mut query = self.conn().prepare_cached(SIBLINGS)?;
        let key = params![of.0.as_bytes(), parent.map(|id| id.0.into_bytes())];
        let ids = query.query_map(key, |row| columns::uuid(row, 0).map(MessageId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// The conversation and the parent of a message that is not deleted.
    pub(super) fn message_place(
        &self,
        id: MessageId,
    ) -> Result<(ConversationId, Option<MessageId>)> {
        let sql = "SELECT conversation, parent FROM message WHERE id = ?1 AND deleted_at IS NULL";
        let found = self.conn().prepare_cached(sql)?.query_row([id.0.as_bytes()], |row| {
            let parent = columns::maybe_uuid(row, 1)?.map(MessageId);
            Ok((ConversationId(columns::uuid(row, 0)?), parent))
        });
        found.optional()?.ok_or(Error::MessageNotFound)
    }
}
