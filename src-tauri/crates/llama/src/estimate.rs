//! What a model would take in memory, without loading it. What is not here: what is free.

use std::ffi::CString;
use std::path::Path;
use std::ptr;

use hearth_domain::MemoryUse;

use crate::ffi::{self, RawContextParams, RawMemory, RawModelParams};
use crate::{ContextParams, Error, ModelParams, gguf, start};

/// Bytes of weights, cache and work buffers at these sizes, as llama.cpp itself would take them.
///
/// Only for a process that may end ([`crate::worker`]): a file that contradicts itself in a way that
/// [`gguf::read`] does not know aborts here.
///
/// # Errors
/// As [`crate::Model::load`] and [`crate::Context::new`].
pub fn estimate(
    path: &Path,
    model: &ModelParams,
    params: &ContextParams,
) -> Result<MemoryUse, Error> {
    start::init()?;
    gguf::read(path)?;
    let path = path.to_str().and_then(|p| CString::new(p).ok()).ok_or(Error::PathUnusable)?;
    let model = RawModelParams {
        gpu_layers: model.gpu_layers,
        use_mmap: i32::from(model.use_mmap),
        repack: i32::from(model.repack),
        progress: None,
        user: ptr::null_mut(),
    };
    let raw = RawContextParams {
        n_ctx: params.n_ctx,
        n_batch: params.n_batch,
        n_ubatch: params.n_ubatch,
        n_seq_max: params.n_seq_max,
        n_outputs_max: params.n_outputs_max.max(params.n_seq_max),
        n_threads: 1,
        n_threads_batch: 1,
        kv_q8: i32::from(params.kv_q8),
        abort: None,
        user: ptr::null_mut(),
    };
    let mut memory = RawMemory::default();
    ffi::call("memory_estimate", |st| {
        // SAFETY: path, parameters and result live during the call; nothing outlives it.
        unsafe {
            ffi::hs_memory_estimate(
                st,
                path.as_ptr(),
                &raw const model,
                &raw const raw,
                &raw mut memory,
            );
        }
    })
    .map_err(|error| if error == Error::OutOfMemory { error } else { Error::LoadFailed })?;
    Ok(MemoryUse {
        weights: memory.weights,
        kv_cache: memory.kv_cache,
        compute: memory.compute,
        kept: 0,
        context: params.n_ctx,
    })
}
