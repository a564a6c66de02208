//! The prefix cache: what was read once need not be read again.
//!
//! Hot are the cells of the context (`scheduler/slots.rs`), warm is memory, cold is the disk. Here
//! is what can be known without a context: names, limits, what covers a prompt. Moving states in
//! and out of the context is the owner's (`owner/cache.rs`).

mod cold;
mod key;
mod wanted;
mod warm;

use std::sync::Arc;

pub use cold::{ColdStore, PieceName};
pub(crate) use cold::{Keeper, Listed, name};
pub(crate) use key::{BLOCK, Chain, Scope, fingerprint};
pub use key::{BlockKey, Fingerprint};
pub(crate) use wanted::Wanted;
pub(crate) use warm::{Form, Piece, Share, Warm, covering};

use crate::Room;

/// The warm tier takes at most one part in this many of the computer's memory,
const MEMORY_PARTS: u64 = 10;
/// and no more than this.
const MOST_MEMORY: u64 = 2 << 30;

/// How much is kept, and where.
#[derive(Clone)]
pub struct CacheConfig {
    /// Bytes of the warm tier, of all loaded models together.
    pub memory: u64,
    /// The disk; without one nothing outlives the program.
    pub cold: Option<Arc<dyn ColdStore>>,
}

impl Default for CacheConfig {
    /// A tenth of the memory, at most 2 GiB, and no disk.
    fn default() -> Self {
        Self { memory: (Room::read().total / MEMORY_PARTS).min(MOST_MEMORY), cold: None }
    }
}

/// The ranges that a sequence of `len` tokens is kept in, behind what was kept of it before.
pub(crate) fn ranges(form: Form, from: usize, len: usize) -> Vec<(usize, usize)> {
    match form {
        Form::Whole => vec![(0, len)],
        Form::Blocks => {
            let starts = (from - from % BLOCK..len).step_by(BLOCK);
            let range = |start: usize| (start, (start + BLOCK).min(len));
            // The end of a part is short: reading it again costs no more than keeping it.
            starts.map(range).filter(|(start, end)| end - start >= LEAST).collect()
        }
    }
}

/// Fewer tokens than this are not kept: reading them costs one step either way.
pub(crate) const LEAST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_kept_in_blocks_and_a_rest_that_is_worth_it() {
        assert_eq!(ranges(Form::Blocks, 0, 600), [(0, 256), (256, 512), (512, 600)]);
        assert_eq!(ranges(Form::Blocks, 300, 540), [(256, 512)]);
        assert_eq!(ranges(Form::Blocks, 0, 31), []);
        assert_eq!(ranges(Form::Whole, 300, 540), [(0, 540)]);
    }
}
