//! The full-text index over titles and messages. Triggers of the schema keep it true; here is what
//! asks it, what indexes the messages of an older schema, and what makes it forget.

use hearth_domain::{
    ConversationId, MessageId, Role, SearchRequest, Timestamp,
    terms::{Query, index_text},
};
use rusqlite::{Connection, OptionalExtension, Row, functions::FunctionFlags, params};

use super::file_find::fold_name;
use crate::{Reader, Result, Writer, columns};

/// Of more messages than these the newest are ranked: whoever looks for a word that is everywhere
/// looks for the last place.
const RANKED: u32 = 1000;
/// Titles that are ranked.
const RANKED_TITLES: u32 = 200;
/// Scores are compared in steps of a part of the best; within a step the newest comes first.
const STEPS: f64 = 10.0;
/// Messages and bytes of text that are indexed at once: others write between two steps.
const STEP_ROWS: u32 = 512;
const STEP_BYTES: usize = 256 * 1024;

pub(super) const MESSAGES: &str = "SELECT m.seq, m.created, bm25(message_text)
     FROM message_text CROSS JOIN message m INDEXED BY message_found ON m.seq = message_text.rowid
     CROSS JOIN conversation c ON c.id = m.conversation
     WHERE message_text MATCH ?1 AND message_text.rowid BETWEEN ?2 AND ?3
     AND m.deleted_at IS NULL AND c.deleted_at IS NULL
     AND (?4 IS NULL OR m.conversation = ?4) AND (?5 IS NULL OR c.folder = ?5)
     AND (?6 IS NULL OR c.persona = ?6) AND (?7 IS NULL OR m.model = ?7)
     AND m.created >= ?8 AND m.created < ?9
     ORDER BY message_text.rowid DESC LIMIT ?10";
pub(super) const TITLES: &str = "SELECT p.seq, c.updated, bm25(title_text)
     FROM title_text CROSS JOIN title_place p ON p.seq = title_text.rowid
     CROSS JOIN conversation c ON c.id = p.conversation
     WHERE title_text MATCH ?1 AND c.deleted_at IS NULL
     AND (?2 IS NULL OR c.folder = ?2) AND (?3 IS NULL OR c.persona = ?3)
     AND c.updated >= ?4 AND c.updated < ?5
     ORDER BY title_text.rowid DESC LIMIT ?6";
const MESSAGE: &str = "SELECT c.id, c.title, c.archived, m.created, m.id, m.role, m.content
     FROM message m CROSS JOIN conversation c ON c.id = m.conversation WHERE m.seq = ?1";
const TITLE: &str = "SELECT c.id, c.title, c.archived, c.updated
     FROM title_place p CROSS JOIN conversation c ON c.id = p.conversation WHERE p.seq = ?1";

/// A place where the words are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub conversation: ConversationId,
    /// Its title.
    pub title: String,
    /// Whether it is put away.
    pub archived: bool,
    /// When the message, or the last one of the conversation, was written.
    pub when: Timestamp,
    /// The message that has the words; `None` where the title has them.
    pub message: Option<FoundMessage>,
}

/// A message that has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMessage {
    /// Which.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// All of its text.
    pub content: String,
}

/// A row of the index with what it is ranked by.
struct Ranked {
    seq: i64,
    is_title: bool,
    when: i64,
    score: f64,
}

/// Gives a connection the functions that the triggers of the schema and searches for names call.
pub(crate) fn register(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("search_terms", 1, flags, |given| {
        let text: String = given.get(0)?;
        Ok(index_text(&text))
    })?;
    conn.create_scalar_function("name_folded", 1, flags, |given| {
        let text: String = given.get(0)?;
        Ok(fold_name(&text))
    })?;
    Ok(())
}

impl Reader<'_> {
    /// Places with the words: titles first, then messages, the best and newest first. Returns one
    /// page and whether there is more.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn search(
        &self,
        query: &Query,
        request: &SearchRequest,
        limit: usize,
    ) -> Result<(Vec<Found>, bool)> {
        if query.is_empty() {
            return Ok((Vec::new(), false));
        }
        let words = query.to_fts();
        let mut all = self.found_titles(&words, request)?;
        rank(&mut all);
        let mut messages = self.found_messages(&words, request)?;
        rank(&mut messages);
        all.append(&mut messages);
        let offset = request.offset.unwrap_or(0) as usize;
        let more = all.len() > offset.saturating_add(limit);
        let page = all.iter().skip(offset).take(limit).map(|row| self.found(row));
        Ok((page.collect::<Result<_>>()?, more))
    }

    /// A title says nothing about a model, and who looks inside a conversation sees its title.
    fn found_titles(&self, words: &str, request: &SearchRequest) -> Result<Vec<Ranked>> {
        if request.conversation.is_some() || request.model.is_some() {
            return Ok(Vec::new());
        }
        let (after, before) = span(request);
        let mut query = self.conn().prepare_cached(TITLES)?;
        let rows = query.query_map(
            params![
                words,
                request.folder.map(|id| id.0.into_bytes()),
                request.persona.map(|id| id.0.into_bytes()),
                after,
                before,
                RANKED_TITLES,
            ],
            |row| ranked(row, true),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn found_messages(&self, words: &str, request: &SearchRequest) -> Result<Vec<Ranked>> {
        let (after, before) = span(request);
        let (first, last) = match request.conversation {
            Some(of) => self.numbers_of(of)?,
            None => (0, i64::MAX),
        };
        let mut query = self.conn().prepare_cached(MESSAGES)?;
        let rows = query.query_map(
            params![
                words,
                first,
                last,
                request.conversation.map(|id| id.0.into_bytes()),
                request.folder.map(|id| id.0.into_bytes()),
                request.persona.map(|id| id.0.into_bytes()),
                request.model,
                after,
                before,
                RANKED,
            ],
            |row| ranked(row, false),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The first and the last number that a message of a conversation has.
    fn numbers_of(&self, of: ConversationId) -> Result<(i64, i64)> {
        let sql = "SELECT (SELECT min(seq) FROM message WHERE conversation = ?1),
             (SELECT max(seq) FROM message WHERE conversation = ?1)";
        let mut query = self.conn().prepare_cached(sql)?;
        let (first, last): (Option<i64>, Option<i64>) =
            query.query_row([of.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((first.unwrap_or(0), last.unwrap_or(0)))
    }

    fn found(&self, row: &Ranked) -> Result<Found> {
        let sql = if row.is_title { TITLE } else { MESSAGE };
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([row.seq], |columns| {
            let message = match row.is_title {
                true => None,
                false => Some(FoundMessage {
                    id: MessageId(columns::uuid(columns, 4)?),
                    role: columns::word(columns, 5)?,
                    content: columns.get(6)?,
                }),
            };
            Ok(Found {
                conversation: ConversationId(columns::uuid(columns, 0)?),
                title: columns.get(1)?,
                archived: columns.get(2)?,
                when: columns::time(columns, 3)?,
                message,
            })
        })?;
        Ok(found)
    }
}

impl Writer<'_> {
    /// Indexes some of the messages that an older schema left; `false` when there are none left.
    ///
    /// # Errors
    /// Where the database cannot be written; the step is then tried again the next time.
    pub fn search_index_step(&mut self) -> Result<bool> {
        let until: Option<i64> = self
            .conn()
            .query_row("SELECT until FROM search_progress WHERE until > 0", [], |row| row.get(0))
            .optional()?;
        let Some(until) = until else { return Ok(false) };
        let (texts, reached) = self.texts_until(until)?;
        // In the order of their numbers: the index keeps a step in one piece then.
        let sql = "INSERT OR REPLACE INTO message_text (rowid, terms) VALUES (?1, ?2)";
        let mut insert = self.conn().prepare_cached(sql)?;
        for (seq, terms) in texts.iter().rev() {
            insert.execute(params![seq, terms])?;
        }
        self.conn().execute("UPDATE search_progress SET until = ?1", [reached - 1])?;
        Ok(reached > 1)
    }

    /// Terms of messages up to a number, the newest first, and the number that was reached.
    fn texts_until(&self, until: i64) -> Result<(Vec<(i64, String)>, i64)> {
        let sql = "SELECT seq, status, content FROM message WHERE seq <= ?1
             ORDER BY seq DESC LIMIT ?2";
        let mut query = self.conn().prepare_cached(sql)?;
        let mut rows = query.query(params![until, STEP_ROWS])?;
        let (mut texts, mut count, mut bytes) = (Vec::new(), 0, 0);
        while let Some(row) = rows.next()? {
            let (seq, status, content): (i64, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if status != "streaming" && !content.is_empty() {
                texts.push((seq, index_text(&content)));
            }
            (count, bytes) = (count + 1, bytes + content.len());
            if count == STEP_ROWS || bytes > STEP_BYTES {
                return Ok((texts, seq));
            }
        }
        Ok((texts, 1))
    }

    /// Rewrites the index without what was removed from it: until then a removed text is out of
    /// reach, but its words are still in the file.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn search_forget(&mut self) -> Result<()> {
        self.conn().execute_batch(
            "INSERT INTO message_text (message_text) VALUES ('optimize');
             INSERT INTO title_text (title_text) VALUES ('optimize');",
        )?;
        Ok(())
    }
}

fn ranked(row: &Row<'_>, is_title: bool) -> rusqlite::Result<Ranked> {
    Ok(Ranked { seq: row.get(0)?, is_title, when: row.get(1)?, score: row.get(2)? })
}

/// The best first; among those that are about as good, the newest. Scores are negative.
fn rank(rows: &mut [Ranked]) {
    let best = rows.iter().map(|row| row.score).fold(-f64::MIN_POSITIVE, f64::min);
    let step = |row: &Ranked| (row.score / best * STEPS).round();
    rows.sort_by(|a, b| {
        step(b).total_cmp(&step(a)).then(b.when.cmp(&a.when)).then(b.seq.cmp(&a.seq))
    });
}

/// From which moment on, and up to which.
fn span(request: &SearchRequest) -> (i64, i64) {
    (request.after.map_or(i64::MIN, |t| t.0), request.before.map_or(i64::MAX, |t| t.0))
}
