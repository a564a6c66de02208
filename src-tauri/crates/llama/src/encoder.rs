//! An encoder: texts go in, a vector of each comes out, and nothing is remembered. What is not here: which
//! texts are read together, and when; that is the engine's.

use std::{ptr, sync::PoisonError};

use hearth_domain::MemoryUse;

use crate::{
    Error, Model, Token,
    abort::{self, AbortFlag},
    ffi::{self, RawContext, RawContextParams, RawEncoderFacts},
    gguf::Pooling,
};

/// Sequences that llama.cpp holds at most.
const MOST_TEXTS: u32 = 256;

/// The sizes of an encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderParams {
    /// Tokens that are read at once, of all texts together; no text is longer.
    pub n_batch: u32,
    /// Texts that are read at once, 1 to 256.
    pub n_texts: u32,
    /// Threads.
    pub n_threads: u32,
    /// How the vectors of tokens become that of a text.
    pub pooling: Pooling,
}

/// A model that makes vectors. Used by one thread at a time, freed on drop.
pub struct Encoder {
    raw: *mut RawContext,
    model: Model,
    abort: AbortFlag,
    facts: RawEncoderFacts,
}

// SAFETY: llama.cpp's context is bound to no thread; `&mut self` keeps two from using it at once.
unsafe impl Send for Encoder {}

impl Drop for Encoder {
    fn drop(&mut self) {
        let _guard = self.model.creating().lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: made by `hs_encoder_new`, freed once; the model lives until the fields drop.
        let _ = ffi::call("context_free", |st| unsafe { ffi::hs_context_free(st, self.raw) });
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("n_embd", &self.facts.n_embd).finish_non_exhaustive()
    }
}

impl Encoder {
    /// Sets it up.
    ///
    /// # Errors
    /// [`Error::ContextParams`] for sizes that llama.cpp would abort on, [`Error::OutOfMemory`],
    /// [`Error::ContextFailed`].
    pub fn new(model: &Model, params: &EncoderParams) -> Result<Self, Error> {
        let sound = (1..=MOST_TEXTS).contains(&params.n_texts)
            && params.n_texts <= params.n_batch
            && i32::try_from(params.n_batch).is_ok();
        if !sound {
            return Err(Error::ContextParams);
        }
        let abort = AbortFlag::default();
        let threads = i32::try_from(params.n_threads.clamp(1, 512)).unwrap_or(1);
        let raw_params = RawContextParams {
            n_ctx: params.n_batch,
            n_batch: params.n_batch,
            n_ubatch: params.n_batch,
            n_seq_max: params.n_texts,
            n_outputs_max: params.n_batch,
            n_threads: threads,
            n_threads_batch: threads,
            kv_q8: 0,
            abort: Some(abort::poll),
            user: abort.as_user(),
        };
        let mut raw = ptr::null_mut();
        let guard = model.creating().lock().unwrap_or_else(PoisonError::into_inner);
        let made = ffi::call("encoder_new", |st| {
            let pooling = params.pooling.number();
            // SAFETY: the model lives in `model`, the parameters during the call, the flag in `abort`.
            unsafe {
                ffi::hs_encoder_new(st, model.raw(), &raw const raw_params, pooling, &raw mut raw);
            }
        });
        drop(guard);
        made.map_err(|error| match error {
            Error::OutOfMemory => error,
            _ => Error::ContextFailed,
        })?;
        let facts = RawEncoderFacts::default();
        let mut encoder = Self { raw, model: model.clone(), abort, facts };
        let facts = &raw mut encoder.facts;
        // SAFETY: the context was just made; `facts` lives during the call.
        ffi::call("encoder_describe", |st| unsafe {
            ffi::hs_encoder_describe(st, encoder.raw, facts);
        })
        .map_err(|_| Error::ContextFailed)?;
        Ok(encoder)
    }

    /// Numbers of a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        usize::try_from(self.facts.n_embd).unwrap_or_default()
    }

    /// The model that it runs.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The flag that stops the running step from another thread.
    #[must_use]
    pub fn abort_flag(&self) -> AbortFlag {
        self.abort.clone()
    }

    /// The vectors of some texts, as the network gives them; `None` where the abort flag stopped it.
    ///
    /// # Errors
    /// [`Error::BatchEmpty`] without texts or for one without tokens, [`Error::BatchFull`] for more
    /// than it reads at once, [`Error::TokenOutOfRange`]; [`Error::DecodeFailed`] and what the shim
    /// reports.
    pub fn encode(&mut self, texts: &[&[Token]]) -> Result<Option<Vec<Vec<f32>>>, Error> {
        if texts.is_empty() || texts.iter().any(|text| text.is_empty()) {
            return Err(Error::BatchEmpty);
        }
        let tokens: usize = texts.iter().map(|text| text.len()).sum();
        if tokens > self.facts.n_batch as usize || texts.len() > self.facts.n_seq_max as usize {
            return Err(Error::BatchFull);
        }
        let n_vocab = self.model.facts().n_vocab;
        if texts.iter().copied().flatten().any(|token| !(0..n_vocab).contains(&token.0)) {
            return Err(Error::TokenOutOfRange);
        }
        let Some(()) = self.step(texts)? else { return Ok(None) };
        (0..texts.len()).map(|at| self.vector(at)).collect::<Result<_, _>>().map(Some)
    }

    fn step(&mut self, texts: &[&[Token]]) -> Result<Option<()>, Error> {
        let (mut tokens, mut positions, mut sequences) = (Vec::new(), Vec::new(), Vec::new());
        for (seq, text) in (0_i32..).zip(texts) {
            for (position, token) in (0_i32..).zip(*text) {
                tokens.push(token.0);
                positions.push(position);
                sequences.push(seq);
            }
        }
        let n = i32::try_from(tokens.len()).map_err(|_| Error::BatchFull)?;
        let mut result = 0;
        ffi::call("encode", |st| {
            // SAFETY: the three arrays have `n` entries each and live during the call.
            unsafe {
                ffi::hs_encode(
                    st,
                    self.raw,
                    n,
                    tokens.as_mut_ptr(),
                    positions.as_mut_ptr(),
                    sequences.as_mut_ptr(),
                    &raw mut result,
                );
            }
        })?;
        match result {
            0 => Ok(Some(())),
            2 => Ok(None),
            _ => Err(Error::DecodeFailed),
        }
    }

    fn vector(&self, at: usize) -> Result<Vec<f32>, Error> {
        let seq = i32::try_from(at).map_err(|_| Error::SequenceOutOfRange)?;
        let mut row = ptr::null();
        ffi::call("vector", |st| {
            // SAFETY: the sequence is one of the last step's.
            unsafe { ffi::hs_vector(st, self.raw, seq, &raw mut row) };
        })?;
        // SAFETY: llama.cpp gives a row of `n_embd` numbers that lives until the next step, and it is
        // copied before that.
        Ok(unsafe { std::slice::from_raw_parts(row, self.dimensions()) }.to_vec())
    }

    /// What it costs, by llama.cpp's own count.
    #[must_use]
    pub fn memory(&self) -> MemoryUse {
        let mut raw = ffi::RawMemory::default();
        // SAFETY: the context lives; `raw` lives during the call.
        let _ = ffi::call("memory_use", |st| unsafe {
            ffi::hs_memory_use(st, self.raw, &raw mut raw);
        });
        let weights = if raw.weights == 0 { self.model.size() } else { raw.weights };
        let (kv_cache, compute) = (raw.kv_cache, raw.compute);
        MemoryUse { weights, kv_cache, compute, kept: 0, context: self.facts.n_batch }
    }
}
