//! From logits to a token, by llama.cpp's samplers in llama.cpp's order. What is not here: stop texts
//! and the length of an answer; those are the engine's.

use std::ptr;

use crate::ffi::{self, RawSampler, RawSamplerParams};
use crate::{Context, Error, Model, Token};

/// How a token is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplerParams {
    /// Randomness; 0 takes the likeliest token each time.
    pub temperature: f32,
    /// Keep this many of the likeliest tokens; 0 is off.
    pub top_k: u32,
    /// Keep the likeliest tokens that together have this probability; 1 is off.
    pub top_p: f32,
    /// Drop tokens less likely than this share of the likeliest; 0 is off.
    pub min_p: f32,
    /// Tokens that the penalties look back on.
    pub penalty_last_n: u32,
    /// Divides the logits of tokens seen lately; 1 is off.
    pub repeat_penalty: f32,
    /// Taken from the logits by how often a token was seen; 0 is off.
    pub frequency_penalty: f32,
    /// Taken from the logits of any token seen; 0 is off.
    pub presence_penalty: f32,
    /// Makes the choice repeatable.
    pub seed: u32,
}

impl Default for SamplerParams {
    fn default() -> Self {
        Self {
            temperature: 0.8,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            penalty_last_n: 64,
            repeat_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            seed: 0,
        }
    }
}

impl SamplerParams {
    fn raw(&self) -> Result<RawSamplerParams, Error> {
        let finite = [
            self.temperature,
            self.top_p,
            self.min_p,
            self.repeat_penalty,
            self.frequency_penalty,
            self.presence_penalty,
        ];
        let sound = finite.iter().all(|number| number.is_finite())
            && self.repeat_penalty > 0.0
            && (0.0..=1.0).contains(&self.top_p)
            && (0.0..=1.0).contains(&self.min_p)
            && self.penalty_last_n <= 65_536;
        if !sound {
            return Err(Error::SamplerParams);
        }
        Ok(RawSamplerParams {
            temperature: self.temperature,
            top_k: i32::try_from(self.top_k).map_err(|_| Error::SamplerParams)?,
            top_p: self.top_p,
            min_p: self.min_p,
            penalty_last_n: i32::try_from(self.penalty_last_n).map_err(|_| Error::SamplerParams)?,
            repeat_penalty: self.repeat_penalty,
            frequency_penalty: self.frequency_penalty,
            presence_penalty: self.presence_penalty,
            seed: self.seed,
        })
    }
}

/// Chooses the tokens of one sequence.
pub struct Sampler {
    raw: *mut RawSampler,
    /// Keeps the vocabulary alive that the sampler points into.
    model: Model,
}

// SAFETY: the sampler is bound to no thread, and every use needs `&mut self`.
unsafe impl Send for Sampler {}

impl Drop for Sampler {
    fn drop(&mut self) {
        // SAFETY: made by `hs_sampler_new`, freed once.
        let _ = ffi::call("sampler_free", |st| unsafe { ffi::hs_sampler_free(st, self.raw) });
    }
}

impl std::fmt::Debug for Sampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sampler").finish_non_exhaustive()
    }
}

impl Sampler {
    /// Makes a sampler for a model.
    ///
    /// # Errors
    /// [`Error::SamplerParams`], or what the shim reports.
    pub fn new(model: &Model, params: &SamplerParams) -> Result<Self, Error> {
        let params = params.raw()?;
        let mut raw = ptr::null_mut();
        ffi::call("sampler_new", |st| {
            // SAFETY: model and parameters live during the call; `model` is kept below.
            unsafe { ffi::hs_sampler_new(st, model.raw(), &raw const params, &raw mut raw) };
        })?;
        Ok(Self { raw, model: model.clone() })
    }

    /// Chooses a token from an output of the last step and takes it as seen.
    ///
    /// # Errors
    /// [`Error::OutputOutOfRange`], or what the shim reports: [`Error::Exception`] where the logits
    /// are not numbers.
    pub fn sample(&mut self, context: &Context, output: usize) -> Result<Token, Error> {
        let place = context.place(output)?;
        let mut token = -1;
        ffi::call("sampler_sample", |st| {
            // SAFETY: the place is one of the last step's outputs; reading them changes nothing.
            unsafe {
                ffi::hs_sampler_sample(st, self.raw, context.raw(), place, &raw mut token);
            }
        })?;
        Ok(Token(token))
    }

    /// Takes a token as seen, such as one of the prompt.
    ///
    /// # Errors
    /// [`Error::TokenOutOfRange`], or what the shim reports.
    pub fn accept(&mut self, token: Token) -> Result<(), Error> {
        if !self.model.has(token) {
            return Err(Error::TokenOutOfRange);
        }
        // SAFETY: the token is in the vocabulary.
        ffi::call("sampler_accept", |st| unsafe {
            ffi::hs_sampler_accept(st, self.raw, token.0);
        })
    }

    /// Forgets what was seen and begins its random numbers again.
    ///
    /// # Errors
    /// What the shim reports.
    pub fn reset(&mut self) -> Result<(), Error> {
        // SAFETY: the sampler lives.
        ffi::call("sampler_reset", |st| unsafe { ffi::hs_sampler_reset(st, self.raw) })
    }
}
