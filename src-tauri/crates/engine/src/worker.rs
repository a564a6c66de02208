//! The worker: what a program does when it was started with the hidden first argument. All kinds of
//! work go over the one transport of `hearth_llama::worker`.

use hearth_llama::{
    chat::probe,
    worker::{self, Kind},
};

use crate::{canary, tuning};

pub use hearth_llama::worker::WORKER_ARGUMENT;

/// Trying a chat template, trying a model, measuring a model.
const KINDS: &[Kind] = &[probe::KIND, canary::KIND, tuning::KIND];

/// The worker's main function; see [`WORKER_ARGUMENT`].
pub fn worker_main() {
    worker::worker_main(KINDS);
}
