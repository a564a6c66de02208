//! Moments by chance that can be had again.

use std::{
    env,
    time::{SystemTime, UNIX_EPOCH},
};

/// Repeats a run.
const SEED: &str = "HEARTH_FAULT_SEED";

/// SplitMix64: the same moments for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// Thrown by the clock, or as the environment says; the output of a test that failed says how.
    pub(crate) fn new() -> Self {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed = env::var(SEED).map_or_else(|_| clock(), |text| text.parse().expect(SEED));
        println!("{SEED}={seed}");
        Self(seed)
    }

    /// The next number from 0 on, below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("small")
    }
}
