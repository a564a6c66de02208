//! A context: the memory of many sequences and the steps of the network over it. What is not here:
//! whose sequence is whose, and when a step is taken; that is the engine's.

use std::ptr;
use std::sync::PoisonError;

use hearth_domain::MemoryUse;

use crate::abort::{self, AbortFlag};
use crate::ffi::{self, ContextFacts, RawContext, RawContextParams};
use crate::{Batch, Error, Model};

/// Sequences that llama.cpp holds at most.
const MOST_SEQUENCES: u32 = 256;

/// The sizes of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextParams {
    /// Tokens that all sequences share; rounded up to 256.
    pub n_ctx: u32,
    /// Tokens of one batch at most.
    pub n_batch: u32,
    /// Tokens that the network reads at once.
    pub n_ubatch: u32,
    /// Sequences, 1 to 256.
    pub n_seq_max: u32,
    /// Outputs of one batch at most; raised to `n_seq_max` where it is less. Memory is held for all.
    pub n_outputs_max: u32,
    /// Threads for steps of single tokens.
    pub n_threads: u32,
    /// Threads for reading prompts.
    pub n_threads_batch: u32,
    /// Keep the cache in eight bits a number instead of sixteen: half the memory. On a processor it
    /// is slower; it is for where memory is short.
    pub kv_q8: bool,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// All of it was done; the outputs are there.
    Done,
    /// There was no room for it; nothing changed.
    NoSlot,
    /// The abort flag stopped it. Parts may have been done: ask [`Context::seq_pos_max`] of every
    /// sequence of the batch.
    Aborted,
}

/// Memory for sequences on a model. Used by one thread at a time, freed on drop.
pub struct Context {
    raw: *mut RawContext,
    model: Model,
    abort: AbortFlag,
    facts: ContextFacts,
    n_outputs_max: usize,
    /// For each output of the last step its place in the batch.
    outputs: Vec<i32>,
}

// SAFETY: llama.cpp's context is bound to no thread; `&mut self` keeps two from using it at once, and
// what `&self` does is reading.
unsafe impl Send for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        let _guard = self.model.creating().lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: made by `hs_context_new`, freed once; the model lives until the fields drop.
        let _ = ffi::call("context_free", |st| unsafe { ffi::hs_context_free(st, self.raw) });
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("n_ctx", &self.facts.n_ctx).finish_non_exhaustive()
    }
}

impl Context {
    /// Sets up the memory. Flash attention is chosen by llama.cpp, all sequences share one cache, and
    /// nothing goes to a graphics processor that is not there.
    ///
    /// # Errors
    /// [`Error::ContextParams`] for sizes that llama.cpp would abort on, [`Error::OutOfMemory`],
    /// [`Error::ContextFailed`].
    pub fn new(model: &Model, params: &ContextParams) -> Result<Self, Error> {
        check(params)?;
        let abort = AbortFlag::default();
        let n_outputs_max = params.n_outputs_max.max(params.n_seq_max);
        let threads = |n: u32| i32::try_from(n.clamp(1, 512)).unwrap_or(1);
        let raw_params = RawContextParams {
            n_ctx: params.n_ctx,
            n_batch: params.n_batch,
            n_ubatch: params.n_ubatch,
            n_seq_max: params.n_seq_max,
            n_outputs_max,
            n_threads: threads(params.n_threads),
            n_threads_batch: threads(params.n_threads_batch),
            kv_q8: i32::from(params.kv_q8),
            abort: Some(abort::poll),
            user: abort.as_user(),
        };
        let mut raw = ptr::null_mut();
        let guard = model.creating().lock().unwrap_or_else(PoisonError::into_inner);
        let made = ffi::call("context_new", |st| {
            // SAFETY: the model lives in `model`, the parameters during the call, the flag in `abort`.
            unsafe { ffi::hs_context_new(st, model.raw(), &raw const raw_params, &raw mut raw) };
        });
        drop(guard);
        made.map_err(|error| match error {
            Error::OutOfMemory => error,
            _ => Error::ContextFailed,
        })?;
        let mut context = Self {
            raw,
            model: model.clone(),
            abort,
            facts: ContextFacts::default(),
            n_outputs_max: n_outputs_max as usize,
            outputs: Vec::new(),
        };
        context.describe()?;
        Ok(context)
    }

    fn describe(&mut self) -> Result<(), Error> {
        let facts = &raw mut self.facts;
        // SAFETY: the context was just made; `facts` lives during the call.
        ffi::call("context_describe", |st| unsafe {
            ffi::hs_context_describe(st, self.raw, facts);
        })
        .map_err(|_| Error::ContextFailed)
    }

    /// Takes one step over the batch.
    ///
    /// # Errors
    /// [`Error::BatchEmpty`], [`Error::BatchFull`], [`Error::TooManyOutputs`],
    /// [`Error::TokenOutOfRange`], [`Error::SequenceOutOfRange`] and [`Error::PositionGap`] before
    /// anything is done; [`Error::OutOfMemory`], [`Error::Exception`] or [`Error::DecodeFailed`] after
    /// which the sequences of the batch are in doubt.
    pub fn decode(&mut self, batch: &Batch) -> Result<Decoded, Error> {
        self.outputs.clear();
        self.check(batch)?;
        let n = i32::try_from(batch.len()).map_err(|_| Error::BatchFull)?;
        let mut input = batch.clone();
        let mut result = 0;
        ffi::call("decode", |st| {
            // SAFETY: the four arrays have `n` entries each and live during the call.
            unsafe {
                ffi::hs_decode(
                    st,
                    self.raw,
                    n,
                    input.tokens.as_mut_ptr(),
                    input.positions.as_mut_ptr(),
                    input.sequences.as_mut_ptr(),
                    input.wants.as_mut_ptr(),
                    &raw mut result,
                );
            }
        })?;
        match result {
            0 => {
                let places = (0..n).zip(&batch.wants).filter(|(_, want)| **want != 0);
                self.outputs.extend(places.map(|(place, _)| place));
                Ok(Decoded::Done)
            }
            1 => Ok(Decoded::NoSlot),
            2 => Ok(Decoded::Aborted),
            -1 => Err(Error::Refused { call: "decode" }),
            _ => Err(Error::DecodeFailed),
        }
    }

    fn check(&self, batch: &Batch) -> Result<(), Error> {
        if batch.is_empty() {
            return Err(Error::BatchEmpty);
        }
        if batch.len() > self.facts.n_batch as usize {
            return Err(Error::BatchFull);
        }
        if batch.outputs() > self.n_outputs_max {
            return Err(Error::TooManyOutputs);
        }
        let n_vocab = self.model.facts().n_vocab;
        if batch.tokens.iter().any(|token| !(0..n_vocab).contains(token)) {
            return Err(Error::TokenOutOfRange);
        }
        for (seq, start) in batch.starts() {
            let last = self.seq_pos_max(seq)?;
            if start != last.map_or(0, |last| last.saturating_add(1)) {
                return Err(Error::PositionGap);
            }
        }
        Ok(())
    }

    /// The logits of an output of the last step; see [`Batch::push`].
    ///
    /// # Errors
    /// [`Error::OutputOutOfRange`], or what the shim reports.
    pub fn logits(&self, output: usize) -> Result<&[f32], Error> {
        let place = self.place(output)?;
        let mut row = ptr::null();
        ffi::call("logits", |st| {
            // SAFETY: the place is one of the last step's outputs.
            unsafe { ffi::hs_logits(st, self.raw, place, &raw mut row) };
        })?;
        // SAFETY: llama.cpp gives a row of `n_vocab` numbers that lives until the next step, and the
        // next step needs `&mut self`.
        Ok(unsafe { std::slice::from_raw_parts(row, self.model.vocab_size()) })
    }

    pub(crate) fn place(&self, output: usize) -> Result<i32, Error> {
        self.outputs.get(output).copied().ok_or(Error::OutputOutOfRange)
    }

    /// Changes the threads of the steps to come.
    ///
    /// # Errors
    /// What the shim reports.
    pub fn set_threads(&mut self, n_threads: u32, n_threads_batch: u32) -> Result<(), Error> {
        let threads = |n: u32| i32::try_from(n.clamp(1, 512)).unwrap_or(1);
        ffi::call("set_threads", |st| {
            // SAFETY: the context lives; both numbers are in range.
            unsafe {
                ffi::hs_set_threads(st, self.raw, threads(n_threads), threads(n_threads_batch));
            }
        })
    }

    /// The flag that stops the running step from another thread.
    #[must_use]
    pub fn abort_flag(&self) -> AbortFlag {
        self.abort.clone()
    }

    pub(crate) fn raw(&self) -> *mut RawContext {
        self.raw
    }

    /// Tokens that all sequences share.
    #[must_use]
    pub fn n_ctx(&self) -> u32 {
        self.facts.n_ctx
    }

    /// Tokens of one batch at most.
    #[must_use]
    pub fn n_batch(&self) -> u32 {
        self.facts.n_batch
    }

    /// Sequences.
    #[must_use]
    pub fn n_seq_max(&self) -> u32 {
        self.facts.n_seq_max
    }

    /// The model that it runs.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What it costs, by llama.cpp's own count.
    #[must_use]
    pub fn memory(&self) -> MemoryUse {
        let mut raw = ffi::RawMemory::default();
        // SAFETY: the context lives; `raw` lives during the call.
        let counted = ffi::call("memory_use", |st| unsafe {
            ffi::hs_memory_use(st, self.raw, &raw mut raw);
        });
        let context = self.facts.n_ctx;
        if counted.is_err() || raw.weights == 0 {
            let kv_cache = self.model.header().kv_bytes_per_token * u64::from(context);
            return MemoryUse {
                weights: self.model.size(),
                kv_cache,
                compute: raw.compute,
                kept: 0,
                context,
            };
        }
        let (weights, kv_cache, compute) = (raw.weights, raw.kv_cache, raw.compute);
        MemoryUse { weights, kv_cache, compute, kept: 0, context }
    }
}

/// llama.cpp aborts on some sizes and gives no context for others: both are refused here.
fn check(params: &ContextParams) -> Result<(), Error> {
    let sound = params.n_ctx > 0
        && i32::try_from(params.n_ctx).is_ok()
        && params.n_ubatch > 0
        && params.n_ubatch <= params.n_batch
        && (1..=MOST_SEQUENCES).contains(&params.n_seq_max)
        && params.n_seq_max <= params.n_batch
        && params.n_outputs_max <= params.n_batch;
    if sound { Ok(()) } else { Err(Error::ContextParams) }
}
