//! The one value that hosts hold: its parts, its streams, its end.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hearth_domain::{
    AppEvent, ConversationId, EngineState, GenerationId, OpenedModel, PersonaId, ProcessId,
    SecretStore, Settings, Timestamp,
};
use hearth_engine::Engine;
use hearth_store::{DataFolder, StateFiles};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{
    APP_TOPIC, AppConfig, Clock, Error, NetworkStatus, Pace, PowerMeter, Result, Subscription,
    chat::{ReadingAhead, Running},
    costs::LastLook,
    db::Database,
    figures::Tally,
    guard::Guards,
    hold::Hold,
    hub::{StreamHub, Topic},
    library::Library,
    models::Heads,
    open::KeyFacts,
    port_keys::PortKeys,
    warm::Warm,
    webhooks::Webhooks,
};

/// How long shutting down waits for its tasks after the engine has stopped.
const TASKS_END: Duration = Duration::from_secs(5);
/// How long running answers have to write a row each.
const ANSWERS_SAVE: Duration = Duration::from_millis(250);

/// What is done one at a time; each is held while it is.
#[derive(Default)]
pub(crate) struct Alone {
    /// Measuring the context of a question.
    pub(crate) measuring: tokio::sync::Mutex<()>,
    /// Trying a model file.
    pub(crate) trying: tokio::sync::Mutex<()>,
    /// Loading a model that somebody waits for.
    pub(crate) loading: tokio::sync::Mutex<()>,
}

/// Everything that Hearth does, for any host.
pub struct App {
    pub(crate) config: AppConfig,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) process: ProcessId,
    pub(crate) key: Mutex<KeyFacts>,
    /// The system's keyring, for when the key moves.
    pub(crate) keyring: Arc<dyn SecretStore>,
    /// How often a passphrase was wrong.
    pub(crate) pace: Pace,
    pub(crate) db: Database,
    pub(crate) engine: Engine,
    /// What model files say of themselves.
    pub(crate) heads: Arc<Heads>,
    pub(crate) settings: watch::Sender<Settings>,
    pub(crate) hub: StreamHub,
    pub(crate) events: Arc<Topic>,
    pub(crate) running: Mutex<HashMap<GenerationId, Running>>,
    /// What is done one at a time.
    pub(crate) alone: Alone,
    pub(crate) reading: ReadingAhead,
    pub(crate) server_url: Mutex<Option<String>>,
    pub(crate) network: Mutex<Option<NetworkStatus>>,
    /// The keys of the port.
    pub(crate) port_keys: PortKeys,
    /// What was done since the program started.
    pub(crate) tally: Tally,
    /// Why no model is loaded by itself.
    pub(crate) held: Mutex<Option<Hold>>,
    /// Grows when every running answer is to be saved at once.
    pub(crate) save_now: watch::Sender<u64>,
    /// The guardrails.
    pub(crate) guards: Arc<Guards>,
    /// The model that stays warm.
    pub(crate) warm: Warm,
    /// The documents.
    pub(crate) library: Library,
    /// Who is told when something ended.
    pub(crate) webhooks: Webhooks,
    pub(crate) power: Arc<dyn PowerMeter>,
    pub(crate) last_look: LastLook,
    pub(crate) closing: Arc<AtomicBool>,
    /// What runs for itself; all of it has ended when shutting down returns.
    pub(crate) tasks: TaskTracker,
    /// What the engine keeps on disk.
    pub(crate) states: StateFiles,
    /// Held last: the lock on the folder ends when everything in it is at rest.
    pub(crate) folder: DataFolder,
}

impl App {
    /// Follows a topic; `None` where there is none of that name. See [`crate::hub`] for the rules.
    pub fn subscribe(&self, topic: &str, from: Option<u64>) -> Option<Subscription> {
        self.hub.subscribe(topic, from)
    }

    /// Tells every window and tab that the queries with these tags are stale.
    pub fn invalidate(&self, tags: &[&str]) {
        if !tags.is_empty() {
            let tags = tags.iter().map(ToString::to_string).collect();
            self.events.push(&AppEvent::Invalidated { tags });
        }
    }

    /// Tells every window and tab to show a conversation.
    pub fn show_conversation(&self, conversation: ConversationId) {
        self.events.push(&AppEvent::ShowConversation { conversation });
    }

    /// Offers text for the field of the window. Nothing is sent.
    pub fn offer_draft(&self, text: String) {
        self.events.push(&AppEvent::DraftOffered { text });
    }

    /// Asks the window for a new conversation with a persona, or with none.
    pub fn ask_begin(&self, persona: Option<PersonaId>) {
        self.events.push(&AppEvent::BeginAsked { persona });
    }

    /// Asks the window for the settings.
    pub fn ask_settings(&self) {
        self.events.push(&AppEvent::SettingsAsked);
    }

    /// Tells the window that a link was not followed.
    pub fn refuse_link(&self) {
        self.events.push(&AppEvent::LinkRefused);
    }

    /// Tells the window what became of a model file that came from outside it.
    pub fn tell_model_opened(&self, opened: OpenedModel) {
        self.events.push(&AppEvent::ModelOpened { opened });
    }

    /// Asks the main window what closing it means.
    pub fn ask_close(&self) {
        self.events.push(&AppEvent::CloseAsked);
    }

    /// Asks the main window to keep what is written in it: it goes.
    pub fn tell_leaving(&self) {
        self.events.push(&AppEvent::Leaving);
    }

    /// Saves the answers that run, as far as they are written, and what the database holds back.
    /// For a moment after which nothing may be possible: the computer goes to sleep.
    pub async fn flush(&self) {
        self.save_now.send_modify(|times| *times += 1);
        // The answers are woken by that; each writes a row.
        tokio::time::sleep(ANSWERS_SAVE).await;
        if let Err(error) = self.db.checkpoint().await {
            tracing::warn!(code = error.code().as_str(), "the database could not be flushed");
        }
    }

    /// The state of the model that people asked for last, for whoever shows it.
    #[must_use]
    pub fn engine_state(&self) -> watch::Receiver<EngineState> {
        self.engine.state()
    }

    /// The states of the models beside it, which programs asked for or people did before.
    #[must_use]
    pub fn engines_beside(&self) -> watch::Receiver<Vec<EngineState>> {
        self.engine.beside()
    }

    /// The states of all models, the one that people asked for last first.
    #[must_use]
    pub fn engine_states(&self) -> Vec<EngineState> {
        let mut states = vec![self.engine.state().borrow().clone()];
        states.extend(self.engine.beside().borrow().iter().cloned());
        states
    }

    /// The settings and their changes.
    #[must_use]
    pub fn settings_watch(&self) -> watch::Receiver<Settings> {
        self.settings.subscribe()
    }

    /// The folder that this process holds, for the host to publish its private socket in.
    #[must_use]
    pub fn data_folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Notes where the port listens, for status; `None` while it does not.
    pub fn set_server_url(&self, url: Option<String>) {
        *lock(&self.server_url) = url;
        self.invalidate(&["status"]);
    }

    /// Ends in order: nothing new is taken, running answers are stopped and saved, the engine is
    /// unloaded, streams end, the database is closed by dropping. Safe to call twice.
    pub async fn shutdown(&self) {
        if self.closing.swap(true, Ordering::SeqCst) {
            return;
        }
        self.warm.end.cancel();
        self.reading.stop();
        self.library.end();
        self.stop_all_generations().await;
        self.engine.shutdown().await;
        self.hub.close();
        if let Err(error) = self.save_key_use().await {
            tracing::warn!(code = error.code().as_str(), "the use of keys was not saved");
        }
        self.webhooks.end();
        self.tasks.close();
        if tokio::time::timeout(TASKS_END, self.tasks.wait()).await.is_err() {
            tracing::warn!("a task did not end in time");
        }
        self.anchor_audit().await;
        if let Err(error) = self.db.checkpoint().await {
            tracing::warn!(code = error.code().as_str(), "the last checkpoint failed");
        }
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closing.load(Ordering::SeqCst) { Err(Error::ShuttingDown) } else { Ok(()) }
    }

    /// Where the key of the database is now.
    pub(crate) fn key(&self) -> KeyFacts {
        *lock(&self.key)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Publishes the engine's state to every window until the program ends.
    pub(crate) fn publish_engine_state(self: &Arc<Self>) {
        let (mut state, mut others) = (self.engine.state(), self.engine.beside());
        let events = Arc::clone(&self.events);
        tokio::spawn(async move {
            loop {
                let changed = tokio::select! {
                    changed = state.changed() => changed,
                    changed = others.changed() => changed,
                };
                if changed.is_err() {
                    return;
                }
                let engine = state.borrow_and_update().clone();
                let beside = others.borrow_and_update().clone();
                events.push(&AppEvent::Engine { engine, beside });
            }
        });
    }
}

/// Opens the stream hub with the topic of the application.
pub(crate) fn hub() -> (StreamHub, Arc<Topic>) {
    let hub = StreamHub::default();
    let events = hub.open(APP_TOPIC);
    (hub, events)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
