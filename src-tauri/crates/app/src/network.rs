//! How other computers reach the port: what is shown of it, and the secret that speaks for this computer.
//! Listening, and what a certificate says, is the business of `server`.

use hearth_domain::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{App, Result, app::lock};

/// The port as other computers reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NetworkStatus {
    /// Where it listens, by each address and name that is known.
    pub urls: Vec<String>,
    /// The certificate that their programs are to trust, in PEM.
    pub certificate: String,
    /// Its SHA-256, in pairs of hexadecimal digits with colons between.
    pub fingerprint: String,
}

impl App {
    /// Notes how other computers reach the port, for status; `None` while they do not.
    pub fn set_network(&self, network: Option<NetworkStatus>) {
        *lock(&self.network) = network;
        self.invalidate(&["status"]);
    }

    /// What speaks for this computer to others, as it was kept; `None` where nothing was made yet.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn network_authority(&self) -> Result<Option<Secret<String>>> {
        self.db.read(|r| r.network_authority()).await
    }

    /// Keeps what speaks for this computer to others.
    ///
    /// # Errors
    /// A database that cannot be written.
    pub async fn network_authority_save(&self, authority: Secret<String>) -> Result<()> {
        self.db.write(move |w| w.set_network_authority(&authority)).await
    }
}
