//! Secrets in memory, and the port to where the system keeps them.

use std::fmt;

use serde::{Deserialize, Deserializer};
use thiserror::Error;
use zeroize::Zeroize;

/// A value that neither prints nor stays in memory after its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

/// Read off the wire, never written to it.
impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Where secrets are kept: the system's keyring, a file of mode 0600, or memory in tests.
pub trait SecretStore: Send + Sync {
    /// What it is, for messages: `keyring`, `key_file`, `environment`.
    fn kind(&self) -> &'static str;

    /// Reads a secret; `Ok(None)` means that the store works and has none of that name.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be asked.
    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError>;

    /// Writes a secret.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be written.
    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError>;

    /// Removes a secret; one that is not there is no error.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be written.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}

/// Why a secret store did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SecretError {
    /// There is no such store on this system.
    #[error("there is no keyring on this system")]
    Missing,
    /// It is there, but locked, and nobody unlocked it.
    #[error("the keyring is locked")]
    Locked,
    /// It answered with something that is not ours.
    #[error("the keyring holds something else under Hearth's name")]
    Malformed,
    /// It failed.
    #[error("the keyring did not answer")]
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new(b"canary".to_vec());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
