//! From what a request says about sampling to what the sampler takes, and from logits to how likely
//! tokens were.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

use hearth_domain::{AnswerOptions, SamplingParams, TokenLogprob, TokenProbability};
use hearth_llama::{Model, SamplerParams, Token};

use crate::Error;

/// A bias of this or less bans a token; programs write it where they mean never.
const BAN: f32 = -100.0;

/// The sampler's parameters; a random seed where none is given.
pub(crate) fn params(asked: &SamplingParams, options: &AnswerOptions) -> SamplerParams {
    let base = SamplerParams::default();
    let more = &options.samplers;
    SamplerParams {
        temperature: asked.temperature.unwrap_or(base.temperature),
        top_k: asked.top_k.unwrap_or(base.top_k),
        top_p: asked.top_p.unwrap_or(base.top_p),
        min_p: asked.min_p.unwrap_or(base.min_p),
        typical_p: more.typical_p.unwrap_or(base.typical_p),
        top_n_sigma: more.top_n_sigma.unwrap_or(base.top_n_sigma),
        xtc_probability: more.xtc_probability.unwrap_or(base.xtc_probability),
        xtc_threshold: more.xtc_threshold.unwrap_or(base.xtc_threshold),
        dynatemp_range: more.dynatemp_range.unwrap_or(base.dynatemp_range),
        dynatemp_exponent: more.dynatemp_exponent.unwrap_or(base.dynatemp_exponent),
        penalty_last_n: more.repeat_last_n.unwrap_or(base.penalty_last_n),
        repeat_penalty: asked.repeat_penalty.unwrap_or(base.repeat_penalty),
        frequency_penalty: asked.frequency_penalty.unwrap_or(base.frequency_penalty),
        presence_penalty: asked.presence_penalty.unwrap_or(base.presence_penalty),
        dry_multiplier: more.dry_multiplier.unwrap_or(base.dry_multiplier),
        dry_base: more.dry_base.unwrap_or(base.dry_base),
        dry_allowed_length: more.dry_allowed_length.unwrap_or(base.dry_allowed_length),
        dry_last_n: more.dry_penalty_last_n.unwrap_or(base.dry_last_n),
        mirostat: more.mirostat.unwrap_or(base.mirostat),
        mirostat_tau: more.mirostat_tau.unwrap_or(base.mirostat_tau),
        mirostat_eta: more.mirostat_eta.unwrap_or(base.mirostat_eta),
        bias: options.logit_bias.iter().map(|(id, bias)| (token(*id), banned(*bias))).collect(),
        seed: asked.seed.unwrap_or_else(random_seed),
    }
}

fn token(id: u32) -> Token {
    Token(i32::try_from(id).unwrap_or(i32::MAX))
}

fn banned(bias: f32) -> f32 {
    if bias <= BAN { f32::NEG_INFINITY } else { bias }
}

/// Refuses a bias for a token that the model does not have.
pub(crate) fn check(model: &Model, options: &AnswerOptions) -> Result<(), Error> {
    let known = options.logit_bias.iter().all(|(id, _)| model.has(token(*id)));
    if known { Ok(()) } else { Err(Error::OutOfRange("logit_bias")) }
}

/// Differs from call to call; needs to be no secret, so the keys of the standard hasher do.
pub(crate) fn random_seed() -> u32 {
    let bytes = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// How likely a token was by these logits, and the `most` likeliest there.
pub(crate) fn logprob(model: &Model, logits: &[f32], taken: Token, most: u32) -> TokenLogprob {
    let best = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - best).exp()).sum();
    #[allow(clippy::cast_possible_truncation, reason = "a logarithm of at most 2^31 terms")]
    let whole = best + sum.ln() as f32;
    let probability = |id: usize| TokenProbability {
        bytes: text(model, Token(i32::try_from(id).unwrap_or(i32::MAX))),
        logprob: logits[id] - whole,
    };
    let mut top: Vec<usize> = (0..logits.len()).collect();
    let most = (most as usize).min(top.len());
    let order = |a: &usize, b: &usize| logits[*b].total_cmp(&logits[*a]);
    if most > 0 && most < top.len() {
        top.select_nth_unstable_by(most - 1, order);
    }
    top.truncate(most);
    top.sort_by(order);
    let taken = usize::try_from(taken.0).unwrap_or(0).min(logits.len().saturating_sub(1));
    TokenLogprob { token: probability(taken), top: top.into_iter().map(probability).collect() }
}

/// The bytes of a token, those of a mark included.
fn text(model: &Model, token: Token) -> Vec<u8> {
    let bytes = model.piece(token, false);
    if bytes.is_empty() { model.piece(token, true) } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(asked: &SamplingParams) -> SamplerParams {
        params(asked, &AnswerOptions::default())
    }

    #[test]
    fn a_given_seed_is_kept_and_a_missing_one_differs() {
        let asked = SamplingParams { seed: Some(7), ..Default::default() };
        assert_eq!(made(&asked).seed, 7);
        let none = SamplingParams::default();
        assert!((0..8).any(|_| made(&none).seed != made(&none).seed));
    }

    #[test]
    fn a_temperature_of_zero_stays_zero() {
        let asked = SamplingParams { temperature: Some(0.0), ..Default::default() };
        assert!(made(&asked).temperature <= 0.0);
    }

    #[test]
    fn a_bias_of_minus_a_hundred_is_a_ban() {
        let options =
            AnswerOptions { logit_bias: vec![(3, -100.0), (4, 5.0)], ..AnswerOptions::default() };
        let bias = params(&SamplingParams::default(), &options).bias;
        assert_eq!(bias, [(Token(3), f32::NEG_INFINITY), (Token(4), 5.0)]);
    }
}
