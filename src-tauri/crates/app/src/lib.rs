//! The use cases of Hearth, over store and engine: the only place where those two meet.
//!
//! A host opens one [`App`] and calls its methods; they are plain async functions that any test
//! can call. What belongs to a window, a socket or a terminal is not here.

mod activity;
mod app;
mod attached;
mod chat;
mod children;
mod completion;
mod config;
mod conversations;
mod costs;
mod db;
mod earlier;
mod error;
mod expiry;
mod figures;
mod folders;
mod guard;
mod hold;
mod holdings;
mod hub;
mod lease;
mod library;
mod lock;
mod messages;
mod models;
mod network;
mod open;
mod personas;
mod port_keys;
mod portable;
mod power;
mod presets;
mod program;
mod prompt_cache;
mod quick;
mod recovery;
mod search;
mod secrets;
mod settings;
mod snippet;
mod sources;
mod spreadsheet;
mod text;
mod warm;
mod webhooks;
mod writing;

pub use activity::{Activity, ActivityMinute};
pub use app::App;
pub use chat::{ChatRequest, ChatStarted, ContextQuestion};
pub use children::answer_as_child;
pub use completion::{
    AnswerSources, Completion, CompletionEvent, CompletionRequest, PromptForm, Turn,
};
pub use config::{AppConfig, Clock, DATA_DIR_VARIABLE, MODELS_DIR_VARIABLE, Ports, SystemClock};
pub use costs::{Costs, MemoryOf, PowerOf, PowerUse};
pub use error::Error;
pub use figures::{Done, Figures, Histogram, SECONDS};
pub use guard::TurnFinding;
pub use hold::CrashPhase;
pub use hub::{Item, Subscription};
pub use library::{
    EmbeddingModel, Embeddings, FileQuestion, LongText, PageQuestion, Reranked, TagChange,
};
pub use lock::{Credential, LockState, Pace};
pub use models::{ModelTemplate, WantedBy};
pub use network::NetworkStatus;
pub use port_keys::{Grant, NewPortKey, check_collection};
pub use portable::read_import_file;
pub use power::{Power, PowerMeter, SystemPower};
pub use program::{AppStatus, Check, DoctorReport, ServerStatus, VerifyReport};
pub use quick::QuickChange;
pub use recovery::RecoveryCode;
pub use webhooks::NewWebhook;
pub use writing::{DraftChange, QueueEntry};

// What hosts need of the crates below, so that they need not know them.
pub use hearth_engine::settle_waiting;
pub use hearth_store::{ConversationFilter, DataFolder, Endpoint, Error as StoreError, KeyChoice};

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// The topic that every window and tab follows.
pub const APP_TOPIC: &str = "app";
