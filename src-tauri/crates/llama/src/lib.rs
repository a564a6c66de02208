//! The only door to llama.cpp: safe types over a C++ shim of our own.
//!
//! llama.cpp throws C++ exceptions through its C functions and aborts on files that contradict
//! themselves. Here every call that can throw goes through the shim (`shim/`), which turns what is
//! thrown into an [`Error`], and every file is checked by [`gguf::read`] before C++ sees it. What is
//! not here: scheduling, queues, stop texts, streaming; that is the engine's.

pub mod chat;
pub mod cpu;
pub mod gguf;
pub mod worker;

mod abort;
mod batch;
mod context;
mod encoder;
mod error;
mod estimate;
mod ffi;
mod log;
mod model;
mod sampler;
mod sequences;
mod start;
mod state;
mod vocab;

pub use abort::AbortFlag;
pub use batch::Batch;
pub use context::{Context, ContextParams, Decoded};
pub use encoder::{Encoder, EncoderParams};
pub use error::Error;
pub use estimate::estimate;
pub use model::{Model, ModelParams};
pub use sampler::{Sampler, SamplerParams};
pub use start::init;
pub use vocab::{PairMarks, Token};

/// Names the llama.cpp that is built in: what one build made of a file, another may not.
pub const BUILD: &str = env!("HEARTH_LLAMA_BUILD");
