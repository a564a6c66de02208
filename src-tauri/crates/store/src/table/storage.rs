//! What a collection takes up on the disk, measured.

use hearth_domain::{CollectionId, CollectionStorage};
use rusqlite::Row;

use crate::{Reader, Result, columns};

/// Bytes of a vector beside its codes: its scale.
const SCALE: u64 = 8;

impl Reader<'_> {
    /// Bytes that the documents of a collection take up: their texts as they were read, their passages with
    /// their vectors, and of the word index the part that their passages have of all. What is shared with
    /// another collection counts for both.
    ///
    /// # Errors
    /// [`crate::Error::CollectionNotFound`]; where the database cannot be read.
    pub fn collection_storage(&self, id: CollectionId) -> Result<CollectionStorage> {
        self.collection(id)?;
        let of = [id.0.as_bytes()];
        let sum = |sql: &str, of: &[&[u8; 16]]| -> Result<u64> {
            let bytes = |row: &Row<'_>| columns::count(row, 0);
            Ok(self.conn().prepare_cached(sql)?.query_row(rusqlite::params_from_iter(of), bytes)?)
        };
        // The size of a BLOB is known without reading it.
        let documents = "SELECT coalesce(sum(length(d.content)), 0) FROM file f
             CROSS JOIN document d ON d.file = f.seq WHERE f.collection = ?1";
        let own = "FROM (SELECT DISTINCT c.passage FROM file f CROSS JOIN chunk c ON c.file = f.seq
             WHERE f.collection = ?1) AS own";
        let passages = format!("SELECT count(*) {own}");
        let texts = format!(
            "SELECT coalesce(sum(octet_length(p.header) + octet_length(p.text)), 0)
             {own} CROSS JOIN passage p ON p.id = own.passage"
        );
        let vectors = format!(
            "SELECT coalesce(sum(length(v.codes) + {SCALE}), 0)
             {own} CROSS JOIN vector v ON v.passage = own.passage"
        );
        let words = "SELECT coalesce(sum(length(block)), 0) FROM passage_text_data";
        let (passages, words) = (sum(&passages, &of)?, sum(words, &[])?);
        let (_, all) = self.passage_counts()?;
        let share = u128::from(words) * u128::from(passages) / u128::from(all.max(1));
        let share = u64::try_from(share).unwrap_or(u64::MAX);
        let bytes = sum(documents, &of)? + sum(&texts, &of)? + sum(&vectors, &of)? + share;
        Ok(CollectionStorage { bytes })
    }
}
