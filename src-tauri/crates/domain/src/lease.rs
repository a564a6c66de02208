//! The one lease for CPU-heavy work: generation, embedding, parsing, background jobs.
//!
//! Implemented in `app`, handed to `engine` and `rag`. Two pools of busy threads on the same cores
//! cost far more than they give, so whoever computes holds the lease for a slice of at most about
//! 50 ms and lets go. A step over a long prompt takes longer; it is stopped for whoever is more urgent.

use std::sync::Arc;

use crate::Priority;

/// Tells the holder of the lease that somebody of this class waits for it.
pub type Wanted = Arc<dyn Fn(Priority) + Send + Sync>;

/// Hands out the right to compute.
pub trait ComputeLease: Send + Sync {
    /// Waits until the caller may compute; the right ends when the guard is dropped.
    fn acquire(&self, priority: Priority) -> Box<dyn LeaseGuard>;

    /// As [`ComputeLease::acquire`], for long slices: `wanted` is called from another thread whenever
    /// somebody more urgent begins to wait, and the holder lets go soon if it can. It must not wait
    /// for anything.
    fn acquire_giving_way(&self, priority: Priority, _wanted: Wanted) -> Box<dyn LeaseGuard> {
        self.acquire(priority)
    }

    /// The most urgent class that computes, waits for that, or computed a moment ago. What nobody
    /// waits for and cannot be cut into slices is put off while this is a person's.
    fn in_use(&self) -> Option<Priority> {
        None
    }
}

/// The right to compute; ends when dropped.
pub trait LeaseGuard {}
