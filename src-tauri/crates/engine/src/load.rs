//! Loading: sizes from the model and the computer, then weights, context and a first small step.

use std::thread;

use hearth_domain::{AnswerOptions, ComputeLease, ErrorCode, MemoryUse, Priority};
use hearth_llama::{
    Batch, Context, ContextParams, Decoded, Encoder, EncoderParams, Model, ModelParams, PairMarks,
    Token, gguf::Pooling,
};
use sysinfo::System;

use crate::{
    Error, Fingerprint, Footprint, ModelSpec, Room,
    cache::{self, Form},
    scheduler::Cut,
};

/// Tokens of one step at most, and tokens that the network reads at once: more of them make
/// reading no faster on a processor, and the compute lease is held longer.
pub(crate) const BATCH: u32 = 512;
/// What all sequences share unless the person says otherwise.
const USUAL_CONTEXT: u32 = 8192;
/// Tokens of a text that becomes a vector, unless the person says otherwise: work buffers grow with
/// its square where all of it is read at once.
const USUAL_TEXT: u32 = 2048;
/// Texts that an encoder reads at once.
const TEXTS: u32 = 16;
/// Less than this makes no conversation.
const LEAST_CONTEXT: u32 = 2048;
/// llama.cpp rounds a context up to a multiple of this.
pub(crate) const CONTEXT_UNIT: u32 = 256;
/// The share of the computer's memory that the KV cache may take unasked: one part in this many.
const MEMORY_PARTS: u64 = 8;

/// A model that can be used.
pub(crate) struct Loaded {
    pub(crate) model: Model,
    pub(crate) context: Context,
    /// Tokens of one step at most.
    pub(crate) batch: usize,
    /// Tokens of one sequence at most.
    pub(crate) sequence_limit: usize,
    /// Where a sequence can be cut and copied in part.
    pub(crate) cut: Cut,
    /// How states of its sequences are kept.
    pub(crate) form: Form,
    /// Names it in the cache; `None` where the file cannot be read by now.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) memory: MemoryUse,
    /// Threads for steps of single tokens and for reading prompts.
    pub(crate) threads: [u32; 2],
}

/// An encoder that can be used.
pub(crate) struct LoadedEncoder {
    pub(crate) encoder: Encoder,
    /// Tokens that are read at once, and so of one text at most.
    pub(crate) limit: usize,
    /// Texts that are read at once.
    pub(crate) texts: usize,
    /// What stands around a question and a text, where it ranks.
    pub(crate) pair: Option<PairMarks>,
    pub(crate) memory: MemoryUse,
}

/// Reads the weights. `progress` gets 0 to 1 and stops the loading with `false`.
pub(crate) fn weights(
    spec: &ModelSpec,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Model, Error> {
    Model::load(&spec.path, &ModelParams::default(), progress).map_err(Error::from_load)
}

/// Makes an encoder of a model; `n_ctx` are the tokens of a text that were asked for, or 0.
pub(crate) fn encoder(model: &Model, n_ctx: u32, n_threads: u32) -> Result<LoadedEncoder, Error> {
    let header = model.header();
    let pooling = header.pooling.ok_or(Error::WrongPurpose)?;
    let ranks = matches!(pooling, Pooling::Rank { .. });
    let pair = ranks.then(|| model.pair_marks().map_err(Error::from_load)).transpose()?;
    let n_batch = text_limit(header.context_length, n_ctx);
    let n_texts = TEXTS.min(n_batch);
    let params = EncoderParams { n_batch, n_texts, n_threads, pooling };
    let encoder = Encoder::new(model, &params).map_err(Error::from_load)?;
    if matches!(pooling, Pooling::Rank { classes } if classes as usize != encoder.dimensions()) {
        return Err(Error::Refused(ErrorCode::ModelUnsupported));
    }
    let memory = encoder.memory();
    let (limit, texts) = (n_batch as usize, n_texts as usize);
    Ok(LoadedEncoder { encoder, limit, texts, pair, memory })
}

impl LoadedEncoder {
    /// A step of one token: pays what only the first step costs.
    pub(crate) fn first_step(&mut self) -> Result<(), Error> {
        let token = self.encoder.model().bos().unwrap_or(Token(0));
        self.encoder.encode(&[&[token]]).map(drop).map_err(Error::from_load)
    }
}

/// Tokens that an encoder reads of one text: what it was trained to, up to what was asked or is usual.
/// A longer one would reach beyond the positions that it knows.
pub(crate) fn text_limit(trained: u32, asked: u32) -> u32 {
    let most = if asked == 0 { USUAL_TEXT } else { asked };
    trained.min(most).max(1)
}

/// Makes a model ready that writes.
pub(crate) fn load(
    spec: &ModelSpec,
    model: Model,
    priority: Priority,
    lease: &dyn ComputeLease,
) -> Result<Loaded, Error> {
    let parallel = spec.parallel.clamp(1, 64);
    let train = model.n_ctx_train();
    let n_ctx = match spec.n_ctx {
        0 => {
            let footprint = spec.footprint.unwrap_or_else(|| Footprint::of_header(model.header()));
            auto_context(train, parallel, &footprint, &Room::read())
        }
        asked => asked.max(CONTEXT_UNIT),
    };
    let threads = spec.threads();
    let batch = spec.tuning.as_ref().map_or(BATCH, |tuning| tuning.batch.clamp(32, BATCH));
    let scratch = (model.window() == 0 && !model.is_stateful()).then_some(parallel);
    // Blocks of states come and go through a sequence of their own.
    let sequences = parallel + u32::from(scratch.is_some());
    let batch = batch.min(n_ctx).max(sequences);
    let params = context_params(n_ctx, sequences, threads, batch);
    let mut context = Context::new(&model, &params).map_err(Error::from_load)?;
    let guard = lease.acquire(priority);
    let scratch = scratch.and_then(|seq| i32::try_from(seq).ok());
    let (cut, form) = first_step(&model, &mut context, scratch).map_err(Error::from_load)?;
    drop(guard);
    let shape = format!("kv_q8 {}", params.kv_q8);
    let fingerprint = cache::fingerprint(&spec.path, shape.as_bytes());
    let memory = context.memory();
    let pool = context.n_ctx();
    let sequence_limit = if train == 0 { pool } else { pool.min(train) } as usize;
    tracing::info!(n_ctx = pool, parallel, threads = threads[0], ?cut, "a model is ready");
    let batch = batch as usize;
    Ok(Loaded { model, context, batch, sequence_limit, cut, form, fingerprint, memory, threads })
}

/// A step of two tokens: pays what only the first step costs, and tells whether the model can
/// forget the end of a sequence, which recurrent ones cannot, and give one position by itself.
fn first_step(
    model: &Model,
    context: &mut Context,
    scratch: Option<i32>,
) -> Result<(Cut, Form), hearth_llama::Error> {
    let token = model.bos().unwrap_or(Token(0));
    let mut batch = Batch::new(2, 1);
    batch.push(token, 0, 0, false)?;
    batch.push(token, 1, 0, true)?;
    let done = context.decode(&batch)? == Decoded::Done;
    let alone = match scratch {
        Some(scratch) if done => gives_one(context, scratch)?,
        _ => false,
    };
    let divisible = done && context.seq_remove(0, 1, -1)?;
    context.seq_remove(0, -1, -1)?;
    let cut = match model.window() {
        _ if !divisible => Cut::Never,
        0 => Cut::Anywhere,
        window => Cut::Window(window as usize),
    };
    let form = if alone && cut == Cut::Anywhere { Form::Blocks } else { Form::Whole };
    Ok((cut, form))
}

/// Whether a position can be saved and brought back without those before it.
fn gives_one(context: &mut Context, scratch: i32) -> Result<bool, hearth_llama::Error> {
    context.seq_copy(0, scratch, 1, 2)?;
    let saved = context.state_save(scratch);
    context.seq_remove(scratch, -1, -1)?;
    let Ok(saved) = saved else { return Ok(false) };
    let back = context.state_restore(scratch, &saved).is_ok()
        && context.seq_pos_min(scratch)? == Some(1)
        && context.seq_pos_max(scratch)? == Some(1);
    context.seq_remove(scratch, -1, -1)?;
    Ok(back)
}

/// The sizes of a context: `threads` for steps of single tokens and for reading prompts.
pub(crate) fn context_params(
    n_ctx: u32,
    parallel: u32,
    threads: [u32; 2],
    batch: u32,
) -> ContextParams {
    ContextParams {
        n_ctx,
        n_batch: batch,
        n_ubatch: batch,
        n_seq_max: parallel,
        // A row of logits a sequence and one a guess: the default would hold memory for hundreds.
        n_outputs_max: (parallel + AnswerOptions::MOST_DRAFTED).min(batch),
        n_threads: threads[0],
        n_threads_batch: threads[1],
        kv_q8: false,
    }
}

/// Tokens that all sequences share: what they can use, no more than usual, no more than an eighth
/// of the memory or what is free of it, and no less than a conversation needs.
pub(crate) fn auto_context(train: u32, parallel: u32, footprint: &Footprint, room: &Room) -> u32 {
    let useful = if train == 0 { USUAL_CONTEXT } else { train.saturating_mul(parallel.max(1)) };
    let part = (room.total / MEMORY_PARTS).checked_div(footprint.cache_per_token);
    let part = part.map_or(u32::MAX, |tokens| u32::try_from(tokens).unwrap_or(u32::MAX));
    let free = match room.total {
        0 => u32::MAX,
        _ => footprint.context_within(room.available / 10 * 9).unwrap_or(0),
    };
    let affordable = part.min(free).max(LEAST_CONTEXT);
    let chosen = useful.min(USUAL_CONTEXT).min(affordable);
    (chosen / CONTEXT_UNIT * CONTEXT_UNIT).max(CONTEXT_UNIT)
}

/// More threads than cores make each other wait. A container may have fewer than the computer.
pub(crate) fn physical_cores() -> u32 {
    let allowed = thread::available_parallelism().map_or(1, usize::from);
    let cores = System::physical_core_count().map_or(allowed, |cores| cores.clamp(1, allowed));
    u32::try_from(cores).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn chosen(train: u32, parallel: u32, cache_per_token: u64, total: u64) -> u32 {
        let footprint = Footprint { cache_per_token, ..Footprint::default() };
        auto_context(train, parallel, &footprint, &Room { total, available: total, swap: 0 })
    }

    #[test]
    fn a_small_model_gets_the_usual_context() {
        assert_eq!(chosen(8192, 8, 23_040, 16 * GIB), 8192);
        assert_eq!(chosen(131_072, 8, 12_288, 16 * GIB), 8192);
    }

    #[test]
    fn a_large_model_gets_what_an_eighth_of_the_memory_holds() {
        assert_eq!(chosen(131_072, 8, 512 << 10, 16 * GIB), 4096);
    }

    #[test]
    fn a_conversation_fits_even_where_memory_is_short() {
        assert_eq!(chosen(131_072, 8, 512 << 10, 4 * GIB), 2048);
    }

    #[test]
    fn a_context_leaves_room_where_little_is_free() {
        let footprint =
            Footprint { weights: 5 * GIB, cache_per_token: 256 << 10, ..Footprint::default() };
        let room = Room { total: 16 * GIB, available: 7 * GIB, swap: 0 };
        let chosen = auto_context(131_072, 8, &footprint, &room);
        assert_eq!(chosen, 5120);
        assert!(footprint.at(chosen).total() <= room.available / 10 * 9);
    }

    #[test]
    fn many_short_sequences_share_more_than_one_can_use() {
        assert_eq!(chosen(512, 8, 1024, 16 * GIB), 4096);
        assert_eq!(chosen(100, 1, 1024, 16 * GIB), 256);
        assert_eq!(chosen(512, 1, 0, 16 * GIB), 512);
    }
}
