//! Sending what waits for webhooks, and again where it did not arrive, later and later.
//!
//! A message may arrive twice (the program ended after it was sent and before that was noted) and not in
//! order; its id is the same each time. It is never lost: it waits in the database.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::join_all;
use hearth_domain::{
    Delivery, DeliveryStatus, OutboundError, Secret, Timestamp, Webhook, WebhookEvent,
};
use hearth_outbound::{HeaderName, HeaderValue, Target};
use hearth_store::{Attempt, DueDelivery};

use super::{ledger::kind, reach, sign};
use crate::{App, Result};

/// What connections for this are called in the ledger.
const PURPOSE: &str = "webhook";
/// Messages that are under way at once.
const AT_ONCE: u32 = 4;
/// How long after each try that failed the next one is made: nearly a day in all, so that a server that
/// is down for a night is told in the morning.
const AGAIN_AFTER: [Duration; 8] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(3 * 60 * 60),
    Duration::from_secs(6 * 60 * 60),
    Duration::from_secs(12 * 60 * 60),
];
/// The other side says that this address is for nothing any more.
const GONE: u16 = 410;
/// Whoever waits looks again after so long: the clock may have been put forward.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl App {
    /// Sends what waits for webhooks until the program ends. Called once, by the host that stays.
    pub fn keep_telling(self: &Arc<Self>) {
        if !self.webhooks.working.swap(true, Ordering::SeqCst) {
            self.tasks.spawn(run(Arc::clone(self)));
        }
    }

    /// Tries a message once, and gives what became of it.
    pub(super) async fn deliver(&self, delivery: Delivery, body: String) -> Result<Delivery> {
        let (id, of) = (delivery.id, delivery.webhook);
        let said = self.db.read(move |r| Ok((r.webhook(of)?, r.webhook_secret(of)?))).await?;
        let attempt = self.attempt(&delivery, &said, body).await;
        let noted = self.db.write(move |w| {
            w.delivery_tried(id, attempt)?;
            w.delivery(id)
        });
        let noted = noted.await?;
        self.invalidate(&["webhooks", "connections"]);
        Ok(noted)
    }

    async fn attempt(
        &self,
        delivery: &Delivery,
        (webhook, secret): &(Webhook, Secret<Vec<u8>>),
        body: String,
    ) -> Attempt {
        let (now, began) = (self.now(), Instant::now());
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", delivery.id.to_string()),
            ("webhook-timestamp", sign::seconds(now)),
            ("webhook-signature", sign::signature(secret, delivery.id, now, &body)),
        ];
        let headers: Vec<_> = headers
            .into_iter()
            .filter_map(|(name, value)| {
                Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
            })
            .collect();
        let sent = match Target::parse(&webhook.url, reach(webhook.local)) {
            Ok(target) => {
                let body = Bytes::from(body);
                self.webhooks.outbound.post(PURPOSE, &target, &headers, body).await
            }
            Err(error) => Err(error),
        };
        let (http_status, error) = match sent {
            Ok(reply) if (200..300).contains(&reply.status) => (Some(reply.status), None),
            Ok(reply) => (Some(reply.status), Some(OutboundError::Status)),
            Err(error) => (None, Some(kind(error))),
        };
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let again = error.and_then(|error| again(delivery, error, http_status, self.now()));
        let status = match (error, again) {
            (None, _) => DeliveryStatus::Delivered,
            (Some(_), Some(_)) => DeliveryStatus::Waiting,
            (Some(_), None) => DeliveryStatus::Failed,
        };
        Attempt { status, due: again, http_status, error, took_ms }
    }
}

/// When a message that did not arrive is tried again; `None` where never.
fn again(
    delivery: &Delivery,
    error: OutboundError,
    http_status: Option<u16>,
    now: Timestamp,
) -> Option<Timestamp> {
    // Whoever tries it by hand sees at once what became of it.
    let tried_by_hand = delivery.event == WebhookEvent::Test;
    let never = matches!(error, OutboundError::InvalidAddress | OutboundError::Forbidden);
    if tried_by_hand || never || http_status == Some(GONE) {
        return None;
    }
    let after = AGAIN_AFTER.get(delivery.attempts as usize)?;
    Some(Timestamp(now.0.saturating_add(i64::try_from(after.as_millis()).ok()?)))
}

async fn run(app: Arc<App>) {
    let end = app.warm.end.clone();
    loop {
        let now = app.now();
        let due = app.db.read(move |r| Ok((r.deliveries_due(now, AT_ONCE)?, r.delivery_next()?)));
        let wait = match due.await {
            Ok((due, _)) if !due.is_empty() => {
                let sending = due
                    .into_iter()
                    .map(|DueDelivery { delivery, body }| app.deliver(delivery, body));
                let sent = tokio::select! {
                    sent = join_all(sending) => sent,
                    () = end.cancelled() => return,
                };
                // A database that cannot be written would be asked again and again.
                if sent.iter().all(std::result::Result::is_ok) {
                    Duration::ZERO
                } else {
                    LOOK_AGAIN
                }
            }
            Ok((_, next)) => next.map_or(LOOK_AGAIN, |next| until(next, now)),
            Err(_) => LOOK_AGAIN,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.webhooks.wake.notified(), if !wait.is_zero() => {}
            () = end.cancelled() => return,
        }
    }
}

fn until(next: Timestamp, now: Timestamp) -> Duration {
    let left = u64::try_from(next.0.saturating_sub(now.0)).unwrap_or(0);
    Duration::from_millis(left).min(LOOK_AGAIN)
}

#[cfg(test)]
mod tests {
    use hearth_domain::{DeliveryId, WebhookId};
    use uuid::Uuid;

    use super::*;

    fn delivery(event: WebhookEvent, attempts: u32) -> Delivery {
        Delivery {
            id: DeliveryId(Uuid::nil()),
            webhook: WebhookId(Uuid::nil()),
            event,
            created: Timestamp(0),
            status: DeliveryStatus::Waiting,
            attempts,
            due: None,
            http_status: None,
            error: None,
            took_ms: None,
        }
    }

    #[test]
    fn a_message_is_tried_later_and_later_and_then_given_up() {
        let of = WebhookEvent::JobFinished;
        let at = |attempts| {
            again(&delivery(of, attempts), OutboundError::Unreachable, None, Timestamp(0))
        };
        let times: Vec<_> = (0..).map_while(at).map(|at| at.0).collect();
        assert_eq!(times.len(), AGAIN_AFTER.len());
        assert!(times.is_sorted() && times[0] == 5_000);
        assert!((20..26).contains(&(times.iter().sum::<i64>() / 3_600_000)), "about a day");
    }

    #[test]
    fn what_may_never_be_sent_is_not_tried_again() {
        let of = delivery(WebhookEvent::JobFinished, 0);
        let now = Timestamp(0);
        assert_eq!(again(&of, OutboundError::Forbidden, None, now), None);
        assert_eq!(again(&of, OutboundError::Status, Some(GONE), now), None);
        assert!(again(&of, OutboundError::Status, Some(500), now).is_some());
        let by_hand = delivery(WebhookEvent::Test, 0);
        assert_eq!(again(&by_hand, OutboundError::TimedOut, None, now), None);
    }
}
