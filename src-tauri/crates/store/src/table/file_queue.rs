//! The queue of files to be read, as rows of the table of files: whatever happens to the process, a
//! file is in exactly one state, and its passages belong to what it was when it became searchable.

use hearth_domain::{CollectionId, ErrorCode, FileState, Timestamp};
use rusqlite::params;

use super::file::{COLUMNS, StoredFile, stored};
use crate::{Reader, Result, Writer, columns};

/// What a file came to that can be searched now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Searchable {
    /// Its title; empty where it has none.
    pub title: String,
    /// Bytes that were read.
    pub size: u64,
    /// When what was read had been changed, in nanoseconds since 1970.
    pub mtime: i64,
    /// BLAKE3 of what was read.
    pub hash: [u8; 32],
    /// The version of the readers.
    pub parser: u32,
    /// Pages; 0 where it has none.
    pub pages: u32,
    /// Those of them that gave no text.
    pub unread: u32,
    /// Passages.
    pub chunks: u32,
    /// Characters of the text.
    pub characters: u64,
}

impl Reader<'_> {
    /// How many files wait, of collections whose queue does not rest.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn queue_length(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM file f JOIN collection c ON c.id = f.collection
             WHERE f.state IN ('queued', 'reading', 'embedding') AND c.paused = 0
             AND c.leaving = 0";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([], |row| columns::count(row, 0))?)
    }
}

impl Writer<'_> {
    /// To be called once at start: what was being read waits again. A file that was taken by itself
    /// and was interrupted more than `most` times is left alone with a reason; of several that were
    /// taken together none is known to be at fault. Returns how many were interrupted.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_recover(&mut self, most: u32) -> Result<usize> {
        let sql = "SELECT count(*) FROM file WHERE state IN ('reading', 'embedding')";
        let interrupted: i64 = self.conn().query_row(sql, [], |row| row.get(0))?;
        let sql = "UPDATE file SET
             code = CASE WHEN ?2 = 1 AND attempts > ?1 THEN 'document_too_costly' END,
             state = CASE WHEN ?2 = 1 AND attempts > ?1 THEN 'failed' ELSE 'queued' END
             WHERE state IN ('reading', 'embedding')";
        Ok(self.conn().execute(sql, params![most, interrupted])?)
    }

    /// Takes the next files of the queue: they are being read from now on. One that was interrupted
    /// before is taken by itself, so that it alone is held to be at fault if it is again.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_take(&mut self, most: u32) -> Result<Vec<StoredFile>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM file f INDEXED BY file_waiting
             CROSS JOIN collection c ON c.id = f.collection
             WHERE f.state = 'queued' AND c.paused = 0 AND c.leaving = 0
             ORDER BY f.turn, f.seq LIMIT ?1"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map([most], stored)?;
        let mut files: Vec<StoredFile> = rows.collect::<rusqlite::Result<_>>()?;
        match files.first() {
            Some(first) if first.attempts > 0 => files.truncate(1),
            _ => files.retain(|file| file.attempts == 0),
        }
        let sql = "UPDATE file SET state = 'reading', attempts = attempts + 1 WHERE seq = ?1";
        let mut taken = self.conn().prepare_cached(sql)?;
        for file in &mut files {
            taken.execute([file.seq])?;
            file.attempts += 1;
            file.state = FileState::Reading;
        }
        Ok(files)
    }

    /// Notes that a file was read and is being embedded.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_embedding(&mut self, seq: i64) -> Result<()> {
        let sql = "UPDATE file SET state = 'embedding' WHERE seq = ?1 AND state = 'reading'";
        self.conn().prepare_cached(sql)?.execute([seq])?;
        Ok(())
    }

    /// Notes that work on a file rests for now, or goes on: who is ended while it rests was not ended by
    /// that file.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_rest(&mut self, seq: i64, rests: bool) -> Result<()> {
        let sql = "UPDATE file SET attempts = max(attempts + ?2, 0)
             WHERE seq = ?1 AND state IN ('reading', 'embedding')";
        self.conn().prepare_cached(sql)?.execute(params![seq, if rests { -1 } else { 1 }])?;
        Ok(())
    }

    /// Puts a file back that was not finished: that was no attempt.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_put_back(&mut self, seq: i64) -> Result<()> {
        let sql = "UPDATE file SET state = 'queued', attempts = max(attempts - 1, 0)
             WHERE seq = ?1 AND state IN ('reading', 'embedding')";
        self.conn().prepare_cached(sql)?.execute([seq])?;
        Ok(())
    }

    /// Notes that a file can be searched. Its passages belong into the same transaction. Answers
    /// whether it is still there and nobody asked for it to be read again meanwhile.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_searchable(&mut self, seq: i64, now: &Searchable, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE file SET state = 'searchable', code = NULL, attempts = 0, turn = 0,
             title = ?2, size = ?3, mtime = ?4, hash = ?5, parser = ?6, pages = ?7, chunks = ?8,
             characters = ?9, indexed = ?10, unread = ?11
             WHERE seq = ?1 AND state IN ('reading', 'embedding')";
        let changed = self.conn().prepare_cached(sql)?.execute(params![
            seq,
            now.title,
            columns::to_integer(now.size)?,
            now.mtime,
            now.hash,
            now.parser,
            now.pages,
            now.chunks,
            columns::to_integer(now.characters)?,
            at.0,
            now.unread,
        ])?;
        Ok(changed > 0)
    }

    /// Notes why a file cannot be searched, and forgets what was read of it before.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_refuse(
        &mut self,
        seq: i64,
        state: FileState,
        code: ErrorCode,
        hash: Option<[u8; 32]>,
    ) -> Result<()> {
        let sql = "UPDATE file SET state = ?2, code = ?3, hash = ?4, turn = 0, chunks = 0,
             pages = 0, unread = 0, characters = 0, indexed = NULL
             WHERE seq = ?1 AND state IN ('reading', 'embedding')";
        let state = columns::to_word(&state)?;
        let row = params![seq, state, code.as_str(), hash];
        if self.conn().prepare_cached(sql)?.execute(row)? > 0 {
            self.file_forget_content(seq)?;
        }
        Ok(())
    }

    /// Asks again for a file that failed or was left out; it comes next.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_retry(&mut self, seq: i64) -> Result<()> {
        let sql = "UPDATE file SET state = 'queued', code = NULL, attempts = 0, turn = -1
             WHERE seq = ?1 AND state IN ('failed', 'skipped', 'searchable')";
        self.conn().prepare_cached(sql)?.execute([seq])?;
        Ok(())
    }

    /// Asks again for everything of a collection that failed. Returns how many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn queue_retry_all(&mut self, collection: CollectionId) -> Result<usize> {
        let sql = "UPDATE file SET state = 'queued', code = NULL, attempts = 0
             WHERE collection = ?1 AND state = 'failed'";
        Ok(self.conn().execute(sql, [collection.0.as_bytes()])?)
    }
}
