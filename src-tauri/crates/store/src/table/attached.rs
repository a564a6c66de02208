//! Attached documents that are long enough to be searched: files of the collection that no list shows.
//! Each goes with its attachment.

use std::path::PathBuf;

use hearth_domain::{Attachment, AttachmentId, CollectionId, FileId, SourceId, Timestamp};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::file::{COLUMNS, stored};
use crate::{NewFile, Reader, Result, StoredFile, Writer};

impl Reader<'_> {
    /// The file of an attachment; `None` where it has none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn attached(&self, id: AttachmentId) -> Result<Option<StoredFile>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM file f WHERE f.collection = ?1 AND f.path = zeroblob(0)
             AND f.row = ?2"
        );
        let mut query = self.conn().prepare_cached(&sql)?;
        let row = params![CollectionId::ATTACHED.0.as_bytes(), id.to_string()];
        Ok(query.query_row(row, stored).optional()?)
    }
}

impl Writer<'_> {
    /// Puts the document of an attachment, in the form of the readers, into the queue.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn attached_put(
        &mut self,
        of: &Attachment,
        document: &[u8],
        now: Timestamp,
    ) -> Result<i64> {
        let seq = self.file_put(&NewFile {
            id: FileId(Uuid::now_v7()),
            collection: CollectionId::ATTACHED,
            source: SourceId::ATTACHED,
            path: PathBuf::new(),
            row: of.id.to_string(),
            name: of.name.clone(),
            place: of.name.clone(),
            size: of.bytes,
            mtime: 0,
            code: None,
            added: now,
        })?;
        self.document_put(seq, document)?;
        Ok(seq)
    }

    /// Takes a file of the queue that is needed now; `None` where somebody works on it or it is done.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn attached_take(&mut self, id: AttachmentId) -> Result<Option<StoredFile>> {
        let sql = "UPDATE file SET state = 'reading', attempts = attempts + 1
             WHERE collection = ?1 AND path = zeroblob(0) AND row = ?2 AND state = 'queued'";
        let row = params![CollectionId::ATTACHED.0.as_bytes(), id.to_string()];
        match self.conn().prepare_cached(sql)?.execute(row)? {
            0 => Ok(None),
            _ => self.attached(id),
        }
    }

    /// Removes the file of an attachment, with its passages and their part of the index.
    pub(super) fn attached_remove(&mut self, id: AttachmentId) -> Result<()> {
        match self.attached(id)? {
            Some(file) => self.file_remove(file.seq),
            None => Ok(()),
        }
    }
}
