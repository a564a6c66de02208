//! What the engine is given, and what a file says about itself.

use std::{path::PathBuf, sync::Arc};

use hearth_domain::{ComputeLease, ModelId, ModelPurpose, Timestamp};
use hearth_llama::gguf::{Header, Pooling};

use crate::{CacheConfig, Footprint, QueueLimits, Room, Tuning, load};

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
    pub queue: QueueLimits,
    /// The time of day.
    pub now: Now,
    /// How much of what was read is kept, and where.
    pub cache: CacheConfig,
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
    /// Its memory, where it was learnt.
    pub footprint: Option<Footprint>,
    /// What was measured of it on this computer.
    pub tuning: Option<Tuning>,
}

/// A chat template of a file: a program that writes what the model reads around each message, and may write more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTemplate {
    /// Its text.
    pub source: String,
    /// Whether it is one that was looked at.
    pub known: bool,
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
    /// Its memory at any context, as far as the header tells.
    pub footprint: Footprint,
    /// What it is for.
    pub purpose: ModelPurpose,
    /// Numbers of its vectors, where it makes vectors.
    pub dimensions: Option<u32>,
}

impl ModelFacts {
    pub(crate) fn new(header: Header) -> Self {
        let footprint = Footprint::of_header(&header);
        let parallel = ModelSpec::DEFAULT_PARALLEL;
        let n_ctx = load::auto_context(header.context_length, parallel, &footprint, &Room::read());
        Self {
            name: header.name,
            architecture: header.architecture,
            quantisation: header.quantisation,
            parameters: header.parameters,
            context_length: header.context_length,
            licence: header.licence,
            file_size: header.file_size,
            memory_needed: footprint.at(n_ctx).total(),
            footprint,
            purpose: match header.pooling {
                None => ModelPurpose::Answers,
                Some(Pooling::Rank { .. }) => ModelPurpose::Ranks,
                Some(_) => ModelPurpose::Vectors,
            },
            dimensions: header
                .pooling
                .filter(|pooling| !matches!(pooling, Pooling::Rank { .. }))
                .map(|_| header.embedding_length),
        }
    }

    /// Tokens that it reads of one text that becomes a vector; 0 asks for the usual.
    #[must_use]
    pub fn text_limit(&self, asked: u32) -> u32 {
        load::text_limit(self.context_length, asked)
    }

    /// The context that the engine would choose in so much room.
    #[must_use]
    pub fn auto_context(&self, parallel: u32, footprint: &Footprint, room: &Room) -> u32 {
        load::auto_context(self.context_length, parallel, footprint, room)
    }
}

impl ModelSpec {
    /// Sequences at once unless the person says otherwise.
    pub(crate) const DEFAULT_PARALLEL: u32 = 8;

    /// Threads for steps of single tokens and for reading prompts: those that were asked for, else
    /// those that were measured to be best, else one a core.
    pub(crate) fn threads(&self) -> [u32; 2] {
        match (&self.tuning, self.threads) {
            (_, asked) if asked > 0 => [asked; 2],
            (Some(tuning), _) if tuning.threads > 0 => {
                [tuning.threads, tuning.threads_batch.max(1)]
            }
            _ => [load::physical_cores(); 2],
        }
    }
}
