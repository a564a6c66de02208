//! Opening: lock the folder, find the key, open the database, mend what the last run left, start
//! the engine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use hearth_domain::{ProcessId, SecretStore, Settings, Timestamp};
use hearth_engine::{CacheConfig, Engine, EngineConfig, QueueLimits};
use hearth_store::{
    AuditKey, DataFolder, Db, KeyChoice, KeyNotice, KeyPlaces, KeySource, Opened, StateFiles,
    Vault, Writer,
};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    App, AppConfig, Credential, Pace, Ports, Result, app,
    chat::ReadingAhead,
    costs::LastLook,
    db::{Database, blocking},
    expiry::expire,
    figures::Tally,
    guard::Guards,
    lease::CpuLease,
    library::{self, Library},
    lock,
    port_keys::PortKeys,
    presets,
    prompt_cache::PromptCache,
    secrets::{EnvironmentFile, KeyFile},
    warm::Warm,
    webhooks::{Lines, Webhooks},
};

/// Where the key of the database is, as status and check-up tell it.
#[derive(Clone, Copy)]
pub(crate) struct KeyFacts {
    pub(crate) source: &'static str,
    pub(crate) notice: Option<&'static str>,
}

impl KeyFacts {
    pub(crate) fn new(source: KeySource, notice: Option<KeyNotice>) -> Self {
        Self { source: source.as_str(), notice: notice.map(KeyNotice::as_str) }
    }
}

/// The places where a key may be, for one data folder.
pub(crate) struct KeyStores {
    environment: Option<EnvironmentFile>,
    keyring: Arc<dyn SecretStore>,
    key_file: KeyFile,
}

impl KeyStores {
    pub(crate) fn new(folder: &DataFolder, keyring: Arc<dyn SecretStore>) -> Self {
        Self {
            environment: EnvironmentFile::named(),
            keyring,
            key_file: KeyFile::in_folder(folder.path()),
        }
    }

    pub(crate) fn places(&self) -> KeyPlaces<'_> {
        KeyPlaces {
            environment: self.environment.as_ref().map(|store| store as &dyn SecretStore),
            keyring: &*self.keyring,
            key_file: &self.key_file,
        }
    }
}

impl App {
    /// Opens the data folder and everything in it, with a key where there is no database yet.
    ///
    /// # Errors
    /// A folder that another process holds or that cannot be used; a database that is newer,
    /// damaged or whose key is missing or wrong: it is left untouched.
    pub async fn open(config: AppConfig, ports: Ports) -> Result<Arc<Self>> {
        Self::open_with(config, ports, Credential::Place(KeyChoice::Automatic)).await
    }

    /// As [`App::open`], with the person's choice of where a new key goes, or with a passphrase.
    ///
    /// # Errors
    /// As [`App::open`]; locked data is said to be locked, a wrong passphrase to be wrong.
    pub async fn open_with(
        config: AppConfig,
        ports: Ports,
        credential: Credential,
    ) -> Result<Arc<Self>> {
        let folder = Self::hold(&config, None).await?;
        Self::open_in(folder, config, ports, credential).await
    }

    /// As [`App::open_with`], in a data folder that this process holds already and goes on to hold
    /// where this fails.
    ///
    /// # Errors
    /// As [`App::open_with`].
    pub async fn open_in(
        folder: DataFolder,
        config: AppConfig,
        ports: Ports,
        credential: Credential,
    ) -> Result<Arc<Self>> {
        match credential {
            Credential::Place(choice) => {
                let open = move |vault: &Vault<'_>| vault.open(choice);
                Self::open_by(folder, config, ports, open).await
            }
            Credential::Passphrase { typed, pace } => {
                let opening = async {
                    let passphrase = lock::checked(&typed)?;
                    let open = move |vault: &Vault<'_>| vault.open_with_passphrase(&passphrase);
                    Self::open_by(folder, config, ports, open).await
                };
                pace.attempt(opening).await
            }
        }
    }

    async fn open_by(
        folder: DataFolder,
        config: AppConfig,
        ports: Ports,
        open: impl FnOnce(&Vault<'_>) -> hearth_store::Result<Opened> + Send + 'static,
    ) -> Result<Arc<Self>> {
        let Ports { clock, keyring, power } = ports;
        let started = clock.now();
        let asked = Arc::clone(&keyring);
        let opening = blocking(move || {
            let stores = KeyStores::new(&folder, asked);
            let opened = open(&Vault::new(&folder, stores.places()))?;
            let read = read_in(&opened.db, started)?;
            Ok::<_, hearth_store::Error>((folder, opened, read))
        });
        let (folder, opened, (settings, audit_key, port_keys)) = opening.await?;
        let Opened { db, key_source, notice, .. } = opened;
        let db = Arc::new(db);
        let states = StateFiles::new(Arc::clone(&db), &folder);
        let settings = watch::channel(settings).0;
        let cold = PromptCache {
            files: states.clone(),
            settings: settings.subscribe(),
            clock: Arc::clone(&clock),
        };
        let lease = CpuLease::default();
        let engine = Engine::new(EngineConfig {
            lease: Arc::new(lease.clone()),
            worker_exe: config.worker_exe.clone(),
            queue: QueueLimits::default(),
            now: {
                let clock = Arc::clone(&clock);
                Arc::new(move || clock.now())
            },
            cache: CacheConfig { cold: Some(Arc::new(cold)), ..CacheConfig::default() },
        });
        let (hub, events) = app::hub();
        let reader = config.worker_exe.clone().unwrap_or_default();
        let library = Library::new(hub.open(library::TOPIC), Arc::new(lease), &reader);
        let (db, tasks) = (Database::new(db), TaskTracker::new());
        let webhooks = Webhooks::new(Lines::new(db.clone(), Arc::clone(&clock), &tasks));
        let app = Arc::new(Self {
            config,
            clock,
            process: ProcessId(Uuid::new_v4()),
            key: Mutex::new(KeyFacts::new(key_source, notice)),
            keyring,
            pace: Pace::default(),
            db,
            engine,
            heads: Arc::default(),
            settings,
            hub,
            events,
            running: Mutex::new(HashMap::new()),
            alone: app::Alone::default(),
            reading: ReadingAhead::default(),
            server_url: Mutex::new(None),
            network: Mutex::new(None),
            port_keys,
            tally: Tally::default(),
            held: Mutex::new(None),
            save_now: watch::channel(0).0,
            guards: Arc::new(Guards::new(audit_key)),
            warm: Warm::new(started),
            library,
            webhooks,
            power,
            last_look: LastLook::default(),
            closing: Arc::new(AtomicBool::new(false)),
            tasks,
            states,
            folder,
        });
        app.publish_engine_state();
        app.index_older_messages();
        app.audit_expire().await?;
        app.sweep_states();
        app.remove_leaving();
        app.expire_daily();
        Ok(app)
    }
}

/// Mends what the last run left, and reads what is held in memory.
fn read_in(db: &Db, now: Timestamp) -> hearth_store::Result<(Settings, AuditKey, PortKeys)> {
    let interrupted = db.write(|w| w.mark_interrupted())?;
    if interrupted > 0 {
        tracing::info!(answers = interrupted, "the last run ended while it wrote");
    }
    db.write(|w| tidy(w, now))?;
    let settings = db.read(|r| r.settings())?;
    Ok((settings, db.audit_key()?, PortKeys::read(db, now)?))
}

/// Removes what is past its time, takes up what was interrupted, and offers the presets once.
fn tidy(w: &mut Writer<'_>, now: Timestamp) -> hearth_store::Result<()> {
    w.deliveries_give_up()?;
    expire(w, now)?;
    w.queue_recover(library::ATTEMPTS)?;
    presets::offer(w, now)
}
