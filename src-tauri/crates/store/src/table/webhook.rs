//! Webhooks: who is told of what, and the secret that proves who tells.

use hearth_domain::{Delivery, Secret, Timestamp, Webhook, WebhookDraft, WebhookEvent, WebhookId};
use rusqlite::{OptionalExtension, Row, params};

use super::delivery;
use crate::{Error, Reader, Result, Writer, columns};

const COLUMNS: &str = "id, name, url, events, local, paused, created";

fn webhook(row: &Row<'_>) -> rusqlite::Result<Webhook> {
    Ok(Webhook {
        id: WebhookId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        url: row.get(2)?,
        events: columns::json(row, 3)?,
        local: row.get(4)?,
        paused: row.get(5)?,
        created: columns::time(row, 6)?,
        last: None,
    })
}

impl Reader<'_> {
    /// Every webhook, by name, with what was last to be sent to it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn webhook_list(&self) -> Result<Vec<Webhook>> {
        let sql = format!("SELECT {COLUMNS} FROM webhook ORDER BY name");
        let mut query = self.conn().prepare_cached(&sql)?;
        let mut rows: Vec<Webhook> =
            query.query_map([], webhook)?.collect::<rusqlite::Result<_>>()?;
        for row in &mut rows {
            row.last = self.last_delivery(row.id)?;
        }
        Ok(rows)
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn webhook(&self, id: WebhookId) -> Result<Webhook> {
        let sql = format!("SELECT {COLUMNS} FROM webhook WHERE id = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        let found = query.query_row([id.0.as_bytes()], webhook).optional()?;
        let last = self.last_delivery(id)?;
        Ok(Webhook { last, ..found.ok_or(Error::WebhookNotFound)? })
    }

    /// What signs the messages to a webhook.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn webhook_secret(&self, id: WebhookId) -> Result<Secret<Vec<u8>>> {
        let mut query = self.conn().prepare_cached("SELECT secret FROM webhook WHERE id = ?1")?;
        let found = query.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?;
        found.map(Secret::new).ok_or(Error::WebhookNotFound)
    }

    fn last_delivery(&self, id: WebhookId) -> Result<Option<Delivery>> {
        Ok(self.deliveries(id, 1)?.pop())
    }

    /// Who is to be told of this.
    pub(super) fn webhooks_for(&self, event: WebhookEvent) -> Result<Vec<WebhookId>> {
        let sql = format!("SELECT {COLUMNS} FROM webhook WHERE paused = 0");
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows: Vec<Webhook> = query.query_map([], webhook)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows.iter().filter(|row| row.events.contains(&event)).map(|row| row.id).collect())
    }
}

impl Writer<'_> {
    /// Adds a webhook.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub fn webhook_insert(&mut self, new: &Webhook, secret: &Secret<Vec<u8>>) -> Result<()> {
        self.check_webhook_name(new.id, &new.name)?;
        let sql = "INSERT INTO webhook (id, name, url, events, local, paused, secret, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (id, events) = (new.id.0.as_bytes(), columns::to_json(&new.events)?);
        let Webhook { name, url, local, paused, created, .. } = new;
        let row = params![id, name, url, events, local, paused, secret.expose(), created.0];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Replaces what the person said of a webhook. What waits for it goes to the new address.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`]; [`Error::NameTaken`].
    pub fn webhook_update(&mut self, id: WebhookId, draft: &WebhookDraft) -> Result<Webhook> {
        self.check_webhook_name(id, &draft.name)?;
        let sql = "UPDATE webhook SET name = ?2, url = ?3, events = ?4, local = ?5, paused = ?6
             WHERE id = ?1";
        let WebhookDraft { name, url, events, local, paused } = draft;
        let events = columns::to_json(events)?;
        let row = params![id.0.as_bytes(), name, url, events, local, paused];
        self.conn().prepare_cached(sql)?.execute(row)?;
        self.webhook(id)
    }

    /// Replaces what signs the messages to a webhook.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn webhook_set_secret(&mut self, id: WebhookId, secret: &Secret<Vec<u8>>) -> Result<()> {
        let sql = "UPDATE webhook SET secret = ?2 WHERE id = ?1";
        match self.conn().execute(sql, params![id.0.as_bytes(), secret.expose()])? {
            0 => Err(Error::WebhookNotFound),
            _ => Ok(()),
        }
    }

    /// Removes a webhook with all that was to be sent to it.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub fn webhook_delete(&mut self, id: WebhookId) -> Result<()> {
        match self.conn().execute("DELETE FROM webhook WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::WebhookNotFound),
            _ => Ok(()),
        }
    }

    /// Notes a message for everybody who is to be told of this; gives for how many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn webhooks_tell(
        &mut self,
        event: WebhookEvent,
        body: &str,
        now: Timestamp,
    ) -> Result<usize> {
        let told = self.webhooks_for(event)?;
        for webhook in &told {
            self.delivery_insert(&delivery::new(*webhook, event, now), body)?;
        }
        Ok(told.len())
    }

    fn check_webhook_name(&self, id: WebhookId, name: &str) -> Result<()> {
        let sql = "SELECT 1 FROM webhook WHERE name = ?1 AND id <> ?2";
        let taken = self.conn().prepare_cached(sql)?.exists(params![name, id.0.as_bytes()])?;
        if taken { Err(Error::NameTaken) } else { Ok(()) }
    }
}
