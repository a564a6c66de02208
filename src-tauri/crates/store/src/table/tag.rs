//! Tags of files: what people write to find them again, across folders and collections.

use hearth_domain::{CollectionId, DocumentPart, FileId, Tag};
use rusqlite::{Row, params};

use crate::{Reader, Result, Writer, columns};

fn tag(row: &Row<'_>) -> rusqlite::Result<Tag> {
    Ok(Tag { name: row.get(0)?, files: columns::count(row, 1)? })
}

impl Reader<'_> {
    /// The tags of a collection's files, or of all, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn tag_list(&self, collection: Option<CollectionId>) -> Result<Vec<Tag>> {
        let sql = "SELECT min(t.tag), count(*) FROM file_tag t CROSS JOIN file f ON f.seq = t.file
             CROSS JOIN collection c ON c.id = f.collection
             WHERE c.leaving = 0 AND (?1 IS NULL OR f.collection = ?1)
             GROUP BY t.tag ORDER BY t.tag";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([collection.map(|id| id.0.into_bytes())], tag)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The tags of a file, by name.
    pub(super) fn tags_of(&self, file: FileId) -> Result<Vec<String>> {
        let sql = "SELECT t.tag FROM file f CROSS JOIN file_tag t ON t.file = f.seq
             WHERE f.id = ?1 ORDER BY t.tag";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([file.0.as_bytes()], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Gives a file tags, and takes others away. One that it has already, whatever its case, stays.
    ///
    /// # Errors
    /// [`crate::Error::DocumentNotFound`].
    pub fn file_tag(&mut self, file: FileId, add: &[String], remove: &[String]) -> Result<()> {
        self.part_check(&DocumentPart::File { id: file })?;
        let seq = self.file(file)?.seq;
        let delete = "DELETE FROM file_tag WHERE tag = ?1 AND file = ?2";
        for tag in remove {
            self.conn().prepare_cached(delete)?.execute(params![tag, seq])?;
        }
        let insert = "INSERT INTO file_tag (tag, file) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        for tag in add {
            self.conn().prepare_cached(insert)?.execute(params![tag, seq])?;
        }
        Ok(())
    }
}
