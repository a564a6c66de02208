//! The key file that `HEARTH_DB_KEY_FILE` names: for servers whose keys come from outside. Where it
//! is set, no other place is asked. The rules for the file are those of [`KeyFile`].

use std::env;

use hearth_domain::{Secret, SecretError, SecretStore};

use super::KeyFile;

/// Names the key file.
const KEY_FILE_VARIABLE: &str = "HEARTH_DB_KEY_FILE";

/// The key file that the environment names.
pub(crate) struct EnvironmentFile(KeyFile);

impl EnvironmentFile {
    /// `None` where the variable is not set, or is empty.
    #[must_use]
    pub(crate) fn named() -> Option<Self> {
        let path = env::var_os(KEY_FILE_VARIABLE).filter(|path| !path.is_empty())?;
        Some(Self(KeyFile::at(path.into())))
    }
}

impl SecretStore for EnvironmentFile {
    fn kind(&self) -> &'static str {
        "environment"
    }

    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        self.0.get(name)
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        self.0.set(name, value)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.0.delete(name)
    }
}
