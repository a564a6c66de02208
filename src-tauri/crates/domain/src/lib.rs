//! Plain data and pure rules that every other crate may know.
//!
//! What is here has no input or output, no clock, no threads and no async runtime. Types that
//! cross the wire derive [`ts_rs::TS`], so that the user interface sees the same shapes.

mod citation;
mod collection;
mod context_use;
mod conversation;
mod engine;
mod error_code;
mod event;
mod generation;
mod guard;
mod guard_settings;
mod ids;
mod lease;
mod message;
mod model;
mod network;
mod options;
mod passage;
mod persona;
mod port_key;
mod portable;
mod quick;
mod search;
mod secret;
mod settings;
pub mod terms;
mod time;
mod webhook;
mod writing;

pub use citation::{Citation, MessageSources, WEAK_SUPPORT};
pub use collection::{
    Collection, CollectionStorage, DocumentView, FileCounts, FilePage, FileState, IngestReport,
    IngestStarted, LibraryEvent, LibraryFile, LibraryFolder, LibraryMatches, PagePicture, PageWord,
    SkippedFile, Source, SourceKind, Tag,
};
pub use context_use::ContextUse;
pub use conversation::{
    Conversation, ConversationChange, ConversationConfig, ConversationPage, ConversationView,
    Folder, Versions,
};
pub use engine::{EngineState, MemoryUse};
pub use error_code::{ErrorCode, ErrorKind};
pub use event::{AppEvent, ChatEvent, Envelope, Notice, OpenedModel};
pub use generation::{Caller, FinishReason, Omitted, Priority, SamplingParams, Timing, Usage};
pub use guard::{
    AuditEntry, AuditFilter, AuditPage, GuardAction, GuardAnswer, GuardDecision, GuardFinding,
    GuardKind, MessageFindings,
};
pub use guard_settings::{ChatGuard, GuardChoice, GuardSettings, PortProfile};
pub use ids::{
    AttachmentId, CollectionId, ConnectionId, ConversationId, DeliveryId, FileId, FolderId,
    GenerationId, JobId, MessageId, ModelId, PersonaId, PortKeyId, ProcessId, PromptId, SourceId,
    TraceId, WebhookId,
};
pub use lease::{ComputeLease, LeaseGuard, Wanted};
pub use message::{Message, MessageStatus, Role};
pub use model::{
    Consent, Fit, FoundModel, Model, ModelChoice, ModelEstimate, ModelOrigin, ModelPurpose,
    ModelSource, ModelSpeed, Verdict,
};
pub use network::{NetworkName, NetworkSettings};
pub use options::{
    AnswerFormat, AnswerOptions, Drafting, Samplers, TokenLogprob, TokenProbability, Tool,
    ToolCall, ToolCallDelta, ToolChoice, ToolPart,
};
pub use passage::{
    AskedKind, AskedName, AskedOf, DocumentPart, MessageAsked, Passage, PassagePage, PassageRequest,
};
pub use persona::{Persona, PersonaDraft};
pub use port_key::{KeyUse, KeyUseDay, PortKey, PortKeyDraft, PortRights, PortScope};
pub use portable::{
    DataPart, DataPlace, DataPlaceKind, DataReport, ExportFile, ExportFormat, ImportFormat,
    ImportReport, SkipReason, Skipped,
};
pub use quick::QuickChat;
pub use search::{Piece, SearchHit, SearchPage, SearchRequest};
pub use secret::{Secret, SecretError, SecretStore};
pub use settings::{
    Appearance, CloseChoice, Contrast, DesktopSettings, GenerationDefaults, LockSettings,
    ModelSettings, ServerSettings, Settings, SettingsError, Theme, WarmPolicy,
};
pub use time::Timestamp;
pub use webhook::{
    Connection, ConnectionPage, Delivery, DeliveryStatus, OutboundError, Webhook, WebhookDraft,
    WebhookEvent,
};
pub use writing::{Attachment, AttachmentText, Draft, Prompt, PromptDraft, QueuedQuestion};
