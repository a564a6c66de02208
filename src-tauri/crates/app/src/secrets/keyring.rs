//! The system's keyring: Secret Service, Keychain or Credential Manager.
//!
//! A keyring may ask a person to unlock it and wait for the answer. Every call runs in a thread of
//! its own with a limit of time, so that a start without a person does not hang.

use std::{env, sync::mpsc, thread, time::Duration};

use hearth_domain::{Secret, SecretError, SecretStore};
use keyring::{Entry, Error};

/// The service under which secrets are listed.
const SERVICE: &str = "hearth";
/// Time for a person to type a password.
const WITH_A_PERSON: Duration = Duration::from_secs(120);
/// Time for a keyring to say that it is locked, where nobody sees its question.
const WITHOUT_A_PERSON: Duration = Duration::from_secs(10);

/// The keyring of the person who runs the program.
pub(crate) struct Keyring {
    limit: Duration,
}

impl Keyring {
    /// With a limit that depends on whether a person can see a question.
    #[must_use]
    pub(crate) fn new() -> Self {
        let person = cfg!(any(windows, target_os = "macos"))
            || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
        Self::with_limit(if person { WITH_A_PERSON } else { WITHOUT_A_PERSON })
    }

    /// With this limit for each call.
    #[must_use]
    pub(crate) fn with_limit(limit: Duration) -> Self {
        Self { limit }
    }

    fn ask<T: Send + 'static>(
        &self,
        name: &str,
        ask: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, SecretError> {
        let (name, (answer, answered)) = (name.to_owned(), mpsc::sync_channel(1));
        let asked = thread::Builder::new().name("keyring".into()).spawn(move || {
            let result = Entry::new(SERVICE, &name).and_then(|entry| ask(&entry));
            // Nobody listens after the limit.
            let _ = answer.send(result);
        });
        asked.map_err(|_| SecretError::Failed)?;
        match answered.recv_timeout(self.limit) {
            Ok(result) => told(result),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(SecretError::Locked),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(SecretError::Failed),
        }
    }
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretStore for Keyring {
    fn kind(&self) -> &'static str {
        "keyring"
    }

    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        self.ask(name, |entry| entry.get_secret().map(Secret::new))
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        let value = value.clone();
        let done = self.ask(name, move |entry| entry.set_secret(value.expose()))?;
        // A keyring that says it has no such entry when one is written does not work.
        done.ok_or(SecretError::Failed)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.ask(name, Entry::delete_credential).map(|_| ())
    }
}

/// What the keyring's answer means to us; its own texts name services and paths of the system.
fn told<T>(result: Result<T, Error>) -> Result<Option<T>, SecretError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(Error::NoDefaultStore) => Err(SecretError::Missing),
        Err(Error::NoStorageAccess(_)) => Err(SecretError::Locked),
        Err(
            Error::BadEncoding(_)
            | Error::BadDataFormat(..)
            | Error::BadStoreFormat(_)
            | Error::Ambiguous(_),
        ) => Err(SecretError::Malformed),
        // The enum is open: what a later version adds is a failure.
        Err(_) => Err(SecretError::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_keyring_a_locked_one_and_a_missing_one_are_told_apart() {
        let locked = Error::NoStorageAccess(std::io::Error::other("locked").into());
        assert_eq!(told::<()>(Err(Error::NoEntry)), Ok(None));
        assert_eq!(told::<()>(Err(locked)), Err(SecretError::Locked));
        assert_eq!(told::<()>(Err(Error::NoDefaultStore)), Err(SecretError::Missing));
        assert_eq!(told::<()>(Err(Error::BadEncoding(vec![]))), Err(SecretError::Malformed));
    }

    #[test]
    fn a_question_that_nobody_answers_ends_at_the_limit() {
        let keyring = Keyring::with_limit(Duration::from_millis(1));
        let (forever, wait) = mpsc::channel::<()>();
        let asked = keyring.ask("any", move |_| Ok(wait.recv().is_ok()));
        // Where there is no keyring at all, that is found out first or not at all.
        assert!(matches!(asked, Err(SecretError::Locked | SecretError::Missing)), "{asked:?}");
        drop(forever);
    }
}
