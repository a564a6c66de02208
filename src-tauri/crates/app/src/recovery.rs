//! The recovery code: shown until the person says that it is written down, then known to nobody
//! but the person; and the way back in when the keyring is lost.

use hearth_domain::Settings;
use hearth_store::{DataFolder, KeyChoice, Vault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use crate::{App, AppConfig, Ports, Result, db::blocking, open};

/// A code that opens the database when the keyring is lost.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct RecoveryCode {
    /// Groups of letters and digits, to be written down or printed.
    pub code: String,
}

impl App {
    /// The recovery code. One that was acknowledged is gone: a new one takes its place, and the
    /// old one opens the database no longer.
    ///
    /// # Errors
    /// A database or data folder that cannot be read or written.
    pub async fn recovery_code_show(self: &std::sync::Arc<Self>) -> Result<RecoveryCode> {
        self.check_open()?;
        let app = std::sync::Arc::clone(self);
        let code = blocking(move || {
            let db = app.db.store();
            match db.read(|r| r.pending_recovery_code())? {
                Some(code) => Ok(code),
                None => Vault::renew_recovery_code(&app.folder, db),
            }
        })
        .await?;
        Ok(RecoveryCode { code: code.reveal().expose().clone() })
    }

    /// Notes that the person has the code, and forgets it.
    ///
    /// # Errors
    /// A database that cannot be written.
    pub async fn recovery_code_acknowledge(&self) -> Result<Settings> {
        self.db.write(|w| w.acknowledge_recovery_code()).await?;
        self.settings_update(json!({"recovery_acknowledged": true})).await
    }

    /// Puts the key of a database back into its place with the recovery code. Nothing is opened
    /// for use; open it as always afterwards. A passphrase that was set is set no longer.
    ///
    /// # Errors
    /// A mistyped or foreign code, or a folder in use; the database is not touched.
    pub async fn recover(config: &AppConfig, ports: Ports, code: String) -> Result<()> {
        let folder = Self::hold(config, None).await?;
        Self::recover_in(folder, ports, code).await
    }

    /// As [`App::recover`], in a data folder that this process holds already.
    ///
    /// # Errors
    /// As [`App::recover`].
    pub async fn recover_in(folder: DataFolder, ports: Ports, code: String) -> Result<()> {
        blocking(move || {
            let places = open::KeyStores::new(&folder, ports.keyring);
            let vault = Vault::new(&folder, places.places());
            vault.open_with_recovery_code(&code, KeyChoice::Automatic).map(drop)
        })
        .await
    }
}
