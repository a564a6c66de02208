//! Files of collections: where each lies, what it was when it was last looked at, its text.
//!
//! Not here: the order of the work (`file_queue.rs`), lists for people (`file_list.rs`), passages and
//! vectors (`chunk*.rs`). Whatever is known of a file goes with [`Writer::file_remove`].

use std::path::{Path, PathBuf};

use hearth_domain::{CollectionId, ErrorCode, FileId, FileState, SourceId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns, files};

pub(super) const COLUMNS: &str = "f.seq, f.id, f.collection, f.source, f.path, f.row, f.name, \
     f.place, f.title, f.size, f.mtime, f.hash, f.state, f.code, f.attempts, f.parser, f.indexed, \
     f.pages";

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub id: FileId,
    /// The collection it belongs to.
    pub collection: CollectionId,
    /// What it was found in.
    pub source: SourceId,
    /// Where it lies.
    pub path: PathBuf,
    /// The id of its row in a file of rows; empty for a whole file.
    pub row: String,
    /// What it is called, as shown.
    pub name: String,
    /// Where it lies in its source, as shown.
    pub place: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub mtime: i64,
    /// Why it is left out; one without waits to be read.
    pub code: Option<ErrorCode>,
    /// When it was found.
    pub added: Timestamp,
}

/// A file as stored, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// What chunks refer to.
    pub seq: i64,
    /// Its name.
    pub id: FileId,
    /// The collection it belongs to.
    pub collection: CollectionId,
    /// What it was found in.
    pub source: SourceId,
    /// Where it lies.
    pub path: PathBuf,
    /// The id of its row in a file of rows; empty for a whole file.
    pub row: String,
    /// What it is called, as shown.
    pub name: String,
    /// Where it lies in its source, as shown.
    pub place: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub mtime: i64,
    /// BLAKE3 of its content, once it was read.
    pub hash: Option<[u8; 32]>,
    /// How far it is.
    pub state: FileState,
    /// Why it failed or is left out.
    pub code: Option<ErrorCode>,
    /// How often reading it was begun.
    pub attempts: u32,
    /// The version of the readers that read it.
    pub parser: u32,
    /// When it became searchable.
    pub indexed: Option<Timestamp>,
    /// Its pages; 0 where it has none.
    pub pages: u32,
}

/// What a look through a source compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// What chunks refer to.
    pub seq: i64,
    /// Where it lay.
    pub path: PathBuf,
    /// The id of its row.
    pub row: String,
    /// Bytes.
    pub size: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub mtime: i64,
    /// BLAKE3 of its content, once it was read.
    pub hash: Option<[u8; 32]>,
    /// How far it is.
    pub state: FileState,
    /// Why it failed or is left out.
    pub code: Option<ErrorCode>,
    /// The version of the readers that read it.
    pub parser: u32,
    /// When it became searchable.
    pub indexed: Option<Timestamp>,
}

pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<StoredFile> {
    Ok(StoredFile {
        seq: row.get(0)?,
        id: FileId(columns::uuid(row, 1)?),
        collection: CollectionId(columns::uuid(row, 2)?),
        source: SourceId(columns::uuid(row, 3)?),
        path: files::path_from_bytes(row.get(4)?),
        row: row.get(5)?,
        name: row.get(6)?,
        place: row.get(7)?,
        title: row.get(8)?,
        size: columns::count(row, 9)?,
        mtime: row.get(10)?,
        hash: row.get(11)?,
        state: columns::word(row, 12)?,
        code: columns::maybe_word(row, 13)?,
        attempts: row.get(14)?,
        parser: row.get(15)?,
        indexed: columns::maybe_time(row, 16)?,
        pages: row.get(17)?,
    })
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownFile> {
    Ok(KnownFile {
        seq: row.get(0)?,
        path: files::path_from_bytes(row.get(1)?),
        row: row.get(2)?,
        size: columns::count(row, 3)?,
        mtime: row.get(4)?,
        hash: row.get(5)?,
        state: columns::word(row, 6)?,
        code: columns::maybe_word(row, 7)?,
        parser: row.get(8)?,
        indexed: columns::maybe_time(row, 9)?,
    })
}

impl Reader<'_> {
    /// One file.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`].
    pub fn file(&self, id: FileId) -> Result<StoredFile> {
        let sql = format!("SELECT {COLUMNS} FROM file f WHERE f.id = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        query.query_row([id.0.as_bytes()], stored).optional()?.ok_or(Error::DocumentNotFound)
    }

    /// The file that chunks call by this number.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`].
    pub fn file_of(&self, seq: i64) -> Result<StoredFile> {
        let sql = format!("SELECT {COLUMNS} FROM file f WHERE f.seq = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        query.query_row([seq], stored).optional()?.ok_or(Error::DocumentNotFound)
    }

    /// Whether another document of the collection has this name too.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn file_name_shared(&self, collection: CollectionId, name: &str) -> Result<bool> {
        let sql = "SELECT count(*) > 1 FROM (SELECT 1 FROM file INDEXED BY file_by_name
             WHERE collection = ?1 AND name = ?2 LIMIT 2)";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row(params![collection.0.as_bytes(), name], |row| row.get(0))?)
    }

    /// Every file that was found in a source.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn files_of_source(&self, source: SourceId) -> Result<Vec<KnownFile>> {
        let sql = "SELECT seq, path, row, size, mtime, hash, state, code, parser, indexed
             FROM file WHERE source = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([source.0.as_bytes()], known)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The text of a file, in the form of the readers.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`] where it has none.
    pub fn document(&self, file: i64) -> Result<Vec<u8>> {
        let mut query =
            self.conn().prepare_cached("SELECT content FROM document WHERE file = ?1")?;
        query.query_row([file], |row| row.get(0)).optional()?.ok_or(Error::DocumentNotFound)
    }
}

impl Writer<'_> {
    /// Takes in a file. One of the same place that is there already is asked to be read again.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is no such collection or source.
    pub fn file_put(&mut self, new: &NewFile) -> Result<i64> {
        let sql = "INSERT INTO file (id, collection, source, path, row, name, place, size, mtime,
             state, code, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (collection, path, row) DO UPDATE SET source = excluded.source,
             size = excluded.size, mtime = excluded.mtime, state = excluded.state,
             code = excluded.code, attempts = 0 RETURNING seq";
        let state = if new.code.is_some() { "skipped" } else { "queued" };
        let row = params![
            new.id.0.as_bytes(),
            new.collection.0.as_bytes(),
            new.source.0.as_bytes(),
            files::path_to_bytes(&new.path),
            new.row,
            new.name,
            new.place,
            columns::to_integer(new.size)?,
            new.mtime,
            state,
            new.code.map(ErrorCode::as_str),
            new.added.0,
        ];
        Ok(self.conn().prepare_cached(sql)?.query_row(row, |row| row.get(0))?)
    }

    /// Asks for a file to be read again, as it is now.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn file_requeue(&mut self, seq: i64, size: u64, mtime: i64) -> Result<()> {
        let sql = "UPDATE file SET size = ?2, mtime = ?3, state = 'queued', code = NULL,
             attempts = 0 WHERE seq = ?1";
        let row = params![seq, columns::to_integer(size)?, mtime];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Notes that the content was looked at and is the same, whatever its time of change.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn file_same(&mut self, seq: i64, mtime: i64, now: Timestamp) -> Result<()> {
        let sql = "UPDATE file SET mtime = ?2, indexed = ?3 WHERE seq = ?1";
        self.conn().prepare_cached(sql)?.execute(params![seq, mtime, now.0])?;
        Ok(())
    }

    /// Notes that the same content lies elsewhere now. Nothing is read again.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn file_moved(
        &mut self,
        seq: i64,
        path: &Path,
        (name, place): (&str, &str),
        mtime: i64,
    ) -> Result<()> {
        let sql = "UPDATE file SET path = ?2, name = ?3, place = ?4, mtime = ?5 WHERE seq = ?1";
        let row = params![seq, files::path_to_bytes(path), name, place, mtime];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Leaves a file out, and forgets what was read of it.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn file_skip(&mut self, seq: i64, size: u64, mtime: i64, code: ErrorCode) -> Result<()> {
        self.file_forget_content(seq)?;
        let sql = "UPDATE file SET size = ?2, mtime = ?3, state = 'skipped', code = ?4,
             chunks = 0, pages = 0, unread = 0, characters = 0, hash = NULL, indexed = NULL WHERE seq = ?1";
        let row = params![seq, columns::to_integer(size)?, mtime, code.as_str()];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Keeps the text of a file, in the form of the readers.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn document_put(&mut self, file: i64, content: &[u8]) -> Result<()> {
        let sql = "INSERT INTO document (file, content) VALUES (?1, ?2)
             ON CONFLICT (file) DO UPDATE SET content = excluded.content";
        self.conn().prepare_cached(sql)?.execute(params![file, content])?;
        Ok(())
    }

    /// Removes a file with its text, its passages and their part of the index.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn file_remove(&mut self, seq: i64) -> Result<()> {
        self.file_forget_content(seq)?;
        self.conn().prepare_cached("DELETE FROM file WHERE seq = ?1")?.execute([seq])?;
        Ok(())
    }

    /// Removes the text of a file, its passages and their part of the index.
    pub(super) fn file_forget_content(&mut self, seq: i64) -> Result<()> {
        self.chunks_remove(seq)?;
        self.conn().prepare_cached("DELETE FROM document WHERE file = ?1")?.execute([seq])?;
        Ok(())
    }
}
