//! Webhooks: programs elsewhere that are told when an answer or a job ended. Made, changed and tried here.
//!
//! `tell` writes what they are told, `waiting` takes what waits in its turn, `deliver` tries it, `sign` proves who
//! sends. What may be connected to is the business of `outbound`.

mod deliver;
mod ledger;
mod sign;
mod tell;
mod waiting;

use std::sync::{Arc, atomic::AtomicBool};

use hearth_domain::{Delivery, DeliveryId, Secret, Webhook, WebhookDraft, WebhookEvent, WebhookId};
use hearth_outbound::{Ledger, Outbound, Reach, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use ts_rs::TS;
use uuid::Uuid;

use crate::{App, Error, Result, guard::Note, text};
pub(crate) use ledger::Lines;
pub(crate) use tell::{Job, of_answer, of_job};

/// Characters of a name.
const NAME: usize = 80;
/// Webhooks at most.
const MOST: usize = 100;
/// Messages to one webhook that are listed.
const LISTED: u32 = 100;
/// Bytes of what signs.
const SECRET_BYTES: usize = 32;

/// A webhook with what signs its messages, which is shown once.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct NewWebhook {
    /// What lists show from now on.
    pub webhook: Webhook,
    /// `whsec_…`, as libraries for Standard Webhooks take it.
    pub secret: String,
}

/// The parts of webhooks that live in memory.
pub(crate) struct Webhooks {
    outbound: Outbound,
    /// The ledger of what it connects to.
    lines: Arc<Lines>,
    /// A message may wait.
    wake: Notify,
    /// Whether somebody sends what waits.
    working: AtomicBool,
}

impl Webhooks {
    pub(crate) fn new(lines: Lines) -> Self {
        let lines = Arc::new(lines);
        let outbound = Outbound::new(Arc::clone(&lines) as Arc<dyn Ledger>);
        Self { outbound, lines, wake: Notify::new(), working: AtomicBool::new(false) }
    }

    /// Nothing is sent any more: the ledger is written to its end.
    pub(crate) fn end(&self) {
        self.lines.close();
    }
}

impl App {
    /// Every webhook, by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn webhook_list(&self) -> Result<Vec<Webhook>> {
        self.db.read(|r| r.webhook_list()).await
    }

    /// Makes a webhook. What signs its messages is shown now and never again.
    ///
    /// # Errors
    /// A draft that cannot be, an address that nothing may be sent to, a name that is taken, no randomness
    /// from the system, or a database that cannot be written.
    pub async fn webhook_make(&self, draft: WebhookDraft) -> Result<NewWebhook> {
        self.check_open()?;
        let WebhookDraft { name, url, events, local, paused } = checked(draft)?;
        let (id, created) = (WebhookId(Uuid::now_v7()), self.now());
        let webhook = Webhook { id, name, url, events, local, paused, created, last: None };
        let secret = new_secret()?;
        let shown = sign::shown(&secret);
        let (new, notes) = (webhook.clone(), [Note::of_webhook(&webhook, "made")]);
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let make = move |w: &mut hearth_store::Writer<'_>| {
            if w.webhook_list()?.len() >= MOST {
                return Ok(false);
            }
            w.webhook_insert(&new, &secret)?;
            Note::append(w, &guards, now, &notes).map(|()| true)
        };
        if self.db.write(make).await? {
            Ok(NewWebhook { webhook, secret: shown })
        } else {
            Err(Error::TooMany { what: "webhooks", most: MOST })
        }
    }

    /// Changes what is said of a webhook. What waits for it is sent by what is said now.
    ///
    /// # Errors
    /// As [`App::webhook_make`], or no such webhook.
    pub async fn webhook_update(&self, id: WebhookId, draft: WebhookDraft) -> Result<Webhook> {
        self.check_open()?;
        let draft = checked(draft)?;
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let change = move |w: &mut hearth_store::Writer<'_>| {
            let webhook = w.webhook_update(id, &draft)?;
            Note::append(w, &guards, now, &[Note::of_webhook(&webhook, "changed")])?;
            Ok(webhook)
        };
        let webhook = self.db.write(change).await?;
        self.webhooks.wake.notify_one();
        Ok(webhook)
    }

    /// Replaces what signs the messages to a webhook; what was shown before proves nothing any more.
    ///
    /// # Errors
    /// No such webhook, no randomness from the system, or a database that cannot be written.
    pub async fn webhook_renew(&self, id: WebhookId) -> Result<NewWebhook> {
        self.check_open()?;
        let secret = new_secret()?;
        let shown = sign::shown(&secret);
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let renew = move |w: &mut hearth_store::Writer<'_>| {
            w.webhook_set_secret(id, &secret)?;
            let webhook = w.webhook(id)?;
            Note::append(w, &guards, now, &[Note::of_webhook(&webhook, "renewed")])?;
            Ok(webhook)
        };
        Ok(NewWebhook { webhook: self.db.write(renew).await?, secret: shown })
    }

    /// Removes a webhook with all that waits for it.
    ///
    /// # Errors
    /// No such webhook, or a database that cannot be written.
    pub async fn webhook_delete(&self, id: WebhookId) -> Result<()> {
        self.check_open()?;
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let delete = move |w: &mut hearth_store::Writer<'_>| {
            let webhook = w.webhook(id)?;
            w.webhook_delete(id)?;
            Note::append(w, &guards, now, &[Note::of_webhook(&webhook, "removed")])
        };
        self.db.write(delete).await
    }

    /// The latest messages to a webhook, the last first.
    ///
    /// # Errors
    /// No such webhook, or a database that cannot be read.
    pub async fn webhook_deliveries(&self, id: WebhookId) -> Result<Vec<Delivery>> {
        self.db.read(move |r| r.webhook(id).and_then(|_| r.deliveries(id, LISTED))).await
    }

    /// Sends a message that says nothing but that it is one, waits, and gives what became of it. It is
    /// tried once.
    ///
    /// # Errors
    /// No such webhook, a database that cannot be read or written, or the end of the program. That it did
    /// not arrive is no error.
    pub async fn webhook_test(self: &Arc<Self>, id: WebhookId) -> Result<Delivery> {
        self.check_open()?;
        let now = self.now();
        let body = tell::test(now);
        let add = move |w: &mut hearth_store::Writer<'_>| {
            w.delivery_add(id, WebhookEvent::Test, &body, now).map(|new| (new, body))
        };
        let (delivery, body) = self.db.write(add).await?;
        let app = Arc::clone(self);
        // What was begun is noted, whether whoever asked still waits or not.
        let sending = self.tasks.spawn(async move {
            let end = app.warm.end.clone();
            tokio::select! {
                sent = app.deliver(delivery, body) => sent,
                () = end.cancelled() => Err(Error::ShuttingDown),
            }
        });
        sending.await.map_err(|_| Error::TaskFailed)?
    }

    /// Sends a message once more, whatever became of it.
    ///
    /// # Errors
    /// No such message, or a database that cannot be written.
    pub async fn webhook_again(&self, id: DeliveryId) -> Result<Delivery> {
        self.check_open()?;
        let now = self.now();
        let delivery = self.db.write(move |w| w.delivery_again(id, now)).await?;
        self.webhooks.wake.notify_one();
        Ok(delivery)
    }
}

fn checked(draft: WebhookDraft) -> Result<WebhookDraft> {
    let mut draft = draft.checked().map_err(Error::OutOfRange)?;
    draft.name = text::name(&draft.name, NAME)?;
    let target = Target::parse(draft.url.trim(), reach(draft.local));
    draft.url = target.map_err(|_| Error::WebhookAddress)?.url().to_string();
    Ok(draft)
}

fn reach(local: bool) -> Reach {
    if local { Reach::Local } else { Reach::Internet }
}

fn new_secret() -> Result<Secret<Vec<u8>>> {
    let mut random = vec![0_u8; SECRET_BYTES];
    getrandom::fill(&mut random).map_err(|_| Error::TaskFailed)?;
    Ok(Secret::new(random))
}
