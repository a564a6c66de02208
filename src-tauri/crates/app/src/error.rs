//! Why a use case failed, and the one place that gives each failure its code.

use hearth_domain::{ErrorCode, GuardFinding, SecretError, SettingsError};
use serde_json::{Value, json};
use thiserror::Error;

/// Why a use case failed. The sentences hold no paths and nothing that a person wrote.
#[derive(Debug, Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] hearth_store::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] hearth_engine::Error),
    /// A setting.
    #[error("{0}; nothing was changed")]
    Settings(#[from] SettingsError),
    /// The keyring.
    #[error("{0}; nothing was changed")]
    Secret(#[from] SecretError),
    /// The system names no home folder.
    #[error("this system names no home folder; name a data folder with --data-dir")]
    NoHome,
    /// The compiled-in catalogue is broken.
    #[error("the catalogue of models that is built in cannot be read")]
    Catalogue,
    /// A message without text.
    #[error("the message is empty; nothing was sent")]
    EmptyPrompt,
    /// A message over the limit.
    #[error("the message has {size} bytes, at most {limit} are taken; nothing was sent")]
    TextTooLarge {
        /// Bytes that came.
        size: usize,
        /// Bytes that are taken.
        limit: usize,
    },
    /// A field out of range.
    #[error("{0} is out of range; nothing was changed")]
    OutOfRange(&'static str),
    /// As many of something as there may be.
    #[error(
        "there are {most} {what} already, which is the most; remove one first; nothing was changed"
    )]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A key asks more than it may.
    #[error("this key may not ask more just now; try again in {} seconds", wait.as_secs() + 1)]
    RateLimited {
        /// When it may.
        wait: std::time::Duration,
    },
    /// No such model.
    #[error("there is no model of that name; `hearth models` lists those there are")]
    ModelNotFound,
    /// The file of a model is gone.
    #[error("the file of the model is not where it was; add it again or choose another model")]
    ModelFileMissing,
    /// The file is not the one of the catalogue.
    #[error("the file of the model has changed: its checksum is not the expected one")]
    ModelFileChanged,
    /// The person was not yet asked about a file from outside the catalogue.
    #[error("this model is from outside the catalogue; allow it once before it is loaded")]
    ModelConsentNeeded,
    /// The model is for something else than what was asked.
    #[error(
        "this model is for something else than what was asked of it: some models write answers, \
         others make vectors of texts"
    )]
    ModelPurpose,
    /// A trial of this build found that the file is not to be loaded.
    #[error("this model was tried before and is not loaded ({}); it can be tried again", .0.as_str())]
    ModelRefused(ErrorCode),
    /// The model does not fit into memory.
    #[error(
        "the model needs about {} MB of memory with a context of {context} tokens, and {} MB are \
         free{}", needed.div_ceil(1_000_000), available / 1_000_000, smaller(*largest)
    )]
    ModelTooBig {
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are free for it.
        available: u64,
        /// The context that was wanted.
        context: u32,
        /// The largest context with which it is loaded, where there is one.
        largest: Option<u32>,
    },
    /// The conversation already has a running answer.
    #[error("an answer of this conversation is still being written; stop it or wait")]
    GenerationRunning,
    /// A file that is no export, or is cut short.
    #[error(
        "the file is no export of Hearth, ChatGPT or Claude, or is cut short; nothing was taken in"
    )]
    ImportUnreadable,
    /// An export of a newer version.
    #[error(
        "the export has version {found}, this program reads up to {known}; nothing was taken in"
    )]
    ImportNewer {
        /// The version of the file.
        found: u64,
        /// The newest that this program reads.
        known: u32,
    },
    /// A document cannot be shown.
    #[error("{0}; nothing was changed")]
    Document(hearth_rag::extract::Refusal),
    /// Nothing is at the paths that were named.
    #[error(
        "there is no file and no folder at that place, or nobody may look; nothing was taken in"
    )]
    DocumentMissing,
    /// Nothing may be sent to the address of a webhook.
    #[error(
        "nothing is sent to this address: it must begin with https:// or http://, without user name, \
         password and #; a place on this computer or in its network, and a port other than 80 and 443, must \
         be allowed for it; nothing was changed"
    )]
    WebhookAddress,
    /// What makes passages comparable cannot be used.
    #[error("{0}")]
    Embed(#[from] hearth_rag::embed::EmbedError),
    /// A text is longer than the embedder reads; nothing was made.
    #[error("text {at} has {tokens} tokens, the embedder reads {limit}; cut it into smaller texts")]
    EmbedTextTooLong {
        /// Which of the texts, from 0.
        at: usize,
        /// Its tokens.
        tokens: usize,
        /// The most that one may have.
        limit: usize,
    },
    /// It is not the passphrase, or the lock file is damaged: which of them is not told.
    #[error("the passphrase does not open the data; the recovery code does")]
    PassphraseWrong {
        /// How long the next one must wait.
        wait: std::time::Duration,
    },
    /// A passphrase came before its time; it was not looked at.
    #[error("too many wrong passphrases; wait before the next try")]
    TriedTooSoon {
        /// How long.
        wait: std::time::Duration,
    },
    /// A guardrail does not let the text through; nothing was sent.
    #[error("a guardrail does not let this through: {}; nothing was sent", kinds(findings))]
    BlockedByGuard {
        /// What was found.
        findings: Vec<GuardFinding>,
    },
    /// The text goes on only when the person says so; nothing was sent.
    #[error("this holds {}; say what to do with it, nothing was sent", kinds(findings))]
    GuardConfirm {
        /// What was found.
        findings: Vec<GuardFinding>,
    },
    /// A detector failed, so that the text was not let through.
    #[error("a detector of the guardrails failed; nothing was let through")]
    GuardFailed,
    /// Shutting down.
    #[error("the program is closing; what was acknowledged is saved")]
    ShuttingDown,
    /// A task of ours ended before its time.
    #[error("a task inside ended before its time")]
    TaskFailed,
    /// Reading a file failed.
    #[error("a file could not be read")]
    Io(#[source] std::io::Error),
}

/// The kinds of findings, each once.
fn kinds(findings: &[GuardFinding]) -> String {
    let mut kinds: Vec<&str> = findings.iter().map(|it| it.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.join(", ")
}

impl Error {
    /// The code of the failure. No wildcard: a new variant does not compile until classified.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Store(error) => error.code(),
            Self::Engine(error) => error.code(),
            Self::Settings(_) | Self::OutOfRange(_) | Self::TooMany { .. } => {
                ErrorCode::InvalidRequest
            }
            Self::Secret(_) => ErrorCode::KeyringUnavailable,
            Self::NoHome => ErrorCode::DataFolderUnusable,
            Self::Catalogue | Self::TaskFailed | Self::Io(_) => ErrorCode::Internal,
            Self::EmptyPrompt => ErrorCode::EmptyPrompt,
            Self::TextTooLarge { .. } => ErrorCode::TextTooLarge,
            Self::ModelNotFound => ErrorCode::ModelNotFound,
            Self::ModelFileMissing => ErrorCode::ModelFileMissing,
            Self::ModelFileChanged => ErrorCode::ModelFileInvalid,
            Self::ModelConsentNeeded => ErrorCode::ModelConsentNeeded,
            Self::ModelPurpose => ErrorCode::ModelPurpose,
            Self::ModelRefused(code) => *code,
            Self::ModelTooBig { .. } => ErrorCode::ModelTooBig,
            Self::GenerationRunning => ErrorCode::GenerationRunning,
            Self::ImportUnreadable => ErrorCode::ImportUnreadable,
            Self::ImportNewer { .. } => ErrorCode::ImportNewer,
            Self::Document(refusal) => refusal.code(),
            Self::DocumentMissing => ErrorCode::DocumentUnreadable,
            Self::WebhookAddress => ErrorCode::WebhookAddress,
            Self::Embed(_) => ErrorCode::EmbedderMissing,
            Self::EmbedTextTooLong { .. } => ErrorCode::PromptTooLong,
            Self::PassphraseWrong { .. } => ErrorCode::PassphraseWrong,
            Self::TriedTooSoon { .. } => ErrorCode::TooManyAttempts,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::BlockedByGuard { .. } => ErrorCode::BlockedByGuard,
            Self::GuardConfirm { .. } => ErrorCode::GuardConfirm,
            Self::GuardFailed => ErrorCode::GuardFailed,
            Self::ShuttingDown => ErrorCode::ShuttingDown,
        }
    }

    /// Numbers that a program can act on.
    #[must_use]
    pub fn details(&self) -> Option<Value> {
        match self {
            Self::TextTooLarge { size, limit } => Some(json!({ "size": size, "limit": limit })),
            Self::ModelTooBig { needed, available, context, largest } => Some(json!({
                "needed": needed,
                "available": available,
                "context": context,
                "largest_context": largest,
            })),
            Self::PassphraseWrong { wait }
            | Self::TriedTooSoon { wait }
            | Self::RateLimited { wait }
            | Self::Engine(hearth_engine::Error::QueueFull { wait, .. }) => {
                Some(json!({ "wait_ms": u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) }))
            }
            Self::BlockedByGuard { findings } | Self::GuardConfirm { findings } => {
                Some(json!({ "findings": findings }))
            }
            _ => None,
        }
    }
}

/// What would fit instead.
fn smaller(largest: Option<u32>) -> String {
    largest.map_or_else(String::new, |tokens| {
        format!("; with a context of at most {tokens} tokens it fits")
    })
}
