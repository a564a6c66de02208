//! From logits to a token, by llama.cpp's samplers in llama.cpp's order. What is not here: stop texts,
//! the length of an answer, and which tokens a form of answer admits; those are the engine's.

use std::ptr;

use crate::ffi::{self, RawSampler, RawSamplerParams};
use crate::{Context, Error, Model, Token};

/// How a token is chosen. The numbers mean what they mean to llama.cpp.
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
    /// Keep the locally typical tokens that together have this probability; 1 is off.
    pub typical_p: f32,
    /// Keep tokens within this many standard deviations of the likeliest; 0 is off.
    pub top_n_sigma: f32,
    /// How often the likeliest tokens are left out; 0 is off.
    pub xtc_probability: f32,
    /// From which probability on a token counts for that.
    pub xtc_threshold: f32,
    /// How far the temperature moves with the entropy; 0 is off.
    pub dynatemp_range: f32,
    /// How the entropy moves it.
    pub dynatemp_exponent: f32,
    /// Tokens that the penalties look back on.
    pub penalty_last_n: u32,
    /// Divides the logits of tokens seen lately; 1 is off.
    pub repeat_penalty: f32,
    /// Taken from the logits by how often a token was seen; 0 is off.
    pub frequency_penalty: f32,
    /// Taken from the logits of any token seen; 0 is off.
    pub presence_penalty: f32,
    /// Strength of the penalty on repeated sequences; 0 is off.
    pub dry_multiplier: f32,
    /// Base of its growth.
    pub dry_base: f32,
    /// Repetitions of this length are free.
    pub dry_allowed_length: u32,
    /// Tokens that it looks back on.
    pub dry_last_n: u32,
    /// Mirostat: 0 (off), 1 or 2.
    pub mirostat: u32,
    /// The surprise that Mirostat aims at.
    pub mirostat_tau: f32,
    /// How fast Mirostat learns.
    pub mirostat_eta: f32,
    /// Added to the logits of these tokens; minus infinity bans one.
    pub bias: Vec<(Token, f32)>,
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
            typical_p: 1.0,
            top_n_sigma: 0.0,
            xtc_probability: 0.0,
            xtc_threshold: 0.1,
            dynatemp_range: 0.0,
            dynatemp_exponent: 1.0,
            penalty_last_n: 64,
            repeat_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            dry_multiplier: 0.0,
            dry_base: 1.75,
            dry_allowed_length: 2,
            dry_last_n: 1024,
            mirostat: 0,
            mirostat_tau: 5.0,
            mirostat_eta: 0.1,
            bias: Vec::new(),
            seed: 0,
        }
    }
}

/// Tokens that a penalty looks back on at most.
const MOST_BACK: u32 = 65_536;

impl SamplerParams {
    fn is_sound(&self) -> bool {
        let finite = [
            self.temperature,
            self.top_n_sigma,
            self.xtc_threshold,
            self.dynatemp_range,
            self.dynatemp_exponent,
            self.repeat_penalty,
            self.frequency_penalty,
            self.presence_penalty,
            self.dry_multiplier,
            self.dry_base,
            self.mirostat_tau,
            self.mirostat_eta,
        ];
        let shares = [self.top_p, self.min_p, self.typical_p, self.xtc_probability];
        finite.iter().all(|number| number.is_finite())
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
            && self.repeat_penalty > 0.0
            && (1.0 / self.repeat_penalty).is_finite()
            && self.dry_base >= 1.0
            && self.penalty_last_n <= MOST_BACK
            && self.dry_last_n <= MOST_BACK
            && self.mirostat <= 2
            && self.bias.iter().all(|(_, bias)| *bias < f32::INFINITY)
    }

    /// Calls `f` with the parameters as C reads them.
    fn with_raw<T>(
        &self,
        model: &Model,
        f: impl FnOnce(&RawSamplerParams) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if !self.is_sound() {
            return Err(Error::SamplerParams);
        }
        if self.bias.iter().any(|(token, _)| !model.has(*token)) {
            return Err(Error::TokenOutOfRange);
        }
        let whole = |n: u32| i32::try_from(n).map_err(|_| Error::SamplerParams);
        let tokens: Vec<i32> = self.bias.iter().map(|(token, _)| token.0).collect();
        let values: Vec<f32> = self.bias.iter().map(|(_, bias)| *bias).collect();
        f(&RawSamplerParams {
            seed: self.seed,
            temperature: self.temperature,
            top_k: whole(self.top_k)?,
            top_p: self.top_p,
            min_p: self.min_p,
            typical_p: self.typical_p,
            top_n_sigma: self.top_n_sigma,
            xtc_probability: self.xtc_probability,
            xtc_threshold: self.xtc_threshold,
            dynatemp_range: self.dynatemp_range,
            dynatemp_exponent: self.dynatemp_exponent,
            penalty_last_n: whole(self.penalty_last_n)?,
            repeat_penalty: self.repeat_penalty,
            frequency_penalty: self.frequency_penalty,
            presence_penalty: self.presence_penalty,
            dry_multiplier: self.dry_multiplier,
            dry_base: self.dry_base,
            dry_allowed_length: whole(self.dry_allowed_length)?,
            dry_last_n: whole(self.dry_last_n)?,
            mirostat: whole(self.mirostat)?,
            mirostat_tau: self.mirostat_tau,
            mirostat_eta: self.mirostat_eta,
            n_bias: i32::try_from(tokens.len()).map_err(|_| Error::SamplerParams)?,
            bias_tokens: tokens.as_ptr(),
            bias_values: values.as_ptr(),
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
    /// [`Error::SamplerParams`], [`Error::TokenOutOfRange`], or what the shim reports.
    pub fn new(model: &Model, params: &SamplerParams) -> Result<Self, Error> {
        let mut raw = ptr::null_mut();
        params.with_raw(model, |params| {
            ffi::call("sampler_new", |st| {
                // SAFETY: model and parameters live during the call; `model` is kept below.
                unsafe { ffi::hs_sampler_new(st, model.raw(), &raw const *params, &raw mut raw) };
            })
        })?;
        Ok(Self { raw, model: model.clone() })
    }

    /// Chooses a token from an output of the last step and takes it as seen.
    ///
    /// # Errors
    /// As [`Sampler::choose`]; [`Error::NothingAllowed`] where every token is banned.
    pub fn sample(&mut self, context: &Context, output: usize) -> Result<Token, Error> {
        let token = self.choose(context, output, None)?.ok_or(Error::NothingAllowed)?;
        self.accept(token)?;
        Ok(token)
    }

    /// Chooses a token from an output of the last step and takes nothing as seen; `None` where no
    /// token may come. `mask` has a bit for each token that may, from the lowest bit of its first
    /// number on.
    ///
    /// # Errors
    /// [`Error::OutputOutOfRange`], [`Error::MaskTooShort`], or what the shim reports:
    /// [`Error::Exception`] where the logits are not numbers.
    pub fn choose(
        &mut self,
        context: &Context,
        output: usize,
        mask: Option<&[u32]>,
    ) -> Result<Option<Token>, Error> {
        let place = context.place(output)?;
        if mask.is_some_and(|mask| mask.len() * 32 < self.model.vocab_size()) {
            return Err(Error::MaskTooShort);
        }
        let mask = mask.map_or(ptr::null(), <[u32]>::as_ptr);
        let mut token = -1;
        ffi::call("sampler_choose", |st| {
            // SAFETY: the place is one of the last step's outputs, reading them changes nothing; the
            // mask has a bit for every token and lives during the call.
            unsafe {
                ffi::hs_sampler_choose(st, self.raw, context.raw(), place, mask, &raw mut token);
            }
        })?;
        Ok(Some(Token(token)).filter(|token| self.model.has(*token)))
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
