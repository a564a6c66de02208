//! Memory of a model as a line over its context: learnt once, known for every size.

use hearth_domain::MemoryUse;
use hearth_llama::gguf::Header;
use serde::{Deserialize, Serialize};

use crate::load::CONTEXT_UNIT;

/// Work buffers of a model of ordinary size, where nothing better is known than the header.
const COMPUTE_BYTES: u64 = 64 << 20;

/// What a model takes at any context, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// Weights.
    pub weights: u64,
    /// The cache where the context is nothing: windows and states of fixed size.
    pub cache: u64,
    /// The cache for each token of the context.
    pub cache_per_token: u64,
    /// Work buffers where the context is nothing.
    pub compute: u64,
    /// Work buffers for each token of the context.
    pub compute_per_token: u64,
}

impl Footprint {
    /// What the header lets expect.
    pub(crate) fn of_header(header: &Header) -> Self {
        Self {
            weights: header.tensor_bytes,
            cache: 0,
            cache_per_token: header.kv_bytes_per_token,
            compute: COMPUTE_BYTES,
            compute_per_token: 0,
        }
    }

    /// The line through two points.
    pub(crate) fn through(less: &MemoryUse, more: &MemoryUse) -> Self {
        let tokens = u64::from(more.context.saturating_sub(less.context)).max(1);
        let slope = |less: u64, more: u64| more.saturating_sub(less).div_ceil(tokens);
        let at = u64::from(less.context);
        let cache_per_token = slope(less.kv_cache, more.kv_cache);
        let compute_per_token = slope(less.compute, more.compute);
        Self {
            weights: more.weights.max(less.weights),
            cache: less.kv_cache.saturating_sub(cache_per_token * at),
            cache_per_token,
            compute: less.compute.saturating_sub(compute_per_token * at),
            compute_per_token,
        }
    }

    /// At a context of so many tokens.
    #[must_use]
    pub fn at(&self, context: u32) -> MemoryUse {
        let tokens = u64::from(context);
        MemoryUse {
            weights: self.weights,
            kv_cache: self.cache.saturating_add(self.cache_per_token.saturating_mul(tokens)),
            compute: self.compute.saturating_add(self.compute_per_token.saturating_mul(tokens)),
            kept: 0,
            context,
        }
    }

    /// The largest context that stays within so many bytes; `None` where the weights alone do not.
    #[must_use]
    pub fn context_within(&self, bytes: u64) -> Option<u32> {
        let left = bytes.checked_sub(self.at(0).total())?;
        let each = self.cache_per_token.saturating_add(self.compute_per_token);
        let tokens = left.checked_div(each).unwrap_or(u64::from(u32::MAX));
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        Some(tokens / CONTEXT_UNIT * CONTEXT_UNIT).filter(|tokens| *tokens > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(context: u32, kv_cache: u64, compute: u64) -> MemoryUse {
        MemoryUse { weights: 1_000_000, kv_cache, compute, kept: 0, context }
    }

    #[test]
    fn a_line_through_two_sizes_gives_every_other() {
        let line = Footprint::through(
            &memory(2048, 2048 * 100 + 500, 7000),
            &memory(4096, 4096 * 100 + 500, 7000),
        );
        assert_eq!(line.at(2048), memory(2048, 2048 * 100 + 500, 7000));
        assert_eq!(line.at(8192), memory(8192, 8192 * 100 + 500, 7000));
    }

    #[test]
    fn a_model_without_a_growing_cache_takes_the_same_at_any_context() {
        let line = Footprint::through(&memory(2048, 900, 70), &memory(4096, 900, 70));
        assert_eq!(line.at(256).total(), line.at(1 << 20).total());
        assert_eq!(line.context_within(2_000_000), Some(u32::MAX / 256 * 256));
    }

    #[test]
    fn the_largest_context_within_some_memory_is_told_and_none_below_the_weights() {
        let line = Footprint { weights: 1000, cache_per_token: 10, ..Footprint::default() };
        assert_eq!(line.context_within(1000 + 2560 + 5), Some(256));
        assert!(line.at(256).total() <= 3565);
        assert_eq!(line.context_within(1000 + 2000), None);
        assert_eq!(line.context_within(900), None);
    }
}
