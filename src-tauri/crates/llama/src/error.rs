//! Everything that can go wrong between Rust and llama.cpp. What is not here: why a file is refused
//! in detail ([`GgufError`]) and the sentence for people in other languages (the user interface).

use thiserror::Error as ThisError;

use crate::cpu::MissingFeatures;
use crate::gguf::GgufError;

/// Why a call failed. Messages are for people: plain, and free of paths, prompts and content.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Error {
    /// The processor lacks instructions.
    #[error(transparent)]
    Cpu(#[from] MissingFeatures),
    /// The file was refused before llama.cpp saw it.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// The caller said stop.
    #[error("loading was cancelled")]
    Cancelled,
    /// The path cannot be handed to llama.cpp.
    #[error("the name of the model's file cannot be used; rename it")]
    PathUnusable,
    /// llama.cpp did not start.
    #[error("the inference engine did not start")]
    StartFailed,
    /// llama.cpp refused the model.
    #[error("the model could not be loaded")]
    LoadFailed,
    /// llama.cpp refused the context.
    #[error("the model's memory could not be set up")]
    ContextFailed,
    /// A number of the context's parameters is zero or contradicts another.
    #[error("the context cannot have these sizes")]
    ContextParams,
    /// Memory ran out.
    #[error("memory ran out")]
    OutOfMemory,
    /// An exception ended a call.
    #[error("the inference engine failed in {call}")]
    Exception {
        /// The function of the shim.
        call: &'static str,
    },
    /// llama.cpp said no without an exception.
    #[error("the inference engine refused {call}")]
    Refused {
        /// The function of the shim.
        call: &'static str,
    },
    /// A step of the network failed; the context may be broken.
    #[error("a step of the model failed")]
    DecodeFailed,
    /// A batch has no tokens.
    #[error("the batch is empty")]
    BatchEmpty,
    /// A batch holds all it can, or more than the context takes.
    #[error("the batch is full")]
    BatchFull,
    /// A token is not in the vocabulary.
    #[error("a token is not in the model's vocabulary")]
    TokenOutOfRange,
    /// A sequence is not one of the context's.
    #[error("a sequence is out of range")]
    SequenceOutOfRange,
    /// The positions of a sequence have a hole, or repeat.
    #[error("the positions of a sequence do not follow each other")]
    PositionGap,
    /// More outputs are wanted than the context has room for.
    #[error("the batch wants too many outputs")]
    TooManyOutputs,
    /// The last step has no such output.
    #[error("the last step has no such output")]
    OutputOutOfRange,
    /// A sampling parameter is out of range.
    #[error("a sampling parameter is out of range")]
    SamplerParams,
    /// A mask of tokens has fewer bits than the vocabulary has tokens.
    #[error("a mask of tokens is too short")]
    MaskTooShort,
    /// Every token is banned.
    #[error("no token may come")]
    NothingAllowed,
    /// The text is larger than the tokeniser takes.
    #[error("the text is too long")]
    TextTooLong,
    /// A saved state does not fit this model or context.
    #[error("the saved state does not fit")]
    StateMismatch,
    /// The model has no chat template.
    #[error("the model has no chat template")]
    TemplateMissing,
    /// The chat template is not valid, or cannot render a plain conversation.
    #[error("the model's chat template cannot be used")]
    TemplateInvalid,
    /// The chat template needs more time or memory than any honest one.
    #[error("the model's chat template needs too much time or memory")]
    TemplateTooCostly,
    /// The process that tries templates did not start or did not answer.
    #[error("the model's chat template could not be tried")]
    ProbeFailed,
    /// An answer does not have the form that the template promises.
    #[error("the answer does not have the form of this model")]
    ParseFailed,
}
