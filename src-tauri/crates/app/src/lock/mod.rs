//! The passphrase of the data: set, changed, removed, and tried at a pace.
//!
//! Locking itself is the business of the process that holds the data: it ends this [`App`] and
//! everything with it. Here is only what a passphrase is to the data folder.

mod pace;

use std::{fs::File, sync::Arc};

use hearth_domain::{AppEvent, Secret};
use hearth_store::{DataFolder, KeyChoice, KeySource, Passphrase, Vault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    App, AppConfig, Result,
    app::lock,
    db::blocking,
    open::{KeyFacts, KeyStores},
};
pub use pace::Pace;

/// What the data is opened with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The key where it is kept; for new data, where the person wants it.
    Place(KeyChoice),
    /// A passphrase that was typed.
    Passphrase {
        /// What was typed.
        typed: Secret<String>,
        /// How often it was wrong before.
        pace: Pace,
    },
}

/// Whether the data can be locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LockState {
    /// Whether a passphrase was set.
    pub configured: bool,
    /// Whether one can be set: a key that comes from outside cannot be guarded by it.
    pub available: bool,
}

impl App {
    /// Whether a passphrase was set.
    #[must_use]
    pub fn lock_state(&self) -> LockState {
        let source = self.key().source;
        LockState {
            configured: source == KeySource::Passphrase.as_str(),
            available: source != KeySource::Environment.as_str(),
        }
    }

    /// Sets a passphrase: from now on it alone opens the data.
    ///
    /// # Errors
    /// An empty or endless passphrase, one that is set already, a key that comes from outside, a
    /// disk or a keyring that refuses; nothing is changed then.
    pub async fn lock_set(self: &Arc<Self>, typed: Secret<String>) -> Result<LockState> {
        self.check_open()?;
        let passphrase = checked(&typed)?;
        let app = Arc::clone(self);
        blocking(move || app.with_vault(|vault| vault.lock_set(app.db.store(), &passphrase)))
            .await?;
        *lock(&self.key) = KeyFacts { source: KeySource::Passphrase.as_str(), notice: None };
        Ok(self.lock_state())
    }

    /// Replaces the passphrase.
    ///
    /// # Errors
    /// A wrong old passphrase, one that was tried too soon, a new one that is none.
    pub async fn lock_change(
        self: &Arc<Self>,
        old: Secret<String>,
        new: Secret<String>,
    ) -> Result<LockState> {
        self.check_open()?;
        let new = checked(&new)?;
        let app = Arc::clone(self);
        let change = async move {
            let old = checked(&old)?;
            blocking(move || app.with_vault(|vault| vault.lock_change(&old, &new))).await
        };
        self.pace.attempt(change).await?;
        Ok(self.lock_state())
    }

    /// Removes the passphrase; the key goes back to where it is without one.
    ///
    /// # Errors
    /// A wrong passphrase, one that was tried too soon, a keyring that refuses.
    pub async fn lock_remove(self: &Arc<Self>, typed: Secret<String>) -> Result<LockState> {
        self.check_open()?;
        let app = Arc::clone(self);
        let remove = async move {
            let passphrase = checked(&typed)?;
            let choice = KeyChoice::Automatic;
            blocking(move || app.with_vault(|vault| vault.lock_remove(&passphrase, choice))).await
        };
        let (source, notice) = self.pace.attempt(remove).await?;
        *lock(&self.key) = KeyFacts::new(source, notice);
        Ok(self.lock_state())
    }

    /// Tells every window and tab that the data is being locked.
    pub fn tell_locked(&self) {
        self.events.push(&AppEvent::Locked);
    }

    /// Takes the lock of the data folder, or goes on with the one that this process had before it
    /// started itself again.
    ///
    /// # Errors
    /// A folder that another process holds or that cannot be used.
    pub async fn hold(config: &AppConfig, before: Option<File>) -> Result<DataFolder> {
        let data_dir = config.data_dir.clone();
        blocking(move || match before {
            Some(lock) => DataFolder::take_over(&data_dir, lock),
            None => DataFolder::open(&data_dir),
        })
        .await
    }

    fn with_vault<T>(
        &self,
        work: impl FnOnce(&Vault<'_>) -> hearth_store::Result<T>,
    ) -> hearth_store::Result<T> {
        let stores = KeyStores::new(&self.folder, Arc::clone(&self.keyring));
        work(&Vault::new(&self.folder, stores.places()))
    }
}

/// What was typed as a passphrase.
pub(crate) fn checked(typed: &Secret<String>) -> Result<Passphrase> {
    Passphrase::new(typed).map_err(|error| hearth_store::Error::from(error).into())
}
