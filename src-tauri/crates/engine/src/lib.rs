//! The engine: one thread for each loaded model, many answers at once in one context.
//!
//! [`Engine`] is the handle; [`Engine::submit`] gives an [`Answer`] to read [`Event`]s from. Nothing
//! of llama.cpp is in this interface. Not here: which model is used for what, storing, and the wire.

mod ahead;
mod answer;
mod board;
mod cache;
mod canary;
mod counter;
mod engine;
mod error;
mod footprint;
mod frames;
mod link;
mod load;
mod load_of_others;
mod loaded;
mod loading;
mod meter;
mod output;
mod overflow;
mod owner;
mod prepare;
mod prompt;
mod request;
mod room;
mod sampling;
mod scheduler;
mod spec;
mod speculation;
mod stage;
mod structure;
mod threads;
mod ticket;
mod told;
mod tools;
mod tuning;
mod vectors;
mod waiting;
mod worker;
mod writer;

pub use answer::Answer;
pub use cache::{BlockKey, CacheConfig, ColdStore, Fingerprint, PieceName};
pub use canary::{Announced, Trial, Tried};
pub use counter::{CountKey, Fit, TokenCounter};
pub use engine::Engine;
pub use error::Error;
pub use footprint::Footprint;
pub use loaded::LoadedModel;
pub use loading::{Load, Loading};
pub use request::{Begun, Event, Overflow, Request, Turn};
pub use room::Room;
pub use scheduler::QueueLimits;
pub use spec::{EngineConfig, ModelFacts, ModelSpec, Now, OwnTemplate};
pub use tuning::{Measurement, StepCost, Tuning};
pub use vectors::{Ranking, Ranks, Texts, Vectors};
pub use waiting::settle_waiting;
pub use worker::{WORKER_ARGUMENT, worker_main};

/// Checks the processor, without loading anything.
///
/// # Errors
/// [`Error::Processor`] names what this build needs and the processor lacks.
pub fn check_processor() -> Result<(), Error> {
    Ok(hearth_llama::cpu::check()?)
}

/// Names this build of the engine: a verdict about a file holds for the build that found it.
#[must_use]
pub fn build_id() -> String {
    format!("{} {}", hearth_llama::BUILD, TRIALS)
}

/// Grows when a trial looks at more than before.
const TRIALS: u32 = 1;
