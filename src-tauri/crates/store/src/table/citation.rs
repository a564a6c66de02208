//! What was found for an answer and what it cites. A passage is kept as the model read it,
//! until its file is forgotten (a trigger sees to that).

use hearth_domain::{Citation, FileId, Message, MessageId, MessageSources, Role, WEAK_SUPPORT};
use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer, columns};

/// A citation with what its document was then.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCitation {
    /// What is shown.
    pub citation: Citation,
    /// BLAKE3 of the document when the passage was read.
    pub hash: Option<[u8; 32]>,
}

impl Reader<'_> {
    /// What an answer rests on; `None` where nothing was searched for it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn message_sources(&self, message: MessageId) -> Result<Option<MessageSources>> {
        let sql = "SELECT confidence, answerable, passages FROM message_search WHERE message = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([message.0.as_bytes()], |row| {
            Ok(MessageSources {
                message,
                confidence: row.get(0)?,
                answerable: row.get(1)?,
                passages: row.get(2)?,
                citations: Vec::new(),
            })
        });
        let Some(mut sources) = found.optional()? else { return Ok(None) };
        sources.citations = self.citations(message)?;
        Ok(Some(sources))
    }

    /// What these messages rest on, those for which something was searched.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources_of_messages(&self, messages: &[Message]) -> Result<Vec<MessageSources>> {
        let answers = messages.iter().filter(|message| message.role == Role::Assistant);
        let found = answers.map(|message| self.message_sources(message.id));
        found.filter_map(Result::transpose).collect()
    }

    fn citations(&self, message: MessageId) -> Result<Vec<Citation>> {
        let sql = "SELECT c.number, c.file, c.document, c.title, c.page, c.start, c.\"end\",
             c.passage, c.support, f.hash IS NOT c.hash
             FROM citation c LEFT JOIN file f ON f.id = c.file
             WHERE c.message = ?1 ORDER BY c.number";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([message.0.as_bytes()], |row| {
            let support: f32 = row.get(8)?;
            Ok(Citation {
                number: row.get(0)?,
                file: columns::maybe_uuid(row, 1)?.map(FileId),
                document: row.get(2)?,
                title: row.get(3)?,
                page: row.get(4)?,
                start: columns::count(row, 5)?,
                end: columns::count(row, 6)?,
                text: row.get(7)?,
                support,
                weak: support < WEAK_SUPPORT,
                changed: row.get(9)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Keeps what an answer rests on, in the place of what was kept before.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where there is no such message.
    pub fn message_sources_put(
        &mut self,
        sources: &MessageSources,
        citations: &[StoredCitation],
    ) -> Result<()> {
        let message = sources.message.0.as_bytes();
        let sql = "INSERT INTO message_search (message, confidence, answerable, passages)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (message) DO UPDATE SET
             confidence = excluded.confidence, answerable = excluded.answerable,
             passages = excluded.passages";
        let row = params![message, sources.confidence, sources.answerable, sources.passages];
        self.conn().execute(sql, row)?;
        self.conn().execute("DELETE FROM citation WHERE message = ?1", [message])?;
        let sql = "INSERT INTO citation (message, number, file, document, title, page, start, \"end\",
             hash, support, passage)
             VALUES (?1, ?2, (SELECT id FROM file WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        for StoredCitation { citation, hash } in citations {
            self.conn().prepare_cached(sql)?.execute(params![
                message,
                citation.number,
                citation.file.map(|id| id.0.into_bytes()),
                citation.document,
                citation.title,
                citation.page,
                columns::to_integer(citation.start)?,
                columns::to_integer(citation.end)?,
                hash,
                citation.support,
                citation.text,
            ])?;
        }
        Ok(())
    }
}
