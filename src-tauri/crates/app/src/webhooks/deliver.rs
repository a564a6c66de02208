//! One try of one message to a webhook, and when the next one is made: later and later. What waits is taken in
//! its turn by `waiting`.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hearth_domain::{
    Delivery, DeliveryStatus, OutboundError, Secret, Timestamp, Webhook, WebhookEvent,
};
use hearth_outbound::{HeaderName, HeaderValue, Target};
use hearth_store::Attempt;

use super::{ledger::kind, reach, sign};
use crate::{App, Result};

/// What connections for this are called in the ledger.
const PURPOSE: &str = "webhook";
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

impl App {
    /// Tries a message once, and gives what became of it.
    pub(super) async fn deliver(&self, delivery: Delivery, body: String) -> Result<Delivery> {
        let (id, of) = (delivery.id, delivery.webhook);
        let said = self.db.read(move |r| Ok((r.webhook(of)?, r.webhook_secret(of)?))).await?;
        let attempt = self.attempt(&delivery, &said, body).await;
        let noted = self.db.write(move |w| {
            w.delivery_tried(&delivery, attempt)?;
            w.delivery(id)
        });
        let noted = noted.await?;
        // Whoever reads the ledger now finds its end there.
        self.webhooks.lines.written().await;
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
        let target = match Target::parse(&webhook.url, reach(webhook.local)) {
            Ok(target) => target,
            // No time changes what is written there.
            Err(error) => {
                let (status, error) = (DeliveryStatus::Failed, Some(kind(error)));
                return Attempt { status, due: None, http_status: None, error, took_ms: 0 };
            }
        };
        let body = Bytes::from(body);
        let sent = self.webhooks.outbound.post(PURPOSE, &target, &headers, body).await;
        let (http_status, error) = match sent {
            Ok(reply) if (200..300).contains(&reply.status) => (Some(reply.status), None),
            Ok(reply) => (Some(reply.status), Some(OutboundError::Status)),
            Err(error) => (None, Some(kind(error))),
        };
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let again = error.and_then(|_| again(delivery, http_status, self.now()));
        let status = match (error, again) {
            (None, _) => DeliveryStatus::Delivered,
            (Some(_), Some(_)) => DeliveryStatus::Waiting,
            (Some(_), None) => DeliveryStatus::Failed,
        };
        Attempt { status, due: again, http_status, error, took_ms }
    }
}

/// When a message that did not arrive is tried again; `None` where never.
///
/// Also where the name stood for a place that is not allowed: the network of a hotel says so of every name until
/// somebody has signed in.
fn again(delivery: &Delivery, http_status: Option<u16>, now: Timestamp) -> Option<Timestamp> {
    // Whoever tries it by hand sees at once what became of it.
    if delivery.event == WebhookEvent::Test || http_status == Some(GONE) {
        return None;
    }
    let after = AGAIN_AFTER.get(delivery.attempts as usize)?;
    Some(Timestamp(now.0.saturating_add(i64::try_from(after.as_millis()).ok()?)))
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
        let at = |attempts| again(&delivery(of, attempts), None, Timestamp(0));
        let times: Vec<_> = (0..).map_while(at).map(|at| at.0).collect();
        assert_eq!(times.len(), AGAIN_AFTER.len());
        assert!(times.is_sorted() && times[0] == 5_000);
        assert!((20..26).contains(&(times.iter().sum::<i64>() / 3_600_000)), "about a day");
    }

    #[test]
    fn where_nobody_wants_it_any_more_a_message_is_not_tried_again() {
        let of = delivery(WebhookEvent::JobFinished, 0);
        let now = Timestamp(0);
        assert_eq!(again(&of, Some(GONE), now), None);
        assert!(again(&of, Some(500), now).is_some());
        assert_eq!(again(&delivery(WebhookEvent::Test, 0), None, now), None);
    }
}
