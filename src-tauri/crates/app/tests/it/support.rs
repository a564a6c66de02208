//! An application in a folder of its own, with a clock that stands still and no keyring.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hearth_app::{App, AppConfig, ChatRequest, Clock, Ports, Power, PowerMeter, Subscription};
use hearth_domain::{ChatEvent, ConversationId, Secret, SecretError, SecretStore, Timestamp};
use uuid::Uuid;

/// Far longer than anything takes: a guard against hanging, not a measure of speed.
pub(crate) const HANG: Duration = Duration::from_secs(120);

struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000)
    }
}

/// A clock that the test moves, in milliseconds since 1970.
pub(crate) struct Moving(pub(crate) AtomicI64);

impl Clock for Moving {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

struct NoKeyring;

impl SecretStore for NoKeyring {
    fn kind(&self) -> &'static str {
        "keyring"
    }
    fn get(&self, _: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        Err(SecretError::Missing)
    }
    fn set(&self, _: &str, _: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        Err(SecretError::Missing)
    }
    fn delete(&self, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Missing)
    }
}

/// A computer without a battery.
struct Mains;

impl PowerMeter for Mains {
    fn read(&self) -> Power {
        Power::default()
    }
}

pub(crate) fn ports() -> Ports {
    Ports { clock: Arc::new(StillClock), keyring: Arc::new(NoKeyring), power: Arc::new(Mains) }
}

/// The example program of the engine.
fn worker() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let name = format!("model_worker{}", std::env::consts::EXE_SUFFIX);
    tests.parent().unwrap().parent().unwrap().join("examples").join(name)
}

pub(crate) fn config(data_dir: &Path) -> AppConfig {
    let model = hearth_testkit::bundled_model();
    let models = model.ancestors().nth(2).unwrap().to_owned();
    AppConfig {
        data_dir: data_dir.to_owned(),
        models_dirs: vec![models],
        worker_exe: Some(worker()),
        context_size: Some(2048),
        threads: Some(2),
        parallel: Some(4),
    }
}

pub(crate) async fn open(data_dir: &Path) -> Arc<App> {
    App::open(config(data_dir), ports()).await.unwrap()
}

pub(crate) async fn open_at(clock: &Arc<Moving>, data_dir: &Path) -> Arc<App> {
    let ports = Ports { clock: Arc::clone(clock) as Arc<dyn Clock>, ..ports() };
    App::open(config(data_dir), ports).await.unwrap()
}

pub(crate) fn ask(text: &str) -> ChatRequest {
    ChatRequest {
        conversation: None,
        parent: None,
        beside: None,
        text: text.into(),
        attachments: Vec::new(),
        collections: Vec::new(),
        parts: Vec::new(),
        everything: false,
        instructions: None,
        persona: None,
        folder: None,
        model: None,
        sampling: hearth_domain::SamplingParams {
            temperature: Some(0.0),
            max_tokens: Some(16),
            ..Default::default()
        },
        guard: None,
        client_id: Uuid::new_v4(),
    }
}

pub(crate) fn ask_in(conversation: ConversationId, text: &str) -> ChatRequest {
    ChatRequest { conversation: Some(conversation), ..ask(text) }
}

/// Reads a stream to its last event.
pub(crate) async fn read_to_end(mut stream: Subscription) -> Vec<ChatEvent> {
    let mut events = Vec::new();
    let reading = async {
        while let Some(items) = stream.next().await {
            let parsed = items.iter().map(|item| serde_json::from_str(&item.json).unwrap());
            events.extend(parsed);
        }
    };
    tokio::time::timeout(HANG, reading).await.expect("the stream never ended");
    events
}

pub(crate) async fn answer(app: &App, generation: hearth_domain::GenerationId) -> Vec<ChatEvent> {
    read_to_end(app.subscribe(&format!("generation/{generation}"), Some(0)).unwrap()).await
}

pub(crate) fn text(events: &[ChatEvent]) -> String {
    let deltas = events.iter().filter_map(|event| match event {
        ChatEvent::Delta { text, .. } => Some(text.as_str()),
        _ => None,
    });
    deltas.collect()
}
