//! Files of collections as people see them: page by page, those first that want something.

use std::path::PathBuf;

use hearth_domain::{CollectionId, ErrorCode, FileId, FilePage, FileState, LibraryFile, SourceId};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, columns, files};

/// Which files of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// Only those in this state.
    pub state: Option<FileState>,
    /// Only those whose name or place has this text in it.
    pub text: String,
    /// Only those that carry this tag.
    pub tag: Option<String>,
    /// How many are passed over.
    pub offset: u32,
    /// How many are wanted.
    pub limit: u32,
}

pub(super) const COLUMNS: &str = "f.id, f.collection, f.name, f.place, f.title, f.size, f.state, \
     f.code, f.attempts, f.pages, f.chunks, f.characters, f.indexed, f.unread";

pub(super) fn listed(row: &Row<'_>) -> rusqlite::Result<LibraryFile> {
    Ok(LibraryFile {
        id: FileId(columns::uuid(row, 0)?),
        collection: CollectionId(columns::uuid(row, 1)?),
        name: row.get(2)?,
        place: row.get(3)?,
        title: row.get(4)?,
        size: columns::count(row, 5)?,
        state: columns::word(row, 6)?,
        code: columns::maybe_word(row, 7)?,
        attempts: row.get(8)?,
        pages: row.get(9)?,
        chunks: row.get(10)?,
        characters: columns::count(row, 11)?,
        indexed: columns::maybe_time(row, 12)?,
        unread: row.get(13)?,
        tags: Vec::new(),
    })
}

impl Reader<'_> {
    /// A file as people see it.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`].
    pub fn file_listed(&self, id: FileId) -> Result<LibraryFile> {
        let sql = format!("SELECT {COLUMNS} FROM file f WHERE f.id = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        let found = query.query_row([id.0.as_bytes()], listed).optional()?;
        let mut file = found.ok_or(Error::DocumentNotFound)?;
        file.tags = self.tags_of(id)?;
        Ok(file)
    }

    /// Completes files whose rows were read.
    pub(super) fn with_tags(&self, mut files: Vec<LibraryFile>) -> Result<Vec<LibraryFile>> {
        for file in &mut files {
            file.tags = self.tags_of(file.id)?;
        }
        Ok(files)
    }

    /// The numbers of the files of some collections that can be found: what a search is limited to.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn file_keys(&self, collections: &[CollectionId]) -> Result<Vec<i64>> {
        let sql = "SELECT f.seq FROM collection c CROSS JOIN file f INDEXED BY file_by_collection
             ON f.collection = c.id WHERE c.id = ?1 AND c.leaving = 0
             AND f.state NOT IN ('failed', 'skipped')";
        let mut query = self.conn().prepare_cached(sql)?;
        let mut keys = Vec::new();
        for id in collections {
            let rows = query.query_map([id.0.as_bytes()], |row| row.get(0))?;
            keys.extend(rows.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        Ok(keys)
    }

    /// Files of a source that cannot be searched, with the reason of each.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn files_refused(
        &self,
        source: SourceId,
        limit: u32,
    ) -> Result<Vec<(PathBuf, String, ErrorCode)>> {
        let sql = "SELECT path, row, code FROM file WHERE source = ?1 AND code IS NOT NULL
             ORDER BY seq LIMIT ?2";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map(params![source.0.as_bytes(), limit], |row| {
            Ok((files::path_from_bytes(row.get(0)?), row.get(1)?, columns::word(row, 2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A page of the files of a collection.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn file_list(&self, collection: CollectionId, filter: &FileFilter) -> Result<FilePage> {
        let which = "FROM file f WHERE f.collection = ?1 AND (?2 IS NULL OR f.state = ?2)
             AND (?3 = '' OR instr(name_folded(f.place), name_folded(?3)) > 0)
             AND (?4 IS NULL OR EXISTS (SELECT 1 FROM file_tag t WHERE t.tag = ?4 AND t.file = f.seq))";
        let state = filter.state.map(|state| columns::to_word(&state)).transpose()?;
        let total =
            self.conn().prepare_cached(&format!("SELECT count(*) {which}"))?.query_row(
                params![collection.0.as_bytes(), state, filter.text, filter.tag],
                |row| columns::count(row, 0),
            )?;
        let order =
            "CASE f.state WHEN 'reading' THEN 0 WHEN 'embedding' THEN 0 WHEN 'failed' THEN 1
             WHEN 'queued' THEN 2 WHEN 'skipped' THEN 3 ELSE 4 END, f.place, f.seq";
        let sql = format!("SELECT {COLUMNS} {which} ORDER BY {order} LIMIT ?5 OFFSET ?6");
        let mut query = self.conn().prepare_cached(&sql)?;
        let page = params![
            collection.0.as_bytes(),
            state,
            filter.text,
            filter.tag,
            filter.limit,
            filter.offset
        ];
        let items = query.query_map(page, listed)?.collect::<rusqlite::Result<_>>()?;
        Ok(FilePage { items: self.with_tags(items)?, total })
    }
}
