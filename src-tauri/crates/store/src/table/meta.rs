//! Small facts about the database itself, and secrets that belong to nothing else: the recovery code until
//! it was shown, and what speaks for this computer to others.

use hearth_domain::Secret;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, Reader, RecoveryCode, Result, Writer};

const DATABASE: &str = "database";
const RECOVERY_CODE: &str = "recovery_code";
const SINGLE_PORT_KEY: &str = "server_key";
const PRESETS_OFFERED: &str = "presets_offered";
const WINDOW_PLACES: &str = "window_places";
const NETWORK_AUTHORITY: &str = "network_authority";

impl Reader<'_> {
    /// The name of the database, given when it was made.
    ///
    /// # Errors
    /// [`Error::RowMalformed`] where it has none.
    pub fn database_id(&self) -> Result<Uuid> {
        let text = self.meta(DATABASE)?.ok_or(Error::RowMalformed)?;
        Uuid::try_parse(text.expose()).map_err(|_| Error::RowMalformed)
    }

    /// The recovery code that the person has not acknowledged yet. After that nobody has it but
    /// the person.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn pending_recovery_code(&self) -> Result<Option<RecoveryCode>> {
        let Some(text) = self.meta(RECOVERY_CODE)? else { return Ok(None) };
        RecoveryCode::parse(text.expose()).map(Some).map_err(|_| Error::RowMalformed)
    }

    /// Whether the personas that come with Hearth were offered to this database.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn presets_offered(&self) -> Result<bool> {
        Ok(self.meta(PRESETS_OFFERED)?.is_some())
    }

    /// Where the window stood last, on which screens; what the host wrote.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn window_places(&self) -> Result<Option<String>> {
        Ok(self.meta(WINDOW_PLACES)?.map(|text| text.expose().clone()))
    }

    /// What speaks for this computer to others; what the port wrote.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn network_authority(&self) -> Result<Option<Secret<String>>> {
        self.meta(NETWORK_AUTHORITY)
    }

    fn meta(&self, key: &str) -> Result<Option<Secret<String>>> {
        let mut query = self.conn().prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?.map(Secret::new))
    }
}

impl Writer<'_> {
    pub(crate) fn set_database_id(&mut self, id: Uuid) -> Result<()> {
        self.set_meta(DATABASE, &id.to_string())
    }

    /// Keeps a new recovery code until it was shown and acknowledged.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub(crate) fn set_pending_recovery_code(&mut self, code: &RecoveryCode) -> Result<()> {
        self.set_meta(RECOVERY_CODE, code.reveal().expose())
    }

    /// Forgets the recovery code: the person has it.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn acknowledge_recovery_code(&mut self) -> Result<()> {
        self.conn().execute("DELETE FROM meta WHERE key = ?1", [RECOVERY_CODE])?;
        Ok(())
    }

    /// Takes out the SHA-256 of the one key that a port had before schema 9, in hexadecimal digits.
    pub(crate) fn take_single_port_key(&mut self) -> Result<Option<Secret<String>>> {
        let sql = "DELETE FROM meta WHERE key = ?1 RETURNING value";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([SINGLE_PORT_KEY], |row| row.get(0)).optional()?.map(Secret::new))
    }

    /// Notes that the personas that come with Hearth were offered: one that a person deletes
    /// does not come back.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn set_presets_offered(&mut self) -> Result<()> {
        self.set_meta(PRESETS_OFFERED, "1")
    }

    /// Keeps where the window stands.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn set_window_places(&mut self, places: &str) -> Result<()> {
        self.set_meta(WINDOW_PLACES, places)
    }

    /// Keeps what speaks for this computer to others.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn set_network_authority(&mut self, authority: &Secret<String>) -> Result<()> {
        self.set_meta(NETWORK_AUTHORITY, authority.expose())
    }

    fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = ?2";
        self.conn().prepare_cached(sql)?.execute(params![key, value])?;
        Ok(())
    }
}
