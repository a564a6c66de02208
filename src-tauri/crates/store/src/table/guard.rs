//! What the guardrails found in a message, and the names that stand for masked values in a
//! conversation. The names are opaque here: `app` knows what they mean.

use hearth_domain::{ConversationId, GuardFinding, MessageFindings, MessageId};
use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer, columns};

impl Reader<'_> {
    /// What was found in a message; empty where nothing was.
    ///
    /// # Errors
    /// [`crate::Error::RowMalformed`].
    pub fn findings(&self, message: MessageId) -> Result<Vec<GuardFinding>> {
        let mut query =
            self.conn().prepare_cached("SELECT list FROM finding WHERE message = ?1")?;
        let found = query.query_row([message.0.as_bytes()], |row| columns::json(row, 0));
        Ok(found.optional()?.unwrap_or_default())
    }

    /// What was found in those of these messages in which something was.
    ///
    /// # Errors
    /// As [`Reader::findings`].
    pub fn findings_of(
        &self,
        messages: impl IntoIterator<Item = MessageId>,
    ) -> Result<Vec<MessageFindings>> {
        let mut all = Vec::new();
        for message in messages {
            let findings = self.findings(message)?;
            if !findings.is_empty() {
                all.push(MessageFindings { message, findings });
            }
        }
        Ok(all)
    }

    /// The names of a conversation, as they were saved.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn masking(&self, conversation: ConversationId) -> Result<Option<String>> {
        let mut query =
            self.conn().prepare_cached("SELECT json FROM masking WHERE conversation = ?1")?;
        Ok(query.query_row([conversation.0.as_bytes()], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Replaces what was found in a message.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where there is no such message.
    pub fn findings_save(&mut self, of: &MessageFindings) -> Result<()> {
        let key = of.message.0.as_bytes();
        if of.findings.is_empty() {
            self.conn().execute("DELETE FROM finding WHERE message = ?1", [key])?;
            return Ok(());
        }
        let sql = "INSERT INTO finding (message, list) VALUES (?1, ?2)
             ON CONFLICT (message) DO UPDATE SET list = ?2";
        self.conn().prepare_cached(sql)?.execute(params![key, columns::to_json(&of.findings)?])?;
        Ok(())
    }

    /// Replaces the names of a conversation.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where there is no such conversation.
    pub fn masking_save(&mut self, conversation: ConversationId, json: &str) -> Result<()> {
        let sql = "INSERT INTO masking (conversation, json) VALUES (?1, ?2)
             ON CONFLICT (conversation) DO UPDATE SET json = ?2";
        self.conn().prepare_cached(sql)?.execute(params![conversation.0.as_bytes(), json])?;
        Ok(())
    }
}
