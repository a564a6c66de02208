//! Collections of documents and what a person put into them.
//!
//! One that is deleted leaves every list at once; its files, with their text and their part of the
//! index, are removed in steps, so that nothing waits for a large one.

use std::path::{Path, PathBuf};

use hearth_domain::{
    Collection, CollectionId, FileCounts, Source, SourceId, SourceKind, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, Reader, Result, Writer, columns, files};

/// Those that people made: neither one that leaves nor that of attached documents.
const SELECT: &str =
    "SELECT id, name, paused, created FROM collection WHERE leaving = 0 AND attached = 0";
/// Files that one step of removing takes.
const STEP: i64 = 64;

fn collection(row: &Row<'_>) -> rusqlite::Result<Collection> {
    Ok(Collection {
        id: CollectionId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        paused: row.get(2)?,
        created: columns::time(row, 3)?,
        counts: FileCounts::default(),
        sources: Vec::new(),
    })
}

impl Reader<'_> {
    /// One collection with what is in it.
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`].
    pub fn collection(&self, id: CollectionId) -> Result<Collection> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} AND id = ?1"))?;
        let found = query.query_row([id.0.as_bytes()], collection).optional()?;
        self.with_content(found.ok_or(Error::CollectionNotFound)?)
    }

    /// The collection of this name, upper and lower case being the same.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn collection_named(&self, name: &str) -> Result<Option<Collection>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} AND name = ?1"))?;
        let found = query.query_row([name], collection).optional()?;
        found.map(|found| self.with_content(found)).transpose()
    }

    /// Every collection, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn collection_list(&self) -> Result<Vec<Collection>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} ORDER BY name"))?;
        let found = query.query_map([], collection)?.collect::<rusqlite::Result<Vec<_>>>()?;
        found.into_iter().map(|found| self.with_content(found)).collect()
    }

    /// How many files of a collection are where.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn file_counts(&self, id: CollectionId) -> Result<FileCounts> {
        let of = "file INDEXED BY file_by_collection WHERE collection = ?1";
        self.counts(of, id.0)
    }

    /// How many files of a source are where.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn source_counts(&self, id: SourceId) -> Result<FileCounts> {
        self.counts("file INDEXED BY file_by_source WHERE source = ?1", id.0)
    }

    fn counts(&self, of: &str, id: Uuid) -> Result<FileCounts> {
        let sql = format!(
            "SELECT state, count(*), sum(chunks), sum(pages), sum(size) FROM {of} GROUP BY state"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let mut rows = query.query([id.as_bytes()])?;
        let mut counts = FileCounts::default();
        while let Some(row) = rows.next()? {
            let (state, files): (String, u64) = (row.get(0)?, columns::count(row, 1)?);
            counts.files += files;
            match state.as_str() {
                "searchable" => {
                    counts.searchable = files;
                    counts.chunks = columns::count(row, 2)?;
                    counts.pages = columns::count(row, 3)?;
                    counts.bytes = columns::count(row, 4)?;
                }
                "failed" => counts.failed = files,
                "skipped" => counts.skipped = files,
                _ => counts.waiting += files,
            }
        }
        Ok(counts)
    }

    /// Everything that people put into collections that stay: which collection, what, where.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources(&self) -> Result<Vec<(CollectionId, Source, PathBuf)>> {
        let sql = "SELECT s.id, s.path, s.kind, s.scanned, s.missing, s.collection
             FROM source s JOIN collection c ON c.id = s.collection
             WHERE c.leaving = 0 AND c.attached = 0 ORDER BY s.added, s.id";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            let (source, path) = source(row)?;
            Ok((CollectionId(columns::uuid(row, 5)?), source, path))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What was put into one collection.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources_of(&self, id: CollectionId) -> Result<Vec<(Source, PathBuf)>> {
        let sql = "SELECT id, path, kind, scanned, missing FROM source WHERE collection = ?1
             ORDER BY added, id";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([id.0.as_bytes()], source)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Collections that are being removed.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn collections_leaving(&self) -> Result<Vec<CollectionId>> {
        let mut query =
            self.conn().prepare_cached("SELECT id FROM collection WHERE leaving = 1")?;
        let rows = query.query_map([], |row| columns::uuid(row, 0).map(CollectionId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn with_content(&self, mut collection: Collection) -> Result<Collection> {
        collection.counts = self.file_counts(collection.id)?;
        let sources = self.sources_of(collection.id)?;
        collection.sources = sources.into_iter().map(|(source, _)| source).collect();
        Ok(collection)
    }
}

fn source(row: &Row<'_>) -> rusqlite::Result<(Source, PathBuf)> {
    let path = files::path_from_bytes(row.get(1)?);
    let source = Source {
        id: SourceId(columns::uuid(row, 0)?),
        path: path.to_string_lossy().into_owned(),
        kind: columns::word(row, 2)?,
        scanned: columns::maybe_time(row, 3)?,
        missing: row.get(4)?,
    };
    Ok((source, path))
}

impl Writer<'_> {
    /// Adds a collection.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub fn collection_insert(
        &mut self,
        id: CollectionId,
        name: &str,
        now: Timestamp,
    ) -> Result<Collection> {
        self.check_collection_name(id, name)?;
        let sql = "INSERT INTO collection (id, name, created) VALUES (?1, ?2, ?3)";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), name, now.0])?;
        self.collection(id)
    }

    /// Gives it another name.
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`]; [`Error::NameTaken`].
    pub fn collection_rename(&mut self, id: CollectionId, name: &str) -> Result<Collection> {
        self.check_collection_name(id, name)?;
        let sql = "UPDATE collection SET name = ?2 WHERE id = ?1 AND leaving = 0";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), name])?;
        self.collection(id)
    }

    /// Lets its queue rest, or go on.
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`].
    pub fn collection_pause(&mut self, id: CollectionId, paused: bool) -> Result<Collection> {
        let sql = "UPDATE collection SET paused = ?2 WHERE id = ?1 AND leaving = 0";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), paused])?;
        self.collection(id)
    }

    /// Takes it out of every list; its content goes with [`Writer::collection_remove_step`]. The
    /// name is free at once.
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`].
    pub fn collection_leave(&mut self, id: CollectionId) -> Result<()> {
        let sql = "UPDATE collection SET leaving = 1, name = hex(id) WHERE id = ?1 AND leaving = 0
             AND attached = 0";
        match self.conn().execute(sql, [id.0.as_bytes()])? {
            0 => Err(Error::CollectionNotFound),
            _ => Ok(()),
        }
    }

    /// Removes some of the files of a collection that leaves, and at last the collection. Answers
    /// whether it is gone.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn collection_remove_step(&mut self, id: CollectionId) -> Result<bool> {
        let sql = "SELECT seq FROM file WHERE collection = ?1 LIMIT ?2";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map(params![id.0.as_bytes(), STEP], |row| row.get(0))?;
        let step: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        drop(query);
        for file in &step {
            self.file_remove(*file)?;
        }
        if !step.is_empty() {
            return Ok(false);
        }
        let sql = "DELETE FROM collection WHERE id = ?1 AND leaving = 1";
        self.conn().execute(sql, [id.0.as_bytes()])?;
        Ok(true)
    }

    /// Notes what was put in; what is there already keeps its name.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is no such collection.
    pub fn source_put(
        &mut self,
        collection: CollectionId,
        id: SourceId,
        (path, kind): (&Path, SourceKind),
        now: Timestamp,
    ) -> Result<SourceId> {
        let sql =
            "INSERT INTO source (id, collection, path, kind, added) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (collection, path) DO UPDATE SET kind = excluded.kind RETURNING id";
        let row = params![
            id.0.as_bytes(),
            collection.0.as_bytes(),
            files::path_to_bytes(path),
            columns::to_word(&kind)?,
            now.0
        ];
        let put = self.conn().query_row(sql, row, |row| columns::uuid(row, 0))?;
        Ok(SourceId(put))
    }

    /// Notes that it was looked through, or that it was not there.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn source_scanned(&mut self, id: SourceId, missing: bool, now: Timestamp) -> Result<()> {
        let sql = "UPDATE source SET scanned = ?2, missing = ?3 WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), now.0, missing])?;
        Ok(())
    }

    /// Gives the files of one source to another and forgets it: a folder took it in.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn source_absorb(&mut self, inner: SourceId, outer: SourceId) -> Result<()> {
        let sql = "UPDATE file SET source = ?2 WHERE source = ?1";
        self.conn().execute(sql, params![inner.0.as_bytes(), outer.0.as_bytes()])?;
        self.conn().execute("DELETE FROM source WHERE id = ?1", [inner.0.as_bytes()])?;
        Ok(())
    }

    /// Forgets a source with all that was read of it.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`].
    pub fn source_remove(&mut self, id: SourceId) -> Result<()> {
        if id == SourceId::ATTACHED {
            return Err(Error::DocumentNotFound);
        }
        self.files_remove_of(id)?;
        match self.conn().execute("DELETE FROM source WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::DocumentNotFound),
            _ => Ok(()),
        }
    }

    /// Removes all that was read of a source.
    pub(super) fn files_remove_of(&mut self, source: SourceId) -> Result<()> {
        let sql = "SELECT seq FROM file WHERE source = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([source.0.as_bytes()], |row| row.get(0))?;
        let files: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        drop(query);
        files.into_iter().try_for_each(|file| self.file_remove(file))
    }

    fn check_collection_name(&self, id: CollectionId, name: &str) -> Result<()> {
        match self.collection_named(name)? {
            Some(other) if other.id != id => Err(Error::NameTaken),
            _ => Ok(()),
        }
    }
}
