//! What a request may do by the key it came with, and what it costs that key.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use hearth_domain::{
    Caller, CollectionId, KeyUse, ModelId, PortKeyId, PortRights, PortScope, Timestamp, Usage,
};

use super::meter::Meter;
use crate::{App, Error, Result, app::lock};

/// Bytes of a token, where none were counted: of what was asked before it is read, and of an answer
/// that was broken off.
const TOKEN_BYTES: usize = 4;

/// A key that was let in. Running requests hold it; it stays what it was when they came.
pub struct Grant {
    key: Option<PortKeyId>,
    caller: String,
    rights: PortRights,
    meter: Arc<Mutex<Meter>>,
}

impl Grant {
    /// The grant of a key in the database.
    pub(super) fn of(key: PortKeyId, rights: PortRights, meter: Arc<Mutex<Meter>>) -> Self {
        Self { key: Some(key), caller: key.to_string(), rights, meter }
    }

    /// The grant of the key that this run was started with.
    #[must_use]
    pub fn given() -> Self {
        let (caller, rights) = ("given".to_owned(), PortRights::full());
        Self { key: None, caller, rights, meter: Arc::default() }
    }

    /// Which key; `None` for the one that this run was started with.
    #[must_use]
    pub fn key(&self) -> Option<PortKeyId> {
        self.key
    }

    /// What it may do.
    #[must_use]
    pub fn rights(&self) -> &PortRights {
        &self.rights
    }

    /// For whom the engine computes what comes with it.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::Key(self.caller.clone())
    }

    /// Whether it is over by now.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.rights.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it may do this.
    #[must_use]
    pub fn opens(&self, scope: PortScope) -> bool {
        self.rights.opens(scope)
    }

    /// Whether it may use this model.
    #[must_use]
    pub fn allows_model(&self, model: &ModelId) -> bool {
        self.rights.allows_model(model)
    }

    /// Whether it may search this collection.
    #[must_use]
    pub fn allows_collection(&self, collection: CollectionId) -> bool {
        self.rights.allows_collection(collection)
    }

    pub(super) fn meter(&self) -> &Arc<Mutex<Meter>> {
        &self.meter
    }
}

impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.rights == other.rights
    }
}

impl Eq for Grant {}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("key", &self.caller).finish_non_exhaustive()
    }
}

/// What one answer costs. What was asked is taken from the key at once, so that many requests at the
/// same time do not each find it full; the end says what it was. An answer that is dropped before its
/// end costs what was written of it.
pub(crate) struct Charge {
    app: Arc<App>,
    grant: Arc<Grant>,
    guessed: u32,
    written: usize,
    started: bool,
    settled: bool,
}

impl Charge {
    /// Begins to count for a key.
    pub(crate) fn begin(app: &Arc<App>, grant: &Arc<Grant>, bytes: usize) -> Result<Self> {
        let (now, mut meter) = (app.now(), lock(&grant.meter));
        meter.may_read(&grant.rights, now).map_err(|wait| Error::RateLimited { wait })?;
        let guessed = tokens(bytes);
        meter.take(&grant.rights, now, guessed.into());
        drop(meter);
        let (app, grant) = (Arc::clone(app), Arc::clone(grant));
        Ok(Self { app, grant, guessed, written: 0, started: false, settled: false })
    }

    /// It turns out to read so much.
    pub(crate) fn reads(&mut self, bytes: usize) {
        let (now, guessed) = (self.app.now(), tokens(bytes));
        let more = i64::from(guessed) - i64::from(self.guessed);
        lock(&self.grant.meter).take(&self.grant.rights, now, more);
        self.guessed = guessed;
    }

    /// Whether the key may have more read and written now.
    pub(crate) fn may_go_on(&self) -> Result<()> {
        let asked = lock(&self.grant.meter).may_read(&self.grant.rights, self.app.now());
        asked.map_err(|wait| Error::RateLimited { wait })
    }

    /// Something besides that was read and written for it.
    pub(crate) fn spent(&self, usage: &Usage) {
        self.count(usage.prompt_tokens, usage.completion_tokens, 0);
    }

    /// It is being answered. What is dropped before costs nothing.
    pub(crate) fn started(self) -> Self {
        let mut charge = self;
        charge.started = true;
        charge
    }

    /// More of the answer.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        self.written += bytes;
    }

    /// The end, with what was counted.
    pub(crate) fn settle(&mut self, usage: &Usage) {
        self.pay(usage.prompt_tokens, usage.completion_tokens);
    }

    /// The end of something that only reads.
    pub(crate) fn settle_read(&mut self, tokens: u32) {
        self.pay(tokens, 0);
    }

    fn pay(&mut self, read: u32, written: u32) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        self.count(read, written, self.guessed);
    }

    /// Counts tokens, of which so many were taken before.
    fn count(&self, read: u32, written: u32, taken: u32) {
        let (now, used) = (self.app.now(), i64::from(read) + i64::from(written));
        let mut meter = lock(&self.grant.meter);
        meter.take(&self.grant.rights, now, used - i64::from(taken));
        if used > 0 {
            let (prompt_tokens, completion_tokens) = (read.into(), written.into());
            meter.note(now, KeyUse { requests: 0, prompt_tokens, completion_tokens });
        }
        drop(meter);
        self.app.save_key_use_soon();
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let read = if self.started { self.guessed } else { 0 };
        self.pay(read, tokens(self.written));
    }
}

fn tokens(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(TOKEN_BYTES)).unwrap_or(u32::MAX)
}
