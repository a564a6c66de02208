//! The head of the audit log in the system's keyring: a database that was replaced by an older copy
//! of itself ends before it. Written now and then and at the end; where the key of the database is
//! not in the keyring there is no such place, and the seal in the database is all there is.

use std::{sync::Arc, time::Duration};

use hearth_domain::Secret;

use super::audit::head;
use crate::{App, Result, app::lock, db::blocking};

/// A keyring that does not answer must not keep the program from ending.
const PATIENCE: Duration = Duration::from_secs(2);

impl App {
    /// Leaves the head of the log in the keyring. That it could not is no reason not to go on.
    pub(crate) async fn anchor_audit(&self) {
        let Ok(Some((name, now))) = self.anchor_now().await else { return };
        let keyring = Arc::clone(&self.keyring);
        let set = blocking(move || keyring.set(&name, &Secret::new(now.into_bytes())));
        if !matches!(tokio::time::timeout(PATIENCE, set).await, Ok(Ok(()))) {
            tracing::warn!("the head of the audit log was not left in the keyring");
        }
    }

    /// The name of the head's place and what belongs there; `None` where there is no such place, or
    /// nothing was noted yet.
    async fn anchor_now(&self) -> Result<Option<(String, String)>> {
        let in_keyring = lock(&self.key).source == "keyring";
        if !in_keyring {
            return Ok(None);
        }
        let read = self.db.read(|r| Ok((r.database_id()?, r.audit_state()?)));
        let (id, state) = read.await?;
        let Some(state) = state else { return Ok(None) };
        Ok(Some((format!("audit-head-{id}"), head(state.end_seq, &state.end_mac))))
    }

    /// What the keyring says against the log.
    pub(super) async fn anchor_problem(&self) -> Result<Option<&'static str>> {
        let id = self.db.read(|r| r.database_id()).await?;
        if lock(&self.key).source != "keyring" {
            return Ok(None);
        }
        let keyring = Arc::clone(&self.keyring);
        let name = format!("audit-head-{id}");
        let kept = blocking(move || keyring.get(&name)).await;
        let Ok(Some(kept)) = kept else { return Ok(None) };
        let kept = String::from_utf8_lossy(kept.expose()).into_owned();
        let Some(seq) = kept.split(':').next().and_then(|seq| seq.parse::<u64>().ok()) else {
            return Ok(Some("the keyring holds something else under the head of the audit log"));
        };
        let (end, mac) = self
            .db
            .read(move |r| Ok((r.audit_state()?.map_or(0, |it| it.end_seq), r.audit_mac(seq)?)))
            .await?;
        let same = mac.is_none_or(|mac| head(seq, &mac) == kept);
        Ok(if end < seq {
            Some("the audit log ends before the entry that the keyring remembers")
        } else if same {
            None
        } else {
            Some("the audit log has another entry than the one that the keyring remembers")
        })
    }
}
