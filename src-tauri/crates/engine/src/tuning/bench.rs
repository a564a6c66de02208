//! A loaded model under the stopwatch.

use std::time::{Duration, Instant};

use hearth_llama::{Batch, Context, Decoded, Error as LlamaError, Model, ModelParams, Token};

use crate::{Error, load};

/// Sequences of the widest step.
pub(super) const WIDEST: u32 = 8;

/// A model, a context, and the time that is left.
pub(super) struct Bench {
    model: Model,
    context: Context,
    n_vocab: i32,
    end: Instant,
    pub(super) load_ms: u32,
}

impl Bench {
    pub(super) fn load(path: &std::path::Path, end: Instant) -> Result<Self, Error> {
        let began = Instant::now();
        let model =
            Model::load(path, &ModelParams::default(), &mut |_| true).map_err(Error::from_load)?;
        let load_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let n_vocab = i32::try_from(model.vocab_size()).unwrap_or(i32::MAX).max(1);
        let context = context(&model, false)?;
        Ok(Self { model, context, n_vocab, end, load_ms })
    }

    /// The same model with a cache of eight bits.
    pub(super) fn with_q8(self) -> Result<Self, Error> {
        let Self { model, context: before, n_vocab, end, load_ms } = self;
        drop(before);
        let context = context(&model, true)?;
        Ok(Self { model, context, n_vocab, end, load_ms })
    }

    pub(super) fn weights(&self) -> u64 {
        self.model.size()
    }

    pub(super) fn kv_bytes_per_token(&self) -> u64 {
        self.model.header().kv_bytes_per_token
    }

    /// Time that is left.
    pub(super) fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    pub(super) fn threads(&mut self, threads: u32) -> Result<(), Error> {
        self.context.set_threads(threads, threads).map_err(Error::Inference)
    }

    /// Empties every sequence.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        for seq in 0..WIDEST {
            let seq = i32::try_from(seq).unwrap_or(0);
            self.context.seq_remove(seq, -1, -1).map_err(Error::Inference)?;
        }
        Ok(())
    }

    /// Reads so many tokens into each of the first sequences, `chunk` at a time; gives the time.
    pub(super) fn read(&mut self, width: u32, tokens: u32, chunk: u32) -> Result<Duration, Error> {
        let began = Instant::now();
        for seq in 0..width {
            let mut at = 0;
            while at < tokens {
                let len = chunk.min(tokens - at);
                self.step((at..at + len).map(|pos| (seq, pos)))?;
                at += len;
            }
        }
        Ok(began.elapsed())
    }

    /// Median microseconds of a step that gives each of the first sequences one token more, from
    /// position `depth` on.
    pub(super) fn widths(&mut self, width: u32, depth: u32, most: u32) -> Result<u32, Error> {
        let mut taken = Vec::new();
        let began = Instant::now();
        for round in 0..most.max(3) {
            let start = Instant::now();
            self.step((0..width).map(|seq| (seq, depth + round)))?;
            taken.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
            if taken.len() >= 3 && began.elapsed() * 6 > self.left() {
                break;
            }
        }
        taken.sort_unstable();
        Ok(taken[taken.len() / 2])
    }

    fn step(&mut self, places: impl Iterator<Item = (u32, u32)>) -> Result<(), Error> {
        let mut batch = Batch::new(load::BATCH as usize, WIDEST);
        let places: Vec<_> = places.collect();
        for (at, (seq, pos)) in places.iter().enumerate() {
            let (seq, pos) = (i32::try_from(*seq).unwrap_or(0), i32::try_from(*pos).unwrap_or(0));
            let token = Token((pos.wrapping_mul(7919).wrapping_add(seq)).rem_euclid(self.n_vocab));
            // One row for each sequence is what answers need.
            let last = places.get(at + 1).is_none_or(|next| next.0 != places[at].0);
            batch.push(token, pos, seq, last).map_err(Error::Inference)?;
        }
        match self.context.decode(&batch).map_err(Error::Inference)? {
            Decoded::Done => Ok(()),
            Decoded::NoSlot | Decoded::Aborted => Err(Error::Inference(LlamaError::DecodeFailed)),
        }
    }
}

fn context(model: &Model, kv_q8: bool) -> Result<Context, Error> {
    // A context in which every step of the measuring fits.
    let mut params = load::context_params(4096, WIDEST, [1; 2], load::BATCH);
    params.kv_q8 = kv_q8;
    Context::new(model, &params).map_err(Error::from_load)
}
