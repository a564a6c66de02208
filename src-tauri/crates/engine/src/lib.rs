//! The engine: one thread per loaded model, many answers at once in one context.
//!
//! [`Engine`] is the handle; [`Engine::submit`] gives an [`Answer`] to read [`Event`]s from. Nothing
//! of llama.cpp is in this interface. Not here: which model is used for what, storing, and the wire.

mod answer;
mod board;
mod counter;
mod engine;
mod error;
mod frames;
mod link;
mod load;
mod meter;
mod output;
mod overflow;
mod owner;
mod prepare;
mod prompt;
mod request;
mod sampling;
mod scheduler;
mod spec;
mod ticket;
mod told;
mod waiting;

pub use answer::Answer;
pub use counter::{CountKey, Fit, TokenCounter};
pub use engine::Engine;
pub use error::Error;
pub use request::{Begun, Event, Overflow, Request, Turn};
pub use spec::{EngineConfig, ModelFacts, ModelSpec, Now};
pub use waiting::settle_waiting;

/// Checks the processor, without loading anything.
///
/// # Errors
/// [`Error::Processor`] names what this build needs and the processor lacks.
pub fn check_processor() -> Result<(), Error> {
    Ok(hearth_llama::cpu::check()?)
}

/// The hidden first argument with which a program becomes the worker that tries chat templates.
pub const WORKER_ARGUMENT: &str = hearth_llama::chat::probe::WORKER_ARGUMENT;

/// The worker's main function; see [`WORKER_ARGUMENT`].
pub fn worker_main() {
    hearth_llama::chat::probe::worker_main();
}
