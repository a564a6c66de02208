//! What the engine is given, and what a file says about itself.

use std::{path::PathBuf, sync::Arc};

use hearth_domain::{ComputeLease, ModelId, Timestamp};
use hearth_llama::gguf::Header;

use crate::load;

/// Memory for the work buffers of a model of ordinary size, for estimates before loading.
const COMPUTE_BYTES: u64 = 64 << 20;

/// Tells the time of day.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the engine needs from its host.
pub struct EngineConfig {
    /// The right to compute; held for each step.
    pub lease: Arc<dyn ComputeLease>,
    /// The program that renders an unknown template once in a process of its own. Without one,
    /// unknown templates are replaced by the built-in one.
    pub worker_exe: Option<PathBuf>,
    /// How many requests may wait.
    pub max_queue: usize,
    /// The time of day.
    pub now: Now,
}

/// Which model is loaded, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSpec {
    /// Its name in the program.
    pub id: ModelId,
    /// Its shown name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Tokens of the KV cache that all sequences share; 0 lets the engine choose.
    pub n_ctx: u32,
    /// Sequences that run at once.
    pub parallel: u32,
    /// Threads; 0 lets the engine choose.
    pub threads: u32,
}

/// What the header of a file says, without loading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFacts {
    /// Its own name.
    pub name: Option<String>,
    /// The architecture, such as `llama`.
    pub architecture: String,
    /// The quantisation, such as `Q4_1`.
    pub quantisation: String,
    /// Parameters of the network.
    pub parameters: u64,
    /// Tokens that it was trained to read at once.
    pub context_length: u32,
    /// The licence, in the file's own words.
    pub licence: Option<String>,
    /// Bytes of the file.
    pub file_size: u64,
    /// Bytes that it needs in memory at the context that the engine would choose.
    pub memory_needed: u64,
}

impl ModelFacts {
    pub(crate) fn new(header: Header) -> Self {
        let n_ctx = load::auto_context(
            header.context_length,
            ModelSpec::DEFAULT_PARALLEL,
            header.kv_bytes_per_token,
            load::total_memory(),
        );
        let kv_cache = header.kv_bytes_per_token.saturating_mul(u64::from(n_ctx));
        Self {
            name: header.name,
            architecture: header.architecture,
            quantisation: header.quantisation,
            parameters: header.parameters,
            context_length: header.context_length,
            licence: header.licence,
            file_size: header.file_size,
            memory_needed: header
                .tensor_bytes
                .saturating_add(kv_cache)
                .saturating_add(COMPUTE_BYTES),
        }
    }
}

impl ModelSpec {
    /// Sequences at once unless the person says otherwise.
    const DEFAULT_PARALLEL: u32 = 8;
}
