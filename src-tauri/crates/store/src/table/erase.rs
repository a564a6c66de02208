//! Removing for good. `secure_delete` overwrites what a row leaves; what the index and the log
//! still hold goes with [`Writer::search_forget`] and [`crate::Db::compact`].

use hearth_domain::{SourceId, Timestamp};

use crate::{Result, Writer};

impl Writer<'_> {
    /// Removes every conversation, deleted ones too, with messages, attachments, drafts and their
    /// part of the index. Returns how many conversations.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn erase_conversations(&mut self) -> Result<usize> {
        // The index first and at once: row by row it would only be marked.
        self.conn().execute_batch(
            "INSERT INTO message_text (message_text) VALUES ('delete-all');
             INSERT INTO title_text (title_text) VALUES ('delete-all');
             UPDATE search_progress SET until = 0;
             DELETE FROM draft;
             DELETE FROM quick;",
        )?;
        let count = self.conn().execute("DELETE FROM conversation", [])?;
        self.conn().execute("DELETE FROM attachment", [])?;
        self.files_remove_of(SourceId::ATTACHED)?;
        Ok(count)
    }

    /// Removes what was deleted and could still be brought back, and attachments from before a
    /// moment that nothing carries. Returns how many conversations.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn erase_deleted(&mut self, loose_before: Timestamp) -> Result<usize> {
        let ever = Timestamp(i64::MAX);
        let count = self.conversations_purge(ever)?;
        self.messages_purge(ever)?;
        self.attachments_purge(loose_before)?;
        self.search_forget()?;
        Ok(count)
    }
}
