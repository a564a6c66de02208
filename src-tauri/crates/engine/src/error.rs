//! Why the engine could not do something, and the one place that gives each failure its code.

use std::time::Duration;

use hearth_domain::ErrorCode;
use hearth_llama::{Error as LlamaError, gguf::GgufError};
use thiserror::Error as ThisError;

/// Why the engine failed. Cheap to copy, because one failure may end many answers. The sentences
/// hold no paths and nothing that a person wrote.
#[derive(Clone, Debug, ThisError)]
pub enum Error {
    /// The processor lacks what this build needs.
    #[error(transparent)]
    Processor(#[from] hearth_llama::cpu::MissingFeatures),
    /// The header of the file was refused.
    #[error(transparent)]
    File(#[from] GgufError),
    /// The model could not be loaded.
    #[error("the model could not be loaded: {0}")]
    Load(#[source] LlamaError),
    /// Loading was cancelled.
    #[error("loading was cancelled; no model is loaded")]
    LoadCancelled,
    /// The file ended the process that tried it.
    #[error("the model ended the process in which it was tried; it was not loaded")]
    Crashes,
    /// Trying the file took too long.
    #[error("the model did not come to an end of its trial in time; it was not loaded")]
    TrialTooSlow,
    /// Measuring took too long.
    #[error("the computer was too busy to be measured; try again when it is quiet")]
    NotMeasured,
    /// The file was refused by the process that tried it.
    #[error("the model was refused when it was tried ({}); it was not loaded", .0.as_str())]
    Refused(ErrorCode),
    /// The process that tries models did not start or did not answer.
    #[error("the model could not be tried in a process of its own; it was not loaded")]
    Untried,
    /// No model is loaded.
    #[error("no model is loaded")]
    NotLoaded,
    /// The model was unloaded while the answer was being written.
    #[error("the model was unloaded; what was written is kept")]
    Unloaded,
    /// The engine is shutting down.
    #[error("the program is closing; what was written is kept")]
    ShuttingDown,
    /// Nothing was asked.
    #[error("the request has no messages")]
    EmptyPrompt,
    /// A sampling parameter is out of range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// Too many requests wait already.
    #[error(
        "{limit} requests wait already, about {} seconds of work; try again then", .wait.as_secs()
    )]
    QueueFull {
        /// How many may wait.
        limit: usize,
        /// How long what waits will take, by the measured speed.
        wait: Duration,
    },
    /// The prompt does not fit the context.
    #[error("the prompt has {tokens} tokens, the context takes {limit}")]
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: u32,
        /// Tokens that fit.
        limit: u32,
    },
    /// The answers that run together filled the context, and this one gave way.
    #[error("the context of {tokens} tokens that all answers share is full; this one gave way")]
    ContextFull {
        /// Tokens of the context.
        tokens: u32,
    },
    /// A model that makes vectors was asked for an answer, or the other way round.
    #[error(
        "this model is for something else: some make vectors of texts, the others write answers"
    )]
    WrongPurpose,
    /// A text that is to become a vector is longer than the model reads.
    #[error("text {at} has {tokens} tokens, the model reads {limit} of one text")]
    TextTooLong {
        /// Which of the texts, from 0.
        at: usize,
        /// Its tokens.
        tokens: usize,
        /// Tokens that are read of one text.
        limit: usize,
    },
    /// The prompt could not be made.
    #[error("the prompt could not be made: {0}")]
    Prompt(#[source] LlamaError),
    /// The form that was asked for the answer is no form: a schema, a grammar or a tool.
    #[error("the schema, grammar or tool of the request cannot be used")]
    StructureInvalid,
    /// The form that was asked for is larger, deeper or more ambiguous than what is taken.
    #[error("the schema, grammar or tool of the request is too large or too complex")]
    StructureTooComplex,
    /// No token of the model goes on with an answer of the form that was asked for.
    #[error("the model has no way to go on within the schema or grammar; what was written is kept")]
    StructureDeadEnd,
    /// A step of inference failed.
    #[error("a step of inference failed: {0}; load the model again")]
    Inference(#[source] LlamaError),
    /// A fault of ours ended the engine's thread.
    #[error("the engine stopped by a fault of its own; load the model again")]
    Panicked,
    /// The system gave no thread.
    #[error("the system gives no more threads")]
    NoThread,
}

impl Error {
    /// Tells refused files, cancelling and the processor from other failures of loading.
    pub(crate) fn from_load(error: LlamaError) -> Self {
        match error {
            LlamaError::Cancelled => Self::LoadCancelled,
            LlamaError::Cpu(missing) => Self::Processor(missing),
            LlamaError::Gguf(refusal) => Self::File(refusal),
            other => Self::Load(other),
        }
    }

    /// The code of the failure. No wildcard: a new variant does not compile until classified.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Processor(_) => ErrorCode::CpuUnsupported,
            Self::File(refusal) => refusal_code(refusal),
            Self::Load(LlamaError::OutOfMemory) | Self::Inference(LlamaError::OutOfMemory) => {
                ErrorCode::OutOfMemory
            }
            Self::Load(_) => ErrorCode::ModelLoadFailed,
            Self::LoadCancelled => ErrorCode::Cancelled,
            Self::Crashes => ErrorCode::ModelCrashes,
            Self::NotMeasured => ErrorCode::InferenceFailed,
            Self::Refused(code) => *code,
            Self::Untried | Self::TrialTooSlow => ErrorCode::ModelUntried,
            Self::NotLoaded | Self::Unloaded => ErrorCode::ModelNotReady,
            Self::ShuttingDown => ErrorCode::ShuttingDown,
            Self::EmptyPrompt => ErrorCode::EmptyPrompt,
            Self::OutOfRange(_) => ErrorCode::InvalidRequest,
            Self::QueueFull { .. } => ErrorCode::QueueFull,
            Self::PromptTooLong { .. } => ErrorCode::PromptTooLong,
            Self::ContextFull { .. } => ErrorCode::OutOfMemory,
            Self::WrongPurpose => ErrorCode::ModelPurpose,
            Self::TextTooLong { .. } => ErrorCode::PromptTooLong,
            Self::Prompt(LlamaError::TextTooLong) => ErrorCode::TextTooLarge,
            Self::Prompt(_) => ErrorCode::TemplateInvalid,
            Self::StructureInvalid => ErrorCode::StructureInvalid,
            Self::StructureTooComplex => ErrorCode::StructureTooComplex,
            Self::StructureDeadEnd => ErrorCode::StructureDeadEnd,
            Self::Inference(_) => ErrorCode::InferenceFailed,
            Self::Panicked | Self::NoThread => ErrorCode::Internal,
        }
    }
}

/// A file can be gone, sound but of a kind that this build does not run, or broken.
fn refusal_code(refusal: &GgufError) -> ErrorCode {
    match refusal {
        GgufError::Missing => ErrorCode::ModelFileMissing,
        GgufError::Version
        | GgufError::TensorType
        | GgufError::Architecture
        | GgufError::Split
        | GgufError::RopeScaling
        | GgufError::Tokenizer => ErrorCode::ModelUnsupported,
        _ => ErrorCode::ModelFileInvalid,
    }
}
