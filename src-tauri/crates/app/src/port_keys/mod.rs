//! Keys of the port: made here, shown once, kept as a keyed hash; what each may do and did.
//!
//! All of them are in memory, because every request asks. What a request may do is said by its
//! [`Grant`]; which routes ask for what is the business of `server` and `api`.

mod export;
mod grant;
mod kept;
mod meter;
mod reach;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use data_encoding::BASE64URL_NOPAD;
use hearth_domain::{
    KeyUse, KeyUseDay, PortKey, PortKeyDraft, PortKeyId, PortRights, Secret, Timestamp,
};
use hearth_store::{Db, PortKeyHash, PortKeySeal, StoredPortKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use ts_rs::TS;
use uuid::Uuid;

use self::meter::{Meter, day};
use crate::{App, Error, Result, app::lock, guard::Note, text};
pub(crate) use grant::Charge;
pub use grant::Grant;
pub use reach::check_collection;

/// The name of the one key that a port had before it could have several.
const FIRST_NAME: &str = "First key";
/// Characters of a key that are shown afterwards.
const HINT: usize = 4;
/// Characters of a name.
const NAME: usize = 80;
/// Keys at most: all of them are in memory.
const MOST: usize = 1000;
/// How long what was done with keys waits to be written together.
const USE_SAVED_AFTER: Duration = Duration::from_secs(5);

/// A key as it is shown once.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct NewPortKey {
    /// What lists show from now on.
    pub key: PortKey,
    /// Sent as `Authorization: Bearer …` or `x-api-key: …`.
    pub secret: String,
}

/// The keys that are good now.
pub(crate) struct PortKeys {
    seal: PortKeySeal,
    grants: RwLock<HashMap<PortKeyHash, Arc<Grant>>>,
    changed: watch::Sender<()>,
    /// A task will write what was done with keys.
    saving: AtomicBool,
}

impl PortKeys {
    /// Reads the keys of a database, the one that it had before schema 9 among them.
    pub(crate) fn read(db: &Db, now: Timestamp) -> hearth_store::Result<Self> {
        let seal = db.port_key_seal()?;
        let first = PortKeyDraft { name: FIRST_NAME.into(), rights: PortRights::default() };
        db.write(|w| w.port_key_adopt(&seal, first, now))?;
        let mut grants = HashMap::new();
        for StoredPortKey { id, hash, rights } in db.read(|r| r.port_key_rights())? {
            let days = db.read(|r| r.port_key_days(id))?;
            let today = days.last().filter(|last| last.day == day(now));
            let tokens = today.map_or(0, |today| today.used.tokens());
            let meter = Arc::new(Mutex::new(Meter::with_today(day(now), tokens)));
            grants.insert(hash, Arc::new(Grant::of(id, rights, meter)));
        }
        let grants = RwLock::new(grants);
        Ok(Self { seal, grants, changed: watch::channel(()).0, saving: AtomicBool::new(false) })
    }

    fn all(&self) -> Vec<(PortKeyHash, Arc<Grant>)> {
        let grants = self.grants.read().unwrap_or_else(PoisonError::into_inner);
        grants.iter().map(|(hash, grant)| (*hash, Arc::clone(grant))).collect()
    }

    fn find(&self, id: PortKeyId) -> Option<(PortKeyHash, Arc<Grant>)> {
        self.all().into_iter().find(|(_, grant)| grant.key() == Some(id))
    }

    /// Puts a grant in the place of what was there, and tells running requests.
    fn put(&self, hash: PortKeyHash, grant: Option<Arc<Grant>>) {
        let mut grants = self.grants.write().unwrap_or_else(PoisonError::into_inner);
        match grant {
            Some(grant) => drop(grants.insert(hash, grant)),
            None => drop(grants.remove(&hash)),
        }
        drop(grants);
        self.changed.send_replace(());
    }
}

impl App {
    /// What a program may do that shows this key; `None` where it is no key, or one that is over.
    ///
    /// A key is found by a keyed hash of it, so that the time this takes tells nothing about keys.
    #[must_use]
    pub fn port_key_grant(&self, shown: &str) -> Option<Arc<Grant>> {
        let hash = self.port_keys.seal.hash(&Secret::new(shown.to_owned()));
        let grants = self.port_keys.grants.read().unwrap_or_else(PoisonError::into_inner);
        grants.get(&hash).filter(|grant| !grant.is_over(self.now())).map(Arc::clone)
    }

    /// Whether what was let in may go on: its key is there, allows the same, and is not over.
    fn port_key_is_good(&self, grant: &Grant) -> bool {
        let Some(id) = grant.key() else { return true };
        let same = |found: &Arc<Grant>| **found == *grant && !found.is_over(self.now());
        self.port_keys.find(id).is_some_and(|(_, found)| same(&found))
    }

    /// How long a grant is good yet; `None` where it does not end by itself.
    fn port_key_lasts(&self, grant: &Grant) -> Option<Duration> {
        let expires = grant.rights().expires?;
        let left = expires.0.saturating_sub(self.now().0);
        Some(Duration::from_millis(u64::try_from(left).unwrap_or(0)))
    }

    /// Tells when keys change.
    #[must_use]
    pub fn port_key_changes(&self) -> watch::Receiver<()> {
        self.port_keys.changed.subscribe()
    }

    /// Waits until a key was taken back, may do something else, or is over; for ever where none of it
    /// happens. `changes` was asked for before the key was looked at, so that no change is missed.
    pub async fn port_key_ended(&self, grant: &Grant, changes: &mut watch::Receiver<()>) {
        while self.port_key_is_good(grant) {
            let over = async {
                match self.port_key_lasts(grant) {
                    Some(left) => tokio::time::sleep(left).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = changes.changed() => {
                    // A sender that is gone means that all ends anyway.
                    if changed.is_err() {
                        return;
                    }
                }
                () = over => {}
            }
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn port_key_count(&self) -> u32 {
        u32::try_from(self.port_keys.all().len()).unwrap_or(u32::MAX)
    }

    /// Counts a request of a key.
    ///
    /// # Errors
    /// [`Error::RateLimited`].
    pub fn port_key_request(self: &Arc<Self>, grant: &Grant) -> Result<()> {
        let counted = lock(grant.meter()).request(grant.rights(), self.now());
        counted.map_err(|wait| Error::RateLimited { wait })?;
        self.save_key_use_soon();
        Ok(())
    }

    /// Every key, by name, with what was done with it.
    ///
    /// # Errors
    /// A database that cannot be read or written.
    pub async fn port_key_list(&self) -> Result<Vec<PortKey>> {
        self.save_key_use().await?;
        self.db.read(|r| r.port_key_list()).await
    }

    /// What was done with a key, the earliest day first.
    ///
    /// # Errors
    /// No such key, or a database that cannot be read or written.
    pub async fn port_key_days(&self, id: PortKeyId) -> Result<Vec<KeyUseDay>> {
        self.save_key_use().await?;
        self.db.read(move |r| r.port_key(id).and_then(|_| r.port_key_days(id))).await
    }

    /// Makes a key. It is shown now and never again.
    ///
    /// # Errors
    /// A draft that cannot be or is over already, a name that is taken, no randomness from the system, or a database
    /// that cannot be written.
    pub async fn port_key_make(&self, draft: PortKeyDraft) -> Result<NewPortKey> {
        self.check_open()?;
        let PortKeyDraft { name, rights } = checked(draft)?;
        if rights.expires.is_some_and(|expires| expires <= self.now()) {
            return Err(Error::OutOfRange("expires"));
        }
        if self.port_keys.all().len() >= MOST {
            return Err(Error::TooMany { what: "keys", most: MOST });
        }
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(|_| Error::TaskFailed)?;
        let secret = format!("hearth-{}", BASE64URL_NOPAD.encode(&random));
        let hash = self.port_keys.seal.hash(&Secret::new(secret.clone()));
        let key = PortKey {
            id: PortKeyId(Uuid::now_v7()),
            name,
            rights,
            hint: secret[secret.len() - HINT..].to_owned(),
            created: self.now(),
            last_used: None,
            used: KeyUse::default(),
        };
        let (new, notes) = (key.clone(), vec![Note::of_port_key(&key, "made")]);
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        self.db
            .write(move |w| {
                w.port_key_insert(&new, &hash)?;
                Note::append(w, &guards, now, &notes)
            })
            .await?;
        let grant = Grant::of(key.id, key.rights.clone(), Arc::default());
        self.port_keys.put(hash, Some(Arc::new(grant)));
        Ok(NewPortKey { key, secret })
    }

    /// Changes the name of a key or what it may do. Where it may do something else from now on, what
    /// runs for it ends.
    ///
    /// # Errors
    /// As [`App::port_key_make`], or no such key.
    pub async fn port_key_update(&self, id: PortKeyId, draft: PortKeyDraft) -> Result<PortKey> {
        self.check_open()?;
        let draft = checked(draft)?;
        self.save_key_use().await?;
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let changed = self.db.write(move |w| {
            let key = w.port_key_update(id, &draft)?;
            Note::append(w, &guards, now, &[Note::of_port_key(&key, "changed")])?;
            Ok(key)
        });
        let key = changed.await?;
        if let Some((hash, before)) = self.port_keys.find(id) {
            let grant = Grant::of(id, key.rights.clone(), Arc::clone(before.meter()));
            self.port_keys.put(hash, Some(Arc::new(grant)));
        }
        Ok(key)
    }

    /// Takes a key back: what runs for it ends, and it opens nothing any more.
    ///
    /// # Errors
    /// No such key, or a database that cannot be written.
    pub async fn port_key_revoke(&self, id: PortKeyId) -> Result<()> {
        self.check_open()?;
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        self.db
            .write(move |w| {
                let key = w.port_key(id)?;
                w.port_key_delete(id)?;
                Note::append(w, &guards, now, &[Note::of_port_key(&key, "revoked")])
            })
            .await?;
        if let Some((hash, _)) = self.port_keys.find(id) {
            self.port_keys.put(hash, None);
        }
        Ok(())
    }

    /// Writes what was done with keys within some seconds.
    pub(crate) fn save_key_use_soon(self: &Arc<Self>) {
        if self.port_keys.saving.swap(true, Ordering::SeqCst) {
            return;
        }
        let app = Arc::clone(self);
        let ending = self.warm.end.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(USE_SAVED_AFTER) => {}
                () = ending.cancelled() => {}
            }
            app.port_keys.saving.store(false, Ordering::SeqCst);
            if let Err(error) = app.save_key_use().await {
                tracing::warn!(code = error.code().as_str(), "the use of keys was not saved");
            }
        });
    }

    /// Writes what was done with keys since the last time.
    pub(crate) async fn save_key_use(&self) -> Result<()> {
        let unsaved = self.port_keys.all().into_iter().flat_map(|(_, grant)| {
            let days = lock(grant.meter()).take_unsaved();
            days.into_iter().filter_map(move |more| Some((grant.key()?, more)))
        });
        let unsaved: Vec<_> = unsaved.collect();
        if unsaved.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let save = move |w: &mut hearth_store::Writer<'_>| {
            unsaved.iter().try_for_each(|(id, more)| w.port_key_used(*id, *more, now))
        };
        self.db.write(save).await
    }
}

fn checked(draft: PortKeyDraft) -> Result<PortKeyDraft> {
    let PortKeyDraft { name, mut rights } = draft;
    rights.scopes.sort_unstable();
    rights.scopes.dedup();
    rights.validate().map_err(Error::OutOfRange)?;
    Ok(PortKeyDraft { name: text::name(&name, NAME)?, rights })
}
