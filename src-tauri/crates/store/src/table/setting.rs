//! Settings: one row. Fields that it does not have take their defaults, so that a newer program
//! reads what an older one wrote.

use hearth_domain::{Settings, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer, columns};

impl Reader<'_> {
    /// The settings; the defaults where none were saved.
    ///
    /// # Errors
    /// [`crate::Error::RowMalformed`] where the row is not what was written.
    pub fn settings(&self) -> Result<Settings> {
        let mut query = self.conn().prepare_cached("SELECT json FROM setting WHERE one = 1")?;
        Ok(query.query_row([], |row| columns::json(row, 0)).optional()?.unwrap_or_default())
    }
}

impl Writer<'_> {
    /// Saves the settings as a whole.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn settings_save(&mut self, settings: &Settings, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO setting (one, json, updated) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET json = ?1, updated = ?2";
        self.conn().prepare_cached(sql)?.execute(params![columns::to_json(settings)?, now.0])?;
        Ok(())
    }
}
