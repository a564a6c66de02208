//! From what a request says about sampling to what the sampler takes.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

use hearth_domain::SamplingParams;
use hearth_llama::SamplerParams;

/// The sampler's parameters; a random seed where none is given.
pub(crate) fn params(asked: &SamplingParams) -> SamplerParams {
    let base = SamplerParams::default();
    SamplerParams {
        temperature: asked.temperature.unwrap_or(base.temperature),
        top_k: asked.top_k.unwrap_or(base.top_k),
        top_p: asked.top_p.unwrap_or(base.top_p),
        min_p: asked.min_p.unwrap_or(base.min_p),
        repeat_penalty: asked.repeat_penalty.unwrap_or(base.repeat_penalty),
        frequency_penalty: asked.frequency_penalty.unwrap_or(base.frequency_penalty),
        presence_penalty: asked.presence_penalty.unwrap_or(base.presence_penalty),
        seed: asked.seed.unwrap_or_else(random_seed),
        ..base
    }
}

/// Differs from call to call; needs to be no secret, so the keys of the standard hasher do.
fn random_seed() -> u32 {
    let bytes = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_seed_is_kept_and_a_missing_one_differs() {
        let asked = SamplingParams { seed: Some(7), ..Default::default() };
        assert_eq!(params(&asked).seed, 7);
        let none = SamplingParams::default();
        assert!((0..8).any(|_| params(&none).seed != params(&none).seed));
    }

    #[test]
    fn a_temperature_of_zero_stays_zero() {
        let asked = SamplingParams { temperature: Some(0.0), ..Default::default() };
        assert!(params(&asked).temperature <= 0.0);
    }
}
