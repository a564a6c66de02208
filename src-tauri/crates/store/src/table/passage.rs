//! Passages and their places in files, with their part of the full-text index. Cutting texts into
//! passages and terms, and ranking, is the caller's.

use std::ops::{ControlFlow, Range};

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const OUTLINE: &str = "SELECT c.passage, c.seq, c.file, p.terms, p.language
     FROM chunk c INDEXED BY chunk_of_passage
     CROSS JOIN passage p INDEXED BY passage_outline ON p.id = c.passage";
const CHUNK: &str = "SELECT c.seq, c.file, c.ordinal, c.section, c.start, c.\"end\",
     c.first_character, c.last_character, c.first_page, c.last_page, c.heading,
     p.header, p.text, p.language
     FROM chunk c CROSS JOIN passage p ON p.id = c.passage";

/// A chunk to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChunk {
    /// Tells its passage from others: the start of a SHA-256 over header and text.
    pub hash: [u8; 16],
    /// The terms for the full-text index, with a space between each two.
    pub terms: String,
    /// How many those are.
    pub term_count: u32,
    /// Everything else.
    pub content: ChunkContent,
}

/// What a chunk says, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkContent {
    /// Its place among the chunks of its file.
    pub ordinal: u32,
    /// The section it is of.
    pub section: u32,
    /// Its bytes in the text of the document.
    pub bytes: Range<u32>,
    /// Its code points in the text of the document.
    pub characters: Range<u32>,
    /// Its first and its last page, from 0.
    pub pages: (u32, u32),
    /// The headings above it, the highest first.
    pub heading: Vec<String>,
    /// What is put before it in the index.
    pub header: String,
    /// Its text.
    pub text: String,
    /// The short name of its language; empty where it has none.
    pub language: String,
}

/// A chunk that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRow {
    /// Its number.
    pub seq: i64,
    /// The file it is of.
    pub file: i64,
    /// What it says.
    pub content: ChunkContent,
}

/// A chunk as the mirror in memory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkPlace {
    /// The passage.
    pub passage: i64,
    /// The chunk.
    pub chunk: i64,
    /// The file.
    pub file: i64,
    /// Terms of the passage.
    pub terms: u32,
    /// The short name of its language.
    pub language: String,
}

/// What a change of the chunks of a file did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkChange {
    /// The chunks that the file has now.
    pub places: Vec<ChunkPlace>,
    /// Passages that were not there before.
    pub new_passages: usize,
}

impl Reader<'_> {
    /// Visits every chunk, by the number of its passage.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn chunk_places(&self, mut visit: impl FnMut(ChunkPlace)) -> Result<()> {
        let mut query = self.conn().prepare_cached(OUTLINE)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            visit(ChunkPlace {
                passage: row.get(0)?,
                chunk: row.get(1)?,
                file: row.get(2)?,
                terms: row.get(3)?,
                language: row.get(4)?,
            });
        }
        Ok(())
    }

    /// Chunks by their numbers, in the order asked for, without those that are gone.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn chunks(&self, seqs: &[i64]) -> Result<Vec<ChunkRow>> {
        let mut query = self.conn().prepare_cached(&format!("{CHUNK} WHERE c.seq = ?1"))?;
        let found = seqs.iter().map(|seq| query.query_row([seq], chunk_row).optional());
        Ok(found.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
    }

    /// Chunks of a file by their ordinals, in their order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn chunks_of_file(&self, file: i64, ordinals: Range<u32>) -> Result<Vec<ChunkRow>> {
        let sql = format!(
            "{CHUNK} WHERE c.file = ?1 AND c.ordinal >= ?2 AND c.ordinal < ?3 ORDER BY c.ordinal"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map(params![file, ordinals.start, ordinals.end], chunk_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Visits the passages that have a term, each once, with how often they have it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn passages_with(
        &self,
        term: &str,
        visit: &mut dyn FnMut(i64, u32) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut query =
            self.conn().prepare_cached("SELECT doc FROM passage_word WHERE term = ?1")?;
        let mut rows = query.query([term])?;
        let mut run: Option<(i64, u32)> = None;
        while let Some(row) = rows.next()? {
            let passage = row.get(0)?;
            match &mut run {
                Some((last, times)) if *last == passage => *times += 1,
                _ => {
                    if let Some((last, times)) = run.replace((passage, 1))
                        && visit(last, times).is_break()
                    {
                        return Ok(());
                    }
                }
            }
        }
        if let Some((last, times)) = run {
            // Nothing follows that could be kept from happening.
            let _ = visit(last, times);
        }
        Ok(())
    }

    /// Passages that have these terms one after the other.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn passages_with_phrase(&self, terms: &[String]) -> Result<Vec<i64>> {
        // Terms have no quotation marks.
        let phrase = format!("\"{}\"", terms.join(" ").replace('"', " "));
        let sql = "SELECT rowid FROM passage_text WHERE passage_text MATCH ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([phrase], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Chunks and passages.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn passage_counts(&self) -> Result<(u64, u64)> {
        let sql = "SELECT (SELECT count(*) FROM chunk), (SELECT count(*) FROM passage)";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([], |row| Ok((columns::count(row, 0)?, columns::count(row, 1)?)))?)
    }

    /// Chunks of a file.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn chunk_count(&self, file: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM chunk WHERE file = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([file], |row| columns::count(row, 0))?)
    }
}

impl Writer<'_> {
    /// Makes these the chunks of a file. Passages that were there keep their vectors.
    ///
    /// # Errors
    /// Where the file is gone, or the database cannot be written.
    pub fn chunks_put(&mut self, file: i64, chunks: &[NewChunk]) -> Result<ChunkChange> {
        // Out of the way of the new ones, and not gone yet: with its last chunk a passage goes.
        self.conn()
            .prepare_cached("UPDATE chunk SET ordinal = -1 - ordinal WHERE file = ?1")?
            .execute([file])?;
        let mut change = ChunkChange::default();
        for chunk in chunks {
            let (passage, is_new) = self.passage_put(chunk)?;
            change.new_passages += usize::from(is_new);
            let seq = self.chunk_put(file, passage, &chunk.content)?;
            change.places.push(ChunkPlace {
                passage,
                chunk: seq,
                file,
                terms: chunk.term_count,
                language: chunk.content.language.clone(),
            });
        }
        self.conn()
            .prepare_cached("DELETE FROM chunk WHERE file = ?1 AND ordinal < 0")?
            .execute([file])?;
        Ok(change)
    }

    /// Forgets the chunks of a file.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn chunks_remove(&mut self, file: i64) -> Result<()> {
        self.conn().prepare_cached("DELETE FROM chunk WHERE file = ?1")?.execute([file])?;
        Ok(())
    }

    /// Rewrites the full-text index without what was removed from it: until then a removed text is out
    /// of reach, but its words are still in the file.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn passages_forget(&mut self) -> Result<()> {
        let sql = "INSERT INTO passage_text (passage_text) VALUES ('optimize')";
        self.conn().execute(sql, [])?;
        Ok(())
    }

    /// The passage of a chunk, and whether it is new.
    fn passage_put(&self, chunk: &NewChunk) -> Result<(i64, bool)> {
        let mut known = self.conn().prepare_cached("SELECT id FROM passage WHERE hash = ?1")?;
        if let Some(id) = known.query_row([chunk.hash], |row| row.get(0)).optional()? {
            return Ok((id, false));
        }
        let content = &chunk.content;
        let sql = "INSERT INTO passage (hash, language, terms, header, text)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let id = self.conn().prepare_cached(sql)?.insert(params![
            chunk.hash,
            content.language,
            chunk.term_count,
            content.header,
            content.text
        ])?;
        let sql = "INSERT INTO passage_text (rowid, terms) VALUES (?1, ?2)";
        self.conn().prepare_cached(sql)?.execute(params![id, chunk.terms])?;
        Ok((id, true))
    }

    fn chunk_put(&self, file: i64, passage: i64, content: &ChunkContent) -> Result<i64> {
        let heading = serde_json::to_string(&content.heading).map_err(|_| Error::RowMalformed)?;
        let sql = "INSERT INTO chunk (file, ordinal, passage, section, start, \"end\",
             first_character, last_character, first_page, last_page, heading)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        Ok(self.conn().prepare_cached(sql)?.insert(params![
            file,
            content.ordinal,
            passage,
            content.section,
            content.bytes.start,
            content.bytes.end,
            content.characters.start,
            content.characters.end,
            content.pages.0,
            content.pages.1,
            heading,
        ])?)
    }
}

fn chunk_row(row: &Row<'_>) -> rusqlite::Result<ChunkRow> {
    let heading: String = row.get(10)?;
    Ok(ChunkRow {
        seq: row.get(0)?,
        file: row.get(1)?,
        content: ChunkContent {
            ordinal: row.get(2)?,
            section: row.get(3)?,
            bytes: row.get(4)?..row.get(5)?,
            characters: row.get(6)?..row.get(7)?,
            pages: (row.get(8)?, row.get(9)?),
            // Written by `chunk_put` alone.
            heading: serde_json::from_str(&heading).unwrap_or_default(),
            header: row.get(11)?,
            text: row.get(12)?,
            language: row.get(13)?,
        },
    })
}
