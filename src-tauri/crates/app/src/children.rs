//! The program as its own child: under a hidden first argument it tries out a stranger's chat template or
//! reads documents, under limits, and ends. Asked before anything else by every program of ours.

use std::env;

/// Does a child's work where the arguments say so. A program that hears `true` ends at once.
#[must_use]
pub fn answer_as_child() -> bool {
    let first = env::args_os().nth(1);
    if first.as_deref().is_some_and(|word| word == hearth_engine::WORKER_ARGUMENT) {
        hearth_engine::worker_main();
        return true;
    }
    if first.as_deref().is_some_and(|word| word == hearth_rag::worker::WORKER_ARGUMENT) {
        hearth_rag::worker::worker_main();
        return true;
    }
    false
}
