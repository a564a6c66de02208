//! Plain data and pure rules that every other crate may know.
//!
//! What is here has no input or output, no clock, no threads and no async runtime. Types that
//! cross the wire derive [`ts_rs::TS`], so that the user interface sees the same shapes.

mod conversation;
mod engine;
mod error_code;
mod event;
mod generation;
mod ids;
mod lease;
mod message;
mod model;
mod persona;
mod secret;
mod settings;
mod time;

pub use conversation::{Conversation, ConversationPage, ConversationView};
pub use engine::{EngineState, MemoryUse};
pub use error_code::{ErrorCode, ErrorKind};
pub use event::{AppEvent, ChatEvent, Envelope, Notice};
pub use generation::{FinishReason, Omitted, Priority, SamplingParams, Timing, Usage};
pub use ids::{
    ConversationId, GenerationId, JobId, MessageId, ModelId, PersonaId, ProcessId, TraceId,
};
pub use lease::{ComputeLease, LeaseGuard};
pub use message::{Message, MessageStatus, Role};
pub use model::{Consent, Model, ModelSource};
pub use persona::{Persona, PersonaDraft};
pub use secret::{Secret, SecretError, SecretStore};
pub use settings::{
    Appearance, GenerationDefaults, ModelSettings, ServerSettings, Settings, SettingsError, Theme,
};
pub use time::Timestamp;
