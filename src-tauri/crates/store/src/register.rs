//! `vault.json`: which database lies in the folder and where its key was put. No secret is in it.
//!
//! The database itself is unreadable without its key, so this must be known from outside. Where
//! the file is lost, the first 16 bytes of the database still say its name.

use std::{fs::File, io::Read, path::Path};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DatabaseKey, Error, KeyNotice, KeySource, Result, files, folder};

const FORMAT: u32 = 1;

/// What is known about the key of the folder's database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Register {
    format: u32,
    /// The name of the database.
    pub(crate) database: Uuid,
    /// Where its key was put; `None` where the file was lost.
    pub(crate) kept_in: Option<KeySource>,
    /// Why there.
    pub(crate) notice: Option<KeyNotice>,
    /// See [`DatabaseKey::check`]; `None` where the file was lost.
    check: Option<String>,
}

impl Register {
    pub(crate) fn new(
        database: Uuid,
        kept_in: KeySource,
        notice: Option<KeyNotice>,
        key: &DatabaseKey,
    ) -> Self {
        let check = Some(key.check(database));
        Self { format: FORMAT, database, kept_in: Some(kept_in), notice, check }
    }

    /// What is known; `None` where the folder has neither the file nor a database.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let text = files::read(&folder.join(folder::REGISTER))?;
        let read = text.and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        match read.filter(|register| register.format == FORMAT) {
            Some(register) => Ok(Some(register)),
            None => from_salt(&folder.join(folder::DATABASE)),
        }
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|_| Error::RowMalformed)?;
        Ok(files::replace(&folder.join(folder::REGISTER), &text)?)
    }

    /// Whether the key is the one that was put away; `None` where that is not known.
    pub(crate) fn fits(&self, key: &DatabaseKey) -> Option<bool> {
        self.check.as_ref().map(|check| *check == key.check(self.database))
    }
}

/// A database begins with SQLCipher's salt, which we made its name.
fn from_salt(database: &Path) -> Result<Option<Register>> {
    let mut salt = [0; 16];
    match File::open(database).and_then(|mut file| file.read_exact(&mut salt)) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(Error::Unreadable),
    }
    let database = Uuid::from_bytes(salt);
    Ok(Some(Register { format: FORMAT, database, kept_in: None, notice: None, check: None }))
}
