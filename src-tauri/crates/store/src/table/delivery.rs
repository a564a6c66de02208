//! Messages to webhooks: what waits, what was tried, and how that went. When one is tried again is the
//! business of `app`.

use hearth_domain::{
    Delivery, DeliveryId, DeliveryStatus, OutboundError, Timestamp, WebhookEvent, WebhookId,
};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, Reader, Result, Writer, columns};

const COLUMNS: &str =
    "id, webhook, event, created, status, attempts, due, http_status, error, took_ms";
/// For each webhook that does not rest, the message that waits longest for its next try, if that is by now. What has
/// no time of its own is tried by whoever made it. SQLite takes the row of `min` for what is not grouped.
pub(super) const DUE: &str =
    "SELECT id, webhook, event, created, status, attempts, min(due), http_status,
        error, took_ms, body
    FROM delivery WHERE status = 'waiting' AND due <= ?1
        AND webhook NOT IN (SELECT id FROM webhook WHERE paused = 1) GROUP BY webhook ORDER BY 7";
/// When the next of each is.
const NEXT: &str =
    "SELECT webhook, min(due) FROM delivery WHERE status = 'waiting' AND due IS NOT NULL
        AND webhook NOT IN (SELECT id FROM webhook WHERE paused = 1) GROUP BY webhook";

/// A message whose time has come.
#[derive(Clone, Debug, PartialEq)]
pub struct DueDelivery {
    /// The message.
    pub delivery: Delivery,
    /// What is sent.
    pub body: String,
}

/// How a try went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How far the message is now.
    pub status: DeliveryStatus,
    /// When it is tried next, if it waits.
    pub due: Option<Timestamp>,
    /// What was answered.
    pub http_status: Option<u16>,
    /// Why it did not arrive.
    pub error: Option<OutboundError>,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

/// A message that is to be sent at once; a test is sent by whoever wants it.
pub(super) fn new(webhook: WebhookId, event: WebhookEvent, now: Timestamp) -> Delivery {
    Delivery {
        id: DeliveryId(Uuid::now_v7()),
        webhook,
        event,
        created: now,
        status: DeliveryStatus::Waiting,
        attempts: 0,
        due: (event != WebhookEvent::Test).then_some(now),
        http_status: None,
        error: None,
        took_ms: None,
    }
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId(columns::uuid(row, 0)?),
        webhook: WebhookId(columns::uuid(row, 1)?),
        event: columns::word(row, 2)?,
        created: columns::time(row, 3)?,
        status: columns::word(row, 4)?,
        attempts: row.get(5)?,
        due: columns::maybe_time(row, 6)?,
        http_status: row.get(7)?,
        error: columns::maybe_word(row, 8)?,
        took_ms: row.get(9)?,
    })
}

impl Reader<'_> {
    /// The latest messages to a webhook, the last first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn deliveries(&self, of: WebhookId, limit: u32) -> Result<Vec<Delivery>> {
        let sql =
            format!("SELECT {COLUMNS} FROM delivery WHERE webhook = ?1 ORDER BY seq DESC LIMIT ?2");
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map(params![of.0.as_bytes(), limit], delivery)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn delivery(&self, id: DeliveryId) -> Result<Delivery> {
        let sql = format!("SELECT {COLUMNS} FROM delivery WHERE id = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        query.query_row([id.0.as_bytes()], delivery).optional()?.ok_or(Error::WebhookNotFound)
    }

    /// Messages whose time has come, one for each webhook, the one that waits longest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn deliveries_due(&self, now: Timestamp) -> Result<Vec<DueDelivery>> {
        let mut query = self.conn().prepare_cached(DUE)?;
        let due = |row: &Row<'_>| Ok(DueDelivery { delivery: delivery(row)?, body: row.get(10)? });
        let rows = query.query_map([now.0], due)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When the next message of each webhook is due, of those for which one waits.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn deliveries_next(&self) -> Result<Vec<(WebhookId, Timestamp)>> {
        let mut query = self.conn().prepare_cached(NEXT)?;
        let next = |row: &Row<'_>| Ok((WebhookId(columns::uuid(row, 0)?), columns::time(row, 1)?));
        let rows = query.query_map([], next)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Notes a message to one webhook, whatever that is told of otherwise.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn delivery_add(
        &mut self,
        webhook: WebhookId,
        event: WebhookEvent,
        body: &str,
        now: Timestamp,
    ) -> Result<Delivery> {
        self.webhook(webhook)?;
        let new = new(webhook, event, now);
        self.delivery_insert(&new, body)?;
        Ok(new)
    }

    pub(super) fn delivery_insert(&mut self, new: &Delivery, body: &str) -> Result<()> {
        let sql = "INSERT INTO delivery (id, webhook, event, body, created, status, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Delivery { id, webhook, event, created, status, due, .. } = new;
        let (event, status) = (columns::to_word(event)?, columns::to_word(status)?);
        let due = due.map(|due| due.0);
        let row =
            params![id.0.as_bytes(), webhook.0.as_bytes(), event, body, created.0, status, due];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Notes how a try of this message went. One that is gone by now, or that somebody wants sent again meanwhile,
    /// is left as it is.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn delivery_tried(&mut self, of: &Delivery, attempt: Attempt) -> Result<()> {
        let sql =
            "UPDATE delivery SET attempts = attempts + 1, status = ?2, due = ?3, http_status = ?4,
             error = ?5, took_ms = ?6 WHERE id = ?1 AND attempts = ?7 AND due IS ?8";
        let Attempt { status, due, http_status, error, took_ms } = attempt;
        let (status, due) = (columns::to_word(&status)?, due.map(|due| due.0));
        let error = error.as_ref().map(columns::to_word).transpose()?;
        let (id, read) = (of.id.0.as_bytes(), of.due.map(|due| due.0));
        let row = params![id, status, due, http_status, error, took_ms, of.attempts, read];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Lets a message be tried at once, once more.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn delivery_again(&mut self, id: DeliveryId, now: Timestamp) -> Result<Delivery> {
        let sql = "UPDATE delivery SET status = 'waiting', attempts = 0, due = ?2 WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), now.0])?;
        self.delivery(id)
    }

    /// Gives up what nobody tries any more: tests that the program ended in the middle of.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn deliveries_give_up(&mut self) -> Result<usize> {
        let sql = "UPDATE delivery SET status = 'failed' WHERE status = 'waiting' AND due IS NULL";
        Ok(self.conn().execute(sql, [])?)
    }

    /// Removes what ended before a moment.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn deliveries_purge(&mut self, before: Timestamp) -> Result<usize> {
        let sql = "DELETE FROM delivery WHERE status <> 'waiting' AND created < ?1";
        Ok(self.conn().execute(sql, [before.0])?)
    }
}
