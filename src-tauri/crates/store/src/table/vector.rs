//! Vectors of passages, and which passages lack one.

use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer};

/// What vectors can be compared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorSpace {
    /// Its number.
    pub id: i64,
    /// The model, and how texts are prepared for it.
    pub name: String,
    /// Numbers in a vector.
    pub dimensions: u32,
    /// Whether searches use it.
    pub answers: bool,
}

/// A vector in eight bits a value.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorRow {
    /// Whose.
    pub passage: i64,
    /// What a code of 1 stands for.
    pub scale: f32,
    /// The codes.
    pub codes: Vec<i8>,
}

impl Reader<'_> {
    /// The space that searches use.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn answering_space(&self) -> Result<Option<VectorSpace>> {
        self.space("answers = 1", [])
    }

    /// Visits the vectors of a space.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn vectors(&self, space: i64, mut visit: impl FnMut(i64, f32, &[u8])) -> Result<()> {
        // In the order of the table, which the passages of other spaces interrupt.
        let sql = "SELECT passage, scale, codes FROM vector NOT INDEXED WHERE space = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let mut rows = query.query([space])?;
        while let Some(row) = rows.next()? {
            let scale: f64 = row.get(1)?;
            visit(row.get(0)?, scale as f32, row.get_ref(2)?.as_blob().unwrap_or_default());
        }
        Ok(())
    }

    /// Passages that lack a vector of a space with what is to be embedded, the oldest first; those of
    /// one file where it is given.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn unembedded(
        &self,
        space: i64,
        file: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, String, String)>> {
        let sql = match file {
            None => {
                "SELECT p.id, p.header, p.text FROM unembedded u INDEXED BY unembedded_of_space
                 CROSS JOIN passage p ON p.id = u.passage
                 WHERE u.space = ?1 AND ?2 IS NULL ORDER BY u.passage LIMIT ?3"
            }
            Some(_) => {
                "SELECT DISTINCT p.id, p.header, p.text FROM chunk c
                 CROSS JOIN unembedded u ON u.passage = c.passage AND u.space = ?1
                 CROSS JOIN passage p ON p.id = c.passage
                 WHERE c.file = ?2 ORDER BY p.id LIMIT ?3"
            }
        };
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map(params![space, file, limit], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Passages that lack a vector of a space.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn unembedded_count(&self, space: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM unembedded WHERE space = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([space], |row| crate::columns::count(row, 0))?)
    }

    fn space(&self, which: &str, bound: impl rusqlite::Params) -> Result<Option<VectorSpace>> {
        let sql = format!("SELECT id, name, dimensions, answers FROM vector_space WHERE {which}");
        let mut query = self.conn().prepare_cached(&sql)?;
        let found = query.query_row(bound, |row| {
            Ok(VectorSpace {
                id: row.get(0)?,
                name: row.get(1)?,
                dimensions: row.get(2)?,
                answers: row.get(3)?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Writer<'_> {
    /// The space of a name. A new one lacks every vector; the first one answers at once.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn space_put(&mut self, name: &str, dimensions: u32) -> Result<VectorSpace> {
        if let Some(known) = self.space("name = ?1", [name])? {
            return Ok(known);
        }
        let answers = self.answering_space()?.is_none();
        // One that was begun and is not wanted any more.
        self.conn().execute("DELETE FROM vector_space WHERE answers = 0", [])?;
        let sql = "INSERT INTO vector_space (name, dimensions, answers) VALUES (?1, ?2, ?3)";
        let id = self.conn().prepare_cached(sql)?.insert(params![name, dimensions, answers])?;
        let sql = "INSERT INTO unembedded (passage, space) SELECT id, ?1 FROM passage";
        self.conn().prepare_cached(sql)?.execute([id])?;
        Ok(VectorSpace { id, name: name.to_owned(), dimensions, answers })
    }

    /// Keeps vectors; those of passages that are gone are passed over. A space that lacks none any
    /// more is the one that answers, and the one before it is removed: returns whether that happened.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn vectors_put(&mut self, space: i64, vectors: &[VectorRow]) -> Result<bool> {
        let sql = "INSERT OR REPLACE INTO vector (passage, space, scale, codes)
             SELECT id, ?2, ?3, ?4 FROM passage WHERE id = ?1";
        let mut put = self.conn().prepare_cached(sql)?;
        let sql = "DELETE FROM unembedded WHERE passage = ?1 AND space = ?2";
        let mut done = self.conn().prepare_cached(sql)?;
        for vector in vectors {
            let codes: Vec<u8> = vector.codes.iter().map(|code| code.cast_unsigned()).collect();
            put.execute(params![vector.passage, space, f64::from(vector.scale), codes])?;
            done.execute([vector.passage, space])?;
        }
        let waits = "EXISTS (SELECT 1 FROM unembedded WHERE space = ?1)";
        let sql = format!("SELECT answers = 0 AND NOT {waits} FROM vector_space WHERE id = ?1");
        let complete = self.conn().prepare_cached(&sql)?.query_row([space], |row| row.get(0));
        if !complete.optional()?.unwrap_or(false) {
            return Ok(false);
        }
        self.conn().prepare_cached("DELETE FROM vector_space WHERE id <> ?1")?.execute([space])?;
        let sql = "UPDATE vector_space SET answers = 1 WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute([space])?;
        Ok(true)
    }
}
