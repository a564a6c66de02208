//! The key of the local port: made here, shown once, kept only as a hash.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hearth_domain::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use ts_rs::TS;

use crate::{App, Error, Result};

/// A key as it is shown once.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct NewApiKey {
    /// Sent as `Authorization: Bearer …`.
    pub api_key: String,
}

impl App {
    /// Makes another key of the port; the old one stops working at once.
    ///
    /// # Errors
    /// No randomness from the system, or a database that cannot be written.
    pub async fn server_key_rotate(&self) -> Result<NewApiKey> {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(|_| Error::TaskFailed)?;
        let api_key = format!("hearth-{}", BASE64URL_NOPAD.encode(&random));
        let hash = Secret::new(HEXLOWER.encode(&Self::hash_port_key(&api_key)));
        self.db.write(move |w| w.set_server_key(&hash)).await?;
        self.port_key_changed.send_replace(());
        Ok(NewApiKey { api_key })
    }

    /// Tells when the key becomes another one: what runs for the old one is to end.
    #[must_use]
    pub fn port_key_changes(&self) -> watch::Receiver<()> {
        self.port_key_changed.subscribe()
    }

    /// The SHA-256 of the key; `None` where none was made. Keys have 256 random bits, so a plain
    /// hash is as good as a slow one.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn port_key_hash(&self) -> Result<Option<[u8; 32]>> {
        let hash = self.db.read(|r| r.server_key()).await?;
        let bytes = hash.and_then(|hash| HEXLOWER.decode(hash.expose().as_bytes()).ok());
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()))
    }

    /// The hash under which a key is kept.
    #[must_use]
    pub fn hash_port_key(key: &str) -> [u8; 32] {
        Sha256::digest(key.as_bytes()).into()
    }
}
