//! Loading: sizes from the model and the computer, then weights, context and a first small step.

use std::thread;

use hearth_domain::{ComputeLease, MemoryUse, Priority};
use hearth_llama::{Batch, Context, ContextParams, Decoded, Model, ModelParams, Token};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::{Error, ModelSpec};

/// Tokens of one step at most, and tokens that the network reads at once: more of them make
/// reading no faster on a processor, and the compute lease is held longer.
const BATCH: u32 = 512;
/// What all sequences share unless the person says otherwise.
const USUAL_CONTEXT: u32 = 8192;
/// Less than this makes no conversation.
const LEAST_CONTEXT: u32 = 2048;
/// llama.cpp rounds a context up to a multiple of this.
const CONTEXT_UNIT: u32 = 256;
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
    /// Whether a sequence can be cut and copied in part.
    pub(crate) divisible: bool,
    pub(crate) memory: MemoryUse,
}

/// Loads a model. `progress` gets 0 to 1 and stops the loading with `false`.
pub(crate) fn load(
    spec: &ModelSpec,
    priority: Priority,
    lease: &dyn ComputeLease,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Loaded, Error> {
    let model =
        Model::load(&spec.path, &ModelParams::default(), progress).map_err(Error::from_load)?;
    let parallel = spec.parallel.clamp(1, 64);
    let train = model.n_ctx_train();
    let per_token = model.header().kv_bytes_per_token;
    let n_ctx = match spec.n_ctx {
        0 => auto_context(train, parallel, per_token, total_memory()),
        asked => asked.max(CONTEXT_UNIT),
    };
    let threads = if spec.threads == 0 { physical_cores() } else { spec.threads };
    let batch = BATCH.min(n_ctx).max(parallel);
    let params = ContextParams {
        n_ctx,
        n_batch: batch,
        n_ubatch: batch,
        n_seq_max: parallel,
        // One row of logits a sequence: the default would hold memory for hundreds.
        n_outputs_max: parallel,
        n_threads: threads,
        n_threads_batch: threads,
    };
    let mut context = Context::new(&model, &params).map_err(Error::from_load)?;
    let guard = lease.acquire(priority);
    let divisible = first_step(&model, &mut context).map_err(Error::from_load)?;
    drop(guard);
    let memory = context.memory();
    let pool = context.n_ctx();
    let sequence_limit = if train == 0 { pool } else { pool.min(train) } as usize;
    tracing::info!(n_ctx = pool, parallel, threads, divisible, "a model is ready");
    Ok(Loaded { model, context, batch: batch as usize, sequence_limit, divisible, memory })
}

/// A step of two tokens: pays what only the first step costs, and tells whether the model can
/// forget the end of a sequence, which recurrent ones cannot.
fn first_step(model: &Model, context: &mut Context) -> Result<bool, hearth_llama::Error> {
    let token = model.bos().unwrap_or(Token(0));
    let mut batch = Batch::new(2, 1);
    batch.push(token, 0, 0, false)?;
    batch.push(token, 1, 0, true)?;
    let done = context.decode(&batch)? == Decoded::Done;
    let divisible = done && context.seq_remove(0, 1, -1)?;
    context.seq_remove(0, -1, -1)?;
    Ok(divisible)
}

/// Tokens that all sequences share: what they can use, no more than usual, no more than an eighth
/// of the memory, and no less than a conversation needs.
pub(crate) fn auto_context(train: u32, parallel: u32, per_token: u64, memory: u64) -> u32 {
    let useful = if train == 0 { USUAL_CONTEXT } else { train.saturating_mul(parallel.max(1)) };
    let affordable = (memory / MEMORY_PARTS).checked_div(per_token).unwrap_or(u64::MAX);
    let affordable = u32::try_from(affordable).unwrap_or(u32::MAX);
    let chosen = useful.min(USUAL_CONTEXT).min(affordable.max(LEAST_CONTEXT));
    (chosen / CONTEXT_UNIT * CONTEXT_UNIT).max(CONTEXT_UNIT)
}

/// Memory of the computer, in bytes; 0 where the system does not say.
pub(crate) fn total_memory() -> u64 {
    let ram = MemoryRefreshKind::nothing().with_ram();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(ram));
    system.map_or(0, |system| system.total_memory())
}

/// More threads than cores make each other wait. A container may have fewer than the computer.
fn physical_cores() -> u32 {
    let allowed = thread::available_parallelism().map_or(1, usize::from);
    let cores = System::physical_core_count().map_or(allowed, |cores| cores.clamp(1, allowed));
    u32::try_from(cores).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn a_small_model_gets_the_usual_context() {
        assert_eq!(auto_context(8192, 8, 23_040, 16 * GIB), 8192);
        assert_eq!(auto_context(131_072, 8, 12_288, 16 * GIB), 8192);
    }

    #[test]
    fn a_large_model_gets_what_an_eighth_of_the_memory_holds() {
        assert_eq!(auto_context(131_072, 8, 512 << 10, 16 * GIB), 4096);
    }

    #[test]
    fn a_conversation_fits_even_where_memory_is_short() {
        assert_eq!(auto_context(131_072, 8, 512 << 10, 4 * GIB), 2048);
    }

    #[test]
    fn many_short_sequences_share_more_than_one_can_use() {
        assert_eq!(auto_context(512, 8, 1024, 16 * GIB), 4096);
        assert_eq!(auto_context(100, 1, 1024, 16 * GIB), 256);
        assert_eq!(auto_context(512, 1, 0, 16 * GIB), 512);
    }
}
