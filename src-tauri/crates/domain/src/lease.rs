//! The one lease for CPU-heavy work: generation, embedding, parsing, background jobs.
//!
//! Implemented in `app`, handed to `engine` and `rag`. Two pools of busy threads on the same cores
//! cost far more than they give, so whoever computes holds the lease for a slice of at most about
//! 50 ms and lets go.

use crate::Priority;

/// Hands out the right to compute.
pub trait ComputeLease: Send + Sync {
    /// Waits until the caller may compute; the right ends when the guard is dropped.
    fn acquire(&self, priority: Priority) -> Box<dyn LeaseGuard>;
}

/// The right to compute; ends when dropped.
pub trait LeaseGuard {}
