//! Documents by their names, as people name them in a question: files, folders, tags.

use std::collections::BTreeSet;

use hearth_domain::{
    CollectionId, LibraryFile, LibraryFolder, LibraryMatches, SourceId, SourceKind,
};
use rusqlite::params;

use super::file_list::{COLUMNS, listed};
use crate::{Reader, Result, columns};

/// Files of which the folders are looked at.
const LOOKED_AT: u32 = 5_000;

impl Reader<'_> {
    /// What has this text in its name, upper and lower case being the same, so many of each kind; without
    /// a text the files that became searchable last.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn library_find(&self, text: &str, limit: usize) -> Result<LibraryMatches> {
        let wanted = text.trim().to_lowercase();
        let fits = |name: &str| name.to_lowercase().contains(&wanted);
        let collections = self.collection_list()?.into_iter().filter(|it| fits(&it.name));
        let tags = self.tag_list(None)?.into_iter().filter(|it| fits(&it.name));
        Ok(LibraryMatches {
            collections: collections.take(limit).collect(),
            folders: self.folders_find(&wanted, limit)?,
            tags: tags.take(limit).collect(),
            files: self.files_find(&wanted, limit)?,
        })
    }

    fn files_find(&self, wanted: &str, limit: usize) -> Result<Vec<LibraryFile>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM file f CROSS JOIN collection c ON c.id = f.collection
             WHERE f.state = 'searchable' AND c.leaving = 0 AND c.attached = 0
             AND (?1 = '' OR instr(lower(f.name), ?1) > 0 OR instr(lower(f.title), ?1) > 0)
             ORDER BY instr(lower(f.name), ?1) <> 1, f.indexed DESC, f.seq LIMIT ?2"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map(params![wanted, limit], listed)?;
        self.with_tags(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Folders that were put in, and those below them that hold documents.
    fn folders_find(&self, wanted: &str, limit: usize) -> Result<Vec<LibraryFolder>> {
        let sources = self.sources()?;
        let mut found = Vec::new();
        let below = if wanted.is_empty() { BTreeSet::new() } else { self.folders_below(wanted)? };
        for (collection, source, path) in sources {
            if source.kind != SourceKind::Folder {
                continue;
            }
            let root = path
                .file_name()
                .map_or_else(|| source.path.clone(), |name| name.to_string_lossy().into_owned());
            let folder = |place: &str| LibraryFolder {
                collection,
                source: source.id,
                place: place.to_owned(),
                name: if place.is_empty() { root.clone() } else { format!("{root}/{place}") },
            };
            if root.to_lowercase().contains(wanted) {
                found.push(folder(""));
            }
            let inner = below.iter().filter(|(of, _)| *of == source.id);
            found.extend(inner.map(|(_, place)| folder(place)));
        }
        found.sort_by_key(|it| it.name.matches('/').count());
        found.truncate(limit);
        Ok(found)
    }

    fn folders_below(&self, wanted: &str) -> Result<BTreeSet<(SourceId, String)>> {
        let sql = "SELECT f.source, f.place FROM file f CROSS JOIN collection c
             ON c.id = f.collection WHERE f.state = 'searchable' AND c.leaving = 0
             AND c.id <> ?1 AND instr(lower(f.place), ?2) > 0 LIMIT ?3";
        let mut query = self.conn().prepare_cached(sql)?;
        let mut rows =
            query.query(params![CollectionId::ATTACHED.0.as_bytes(), wanted, LOOKED_AT])?;
        let mut below = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let (source, place): (_, String) = (SourceId(columns::uuid(row, 0)?), row.get(1)?);
            let place = place.replace('\\', "/");
            let ends = place.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
            for end in ends {
                let folder = place.get(..end).unwrap_or_default();
                let name = folder.rsplit('/').next().unwrap_or_default();
                if name.to_lowercase().contains(wanted) {
                    below.insert((source, folder.to_owned()));
                }
            }
        }
        Ok(below)
    }
}
