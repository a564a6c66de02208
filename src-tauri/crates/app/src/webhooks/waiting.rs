//! What waits for webhooks, taken in its turn until the program ends: one message of a webhook at a time, so that
//! one whose server never answers holds up its own messages and no others.
//!
//! A message may arrive twice (the program ended after it was sent and before that was noted) and not in
//! order; its id is the same each time. It is never lost: it waits in the database.

use std::{
    collections::HashSet,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use hearth_domain::{Delivery, ErrorCode, Timestamp, WebhookId};
use hearth_store::DueDelivery;
use tokio::time::Instant;

use crate::{App, Result};

/// Messages that are under way at once.
const AT_ONCE: usize = 8;
/// Whoever waits looks again after so long: the clock may have been put forward.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// A message under way, and to whom.
type Sending = Pin<Box<dyn Future<Output = (WebhookId, Result<Delivery>)> + Send>>;

impl App {
    /// Sends what waits for webhooks until the program ends. Called once, by the host that stays.
    pub fn keep_telling(self: &Arc<Self>) {
        if !self.webhooks.working.swap(true, Ordering::SeqCst) {
            let waiting = Waiting::new(Arc::clone(self));
            self.tasks.spawn(waiting.run());
        }
    }
}

struct Waiting {
    app: Arc<App>,
    sending: FuturesUnordered<Sending>,
    /// Webhooks to which one is under way.
    busy: HashSet<WebhookId>,
    /// Nothing is taken before.
    rests_until: Option<Instant>,
}

impl Waiting {
    fn new(app: Arc<App>) -> Self {
        Self { app, sending: FuturesUnordered::new(), busy: HashSet::new(), rests_until: None }
    }

    async fn run(mut self) {
        let end = self.app.warm.end.clone();
        loop {
            let wait = self.take().await.unwrap_or(LOOK_AGAIN);
            tokio::select! {
                Some((of, sent)) = self.sending.next() => self.ended(of, sent),
                () = tokio::time::sleep(wait) => {}
                () = self.app.webhooks.wake.notified() => {}
                () = end.cancelled() => return,
            }
        }
    }

    /// Begins to send what is due, as far as there is room; how long there is nothing more to do.
    async fn take(&mut self) -> Result<Duration> {
        let now = Instant::now();
        if let Some(until) = self.rests_until.filter(|until| *until > now) {
            return Ok(until - now);
        }
        let now = self.app.now();
        let read = self.app.db.read(move |r| Ok((r.deliveries_due(now)?, r.deliveries_next()?)));
        let (due, next) = read.await?;
        for DueDelivery { delivery, body } in due {
            if self.sending.len() >= AT_ONCE {
                return Ok(LOOK_AGAIN);
            }
            let (app, of) = (Arc::clone(&self.app), delivery.webhook);
            if self.busy.insert(of) {
                let send = async move { (of, app.deliver(delivery, body).await) };
                self.sending.push(Box::pin(send));
            }
        }
        let free = next.into_iter().filter(|(of, _)| !self.busy.contains(of));
        Ok(free.map(|(_, due)| until(due, now)).min().unwrap_or(LOOK_AGAIN))
    }

    fn ended(&mut self, of: WebhookId, sent: Result<Delivery>) {
        self.busy.remove(&of);
        // A webhook that was removed meanwhile wants nothing more. A database that cannot be written would let
        // the same be sent again and again.
        if sent.is_err_and(|error| error.code() != ErrorCode::WebhookNotFound) {
            self.rests_until = Some(Instant::now() + LOOK_AGAIN);
        }
    }
}

fn until(next: Timestamp, now: Timestamp) -> Duration {
    let left = u64::try_from(next.0.saturating_sub(now.0)).unwrap_or(0);
    Duration::from_millis(left).min(LOOK_AGAIN)
}
