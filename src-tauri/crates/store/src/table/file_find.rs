//! Documents by their names, as people name them in a question: files, folders, tags.

use std::{collections::BTreeSet, path::Path};

use hearth_domain::{
    CollectionId, LibraryFile, LibraryFolder, LibraryMatches, SourceId, SourceKind,
};
use rusqlite::params;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::file_list::{COLUMNS, listed};
use crate::{Reader, Result, columns};

/// Files of which the folders are looked at.
const LOOKED_AT: u32 = 5_000;

/// A name as names are compared: without marks above and below letters, which systems write in several
/// ways and people leave out, and without capitals. `name_folded` of the database is the same.
pub(crate) fn fold_name(name: &str) -> String {
    name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// What a folder is called that lies in one that was put in, with `/` between the names.
pub(super) fn folder_name(root: &Path, place: &str) -> String {
    let root = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy();
    if place.is_empty() { root.into_owned() } else { format!("{root}/{place}") }
}

impl Reader<'_> {
    /// What has this text in its name (see [`fold_name`]), so many of each kind; without a text the files that became searchable last.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn library_find(&self, text: &str, limit: usize) -> Result<LibraryMatches> {
        let wanted = fold_name(text.trim());
        let fits = |name: &str| fold_name(name).contains(&wanted);
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
             AND (?1 = '' OR instr(name_folded(f.name), ?1) > 0 OR instr(name_folded(f.title), ?1) > 0)
             ORDER BY instr(name_folded(f.name), ?1) <> 1, f.indexed DESC, f.seq LIMIT ?2"
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
            let folder = |place: &str| LibraryFolder {
                collection,
                source: source.id,
                place: place.to_owned(),
                name: folder_name(&path, place),
            };
            if fold_name(&folder_name(&path, "")).contains(wanted) {
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
             AND c.id <> ?1 AND instr(name_folded(f.place), ?2) > 0 LIMIT ?3";
        let mut query = self.conn().prepare_cached(sql)?;
        let mut rows =
            query.query(params![CollectionId::ATTACHED.0.as_bytes(), wanted, LOOKED_AT])?;
        let mut below = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let (source, place): (_, String) = (SourceId(columns::uuid(row, 0)?), row.get(1)?);
            let ends = place.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
            for end in ends {
                let folder = place.get(..end).unwrap_or_default();
                let name = folder.rsplit('/').next().unwrap_or_default();
                if fold_name(name).contains(wanted) {
                    below.insert((source, folder.to_owned()));
                }
            }
        }
        Ok(below)
    }
}
