//! Where a key may be kept, and how a key is asked of such a place.

use std::fmt;

use hearth_domain::{Secret, SecretError, SecretStore};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DatabaseKey, Error, Result};

/// Where the key of a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// The system's keyring.
    Keyring,
    /// A file of mode 0600 in the data folder.
    KeyFile,
    /// A file that an environment variable names.
    Environment,
    /// Nowhere but in `lock.json`, where only the person's passphrase opens it.
    Passphrase,
}

impl KeySource {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::KeyFile => "key_file",
            Self::Environment => "environment",
            Self::Passphrase => "passphrase",
        }
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the person should know about where the key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyNotice {
    /// This system has no keyring: the key lies in a file, and who reads the file reads the data.
    NoKeyring,
    /// There may be a keyring, but the person chose a file.
    KeyFileChosen,
    /// The variable names the place.
    NamedByEnvironment,
}

impl KeyNotice {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoKeyring => "no_keyring",
            Self::KeyFileChosen => "key_file_chosen",
            Self::NamedByEnvironment => "named_by_environment",
        }
    }
}

/// What to do about a new key. A database that exists is opened with the key it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyChoice {
    /// The keyring; a key file where there is none; an error where it is locked.
    #[default]
    Automatic,
    /// A key file: the answer to a keyring that is locked or fails.
    KeyFile,
}

/// The places of one program.
#[derive(Clone, Copy)]
pub struct KeyPlaces<'a> {
    /// The file that `HEARTH_DB_KEY_FILE` names, if it is set: then nothing else is asked.
    pub environment: Option<&'a dyn SecretStore>,
    /// The system's keyring.
    pub keyring: &'a dyn SecretStore,
    /// The key file of the data folder.
    pub key_file: &'a dyn SecretStore,
}

impl<'a> KeyPlaces<'a> {
    pub(crate) fn at(&self, source: KeySource) -> Option<&'a dyn SecretStore> {
        match source {
            KeySource::Keyring => Some(self.keyring),
            KeySource::KeyFile => Some(self.key_file),
            KeySource::Environment => self.environment,
            KeySource::Passphrase => None,
        }
    }

    /// Asks one place; `Ok(None)` where it works and has no key.
    pub(crate) fn find(&self, source: KeySource, id: Uuid) -> Result<Option<DatabaseKey>, Fault> {
        let store = self.at(source).ok_or(Fault { source, error: SecretError::Missing })?;
        let text = store.get(&name(id)).map_err(|error| Fault { source, error })?;
        let Some(text) = text else { return Ok(None) };
        let malformed = Fault { source, error: SecretError::Malformed };
        DatabaseKey::from_hex(&text).map(Some).ok_or(malformed)
    }

    /// Puts a key into one place and reads it back.
    pub(crate) fn keep(&self, source: KeySource, id: Uuid, key: &DatabaseKey) -> Result<(), Fault> {
        let store = self.at(source).ok_or(Fault { source, error: SecretError::Missing })?;
        let fault = |error| Fault { source, error };
        store.set(&name(id), &key.to_hex()).map_err(fault)?;
        match store.get(&name(id)).map_err(fault)? {
            Some(kept) if same(&kept, key) => Ok(()),
            _ => Err(fault(SecretError::Malformed)),
        }
    }

    /// Takes a key out of one place, and looks whether it is gone.
    pub(crate) fn forget(&self, source: KeySource, id: Uuid) -> Result<(), Fault> {
        let store = self.at(source).ok_or(Fault { source, error: SecretError::Missing })?;
        let fault = |error| Fault { source, error };
        store.delete(&name(id)).map_err(fault)?;
        match store.get(&name(id)).map_err(fault)? {
            None => Ok(()),
            Some(_) => Err(fault(SecretError::Failed)),
        }
    }
}

fn same(kept: &Secret<Vec<u8>>, key: &DatabaseKey) -> bool {
    DatabaseKey::from_hex(kept).as_ref() == Some(key)
}

/// Each database has a name of its own in the keyring, so that two data folders do not collide.
fn name(id: Uuid) -> String {
    format!("database {id}")
}

/// A place that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) source: KeySource,
    pub(crate) error: SecretError,
}

impl Fault {
    /// The error for the caller.
    pub(crate) fn told(self, database_exists: bool) -> Error {
        match (self.source, self.error) {
            (KeySource::Keyring, SecretError::Missing) => Error::KeyringGone,
            (KeySource::Keyring, SecretError::Locked) => Error::KeyringLocked { database_exists },
            (KeySource::Keyring, SecretError::Failed) => Error::KeyringFailed { database_exists },
            (KeySource::Keyring, SecretError::Malformed) => Error::KeyringForeign,
            (_, SecretError::Malformed) => Error::KeyFileRefused,
            (_, SecretError::Missing | SecretError::Locked | SecretError::Failed) => {
                Error::KeyFileUnusable
            }
        }
    }
}
