//! The number of threads with which this model computes, and the load that it is decided by.

use std::time::Duration;

use crate::{
    load_of_others::Others,
    threads::{QUIET, Threads},
};

/// Decides after every step; see [`Threads`].
pub(super) struct Pacer {
    threads: Threads,
    others: Others,
    /// For steps of single tokens and for reading prompts, where nobody else computes.
    most: [u32; 2],
}

impl Pacer {
    pub(super) fn new(most: [u32; 2]) -> Self {
        let threads = Threads::new(most[0].max(most[1]));
        Self { threads, others: Others::new(), most }
    }

    /// Whether a step just taken shows what the computer can do: all threads worked, and nobody
    /// else did.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.threads.is_full() && self.others.cores() < QUIET
    }

    /// A step took so long, `ratio` times what it takes on a quiet computer. Gives both numbers of
    /// threads from now on, where they change.
    pub(super) fn stepped(
        &mut self,
        now: Duration,
        ratio: f64,
        took: Duration,
    ) -> Option<[u32; 2]> {
        let others = self.others.cores();
        let threads = self.threads.stepped(now, ratio, took, others)?;
        tracing::debug!(threads, others, ratio, "the number of threads changes");
        Some(self.most.map(|most| most.min(threads)))
    }
}
