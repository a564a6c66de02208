//! What is past its time is removed for good: at the start, and each day on a machine that is never switched
//! off. Not what a person deletes for good at once.

use std::{sync::Arc, time::Duration};

use hearth_domain::Timestamp;
use hearth_store::Writer;

use crate::{App, Result};

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long a deleted conversation or message can still be brought back.
const DELETED_KEPT: i64 = 30 * DAY;
/// How long an attached text that nothing carries is kept.
const LOOSE_KEPT: i64 = DAY;
/// How long it is kept what was sent to webhooks.
const DELIVERIES_KEPT: i64 = DELETED_KEPT;
/// How long the ledger of connections is kept: two years.
const CONNECTIONS_KEPT: i64 = 730 * DAY;
/// How often it is looked whether a day is over: a computer that slept does not know by itself.
const LOOK: Duration = Duration::from_secs(3600);

/// Removes what is past its time, but for the audit log, which has a setting. Answers how many attached
/// documents are gone, which the index may hold.
pub(crate) fn expire(w: &mut Writer<'_>, now: Timestamp) -> hearth_store::Result<usize> {
    w.conversations_purge(Timestamp(now.0 - DELETED_KEPT))?;
    w.messages_purge(Timestamp(now.0 - DELETED_KEPT))?;
    let attached = w.attachments_purge(Timestamp(now.0 - LOOSE_KEPT))?;
    w.deliveries_purge(Timestamp(now.0 - DELIVERIES_KEPT))?;
    w.connections_purge(Timestamp(now.0 - CONNECTIONS_KEPT))?;
    Ok(attached)
}

impl App {
    /// Goes on to remove what is past its time, each day until the end.
    pub(crate) fn expire_daily(self: &Arc<Self>) {
        let (app, end) = (Arc::clone(self), self.warm.end.clone());
        let mut last = app.now();
        self.tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = end.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
                let now = app.now();
                // A clock that was set back does not stop it for long.
                if (now.0 - last.0).abs() < DAY {
                    continue;
                }
                match app.expire_now(now).await {
                    Ok(()) => last = now,
                    Err(error) => {
                        tracing::warn!(
                            code = error.code().as_str(),
                            "old data was not yet removed"
                        );
                    }
                }
            }
        });
    }

    async fn expire_now(&self, now: Timestamp) -> Result<()> {
        if self.db.write(move |w| expire(w, now)).await? > 0 {
            self.forget_in_index().await?;
        }
        self.audit_expire().await
    }
}
