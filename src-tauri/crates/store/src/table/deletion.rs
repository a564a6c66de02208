//! Single messages deleted with all that follows them, brought back, and removed for good.

use hearth_domain::{Conversation, GenerationId, MessageId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{Error, Reader, Result, Writer, columns};

/// A message and all below it that is not deleted yet.
const BELOW: &str = "WITH RECURSIVE below (id) AS (
         SELECT ?2
         UNION ALL
         SELECT m.id FROM below b CROSS JOIN message m INDEXED BY message_by_parent
         ON m.conversation = ?1 AND m.parent = b.id AND m.deleted_at IS NULL
     )";
/// What was deleted before a moment and all below it, whatever the clock said when that went.
const PURGE: &str = "WITH RECURSIVE gone (conversation, id) AS (
         SELECT conversation, id FROM message WHERE deleted_at IS NOT NULL AND deleted_at < ?1
         UNION
         SELECT m.conversation, m.id FROM gone g CROSS JOIN message m INDEXED BY message_by_parent
         ON m.conversation = g.conversation AND m.parent = g.id
     )
     DELETE FROM message WHERE id IN (SELECT id FROM gone)";

/// What became of a conversation when a message of it was deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageDeletion {
    /// The conversation, which shows another branch where the shown one was deleted.
    pub conversation: Conversation,
    /// The answers among what was deleted that are still being written.
    pub running: Vec<GenerationId>,
}

impl Reader<'_> {
    /// With which message a message was deleted; `None` where it is not.
    fn deleted_with(&self, id: MessageId) -> Result<Option<MessageId>> {
        let sql = "SELECT deleted_with FROM message WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([id.0.as_bytes()], |row| columns::maybe_uuid(row, 0));
        Ok(found.optional()?.ok_or(Error::MessageNotFound)?.map(MessageId))
    }
}

impl Writer<'_> {
    /// Takes a message out of its conversation with all that follows it. Where that was shown, the
    /// newest branch beside it is shown, or what came before.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`]; [`Error::ConversationNotFound`].
    pub fn message_delete(&mut self, id: MessageId, now: Timestamp) -> Result<MessageDeletion> {
        let (of, parent) = self.message_place(id)?;
        let conversation = self.conversation(of)?;
        let running = self.running_below(&conversation, id)?;
        let sql = format!(
            "{BELOW} UPDATE message SET deleted_at = ?3, deleted_with = ?2
             WHERE id IN (SELECT id FROM below)"
        );
        let key = params![of.0.as_bytes(), id.0.as_bytes(), now.0];
        self.conn().prepare_cached(&sql)?.execute(key)?;
        let shown = conversation.head.map(|head| self.message_place(head));
        let conversation = match shown {
            Some(Err(Error::MessageNotFound)) => {
                let beside = self.siblings(of, parent)?.pop();
                let beside = beside.map(|id| self.newest_leaf(of, id)).transpose()?;
                self.conversation_show(of, beside.or(parent))?
            }
            Some(Err(error)) => return Err(error),
            Some(Ok(_)) | None => conversation,
        };
        Ok(MessageDeletion { conversation, running })
    }

    /// Brings back what was deleted with a message, and what was deleted above it, and shows it.
    /// A message that is not deleted stays as it is.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`] where it was never there or is purged;
    /// [`Error::ConversationNotFound`].
    pub fn message_restore(&mut self, id: MessageId) -> Result<Conversation> {
        let Some(root) = self.deleted_with(id)? else {
            return self.conversation(self.message_place(id)?.0);
        };
        let mut next = Some(root);
        while let Some(root) = next {
            let sql = "UPDATE message SET deleted_at = NULL, deleted_with = NULL
                 WHERE deleted_with = ?1";
            self.conn().prepare_cached(sql)?.execute([root.0.as_bytes()])?;
            let parent = self.message_place(root)?.1;
            next = parent.map(|id| self.deleted_with(id)).transpose()?.flatten();
        }
        let of = self.message_place(id)?.0;
        self.conversation(of)?;
        let leaf = self.newest_leaf(of, id)?;
        self.conversation_show(of, Some(leaf))
    }

    /// Removes for good the messages that were deleted before `before`. Returns how many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn messages_purge(&mut self, before: Timestamp) -> Result<usize> {
        Ok(self.conn().execute(PURGE, [before.0])?)
    }

    fn running_below(&self, of: &Conversation, id: MessageId) -> Result<Vec<GenerationId>> {
        let sql = format!(
            "{BELOW} SELECT generation FROM message
             WHERE conversation = ?1 AND status = 'streaming' AND generation IS NOT NULL
             AND id IN (SELECT id FROM below)"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let key = params![of.id.0.as_bytes(), id.0.as_bytes()];
        let ids = query.query_map(key, |row| columns::uuid(row, 0).map(GenerationId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }
}
