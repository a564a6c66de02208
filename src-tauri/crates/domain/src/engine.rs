//! The one published state of the engine, read by tray, window and `/health` alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorCode, ModelId, Timestamp};

/// What the engine is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EngineState {
    /// No model is loaded.
    Empty,
    /// A model is being read.
    Loading {
        /// Which.
        model: ModelId,
        /// Its shown name.
        name: String,
        /// 0 to 1.
        progress: f32,
    },
    /// A model is warm and waits.
    Ready {
        /// Which.
        model: ModelId,
        /// Its shown name.
        name: String,
        /// Since when nothing runs.
        idle_since: Timestamp,
        /// What it costs.
        memory: MemoryUse,
    },
    /// A model answers.
    Busy {
        /// Which.
        model: ModelId,
        /// Its shown name.
        name: String,
        /// Answers that run now.
        running: u32,
        /// Answers that wait.
        queued: u32,
        /// What it costs.
        memory: MemoryUse,
    },
    /// Loading failed.
    Failed {
        /// Which.
        model: ModelId,
        /// Its shown name.
        name: String,
        /// Why.
        code: ErrorCode,
        /// A sentence for people, in English and free of paths.
        message: String,
    },
}

impl EngineState {
    /// The model that is warm, and what it costs.
    #[must_use]
    pub fn loaded(&self) -> Option<(&ModelId, MemoryUse)> {
        match self {
            Self::Ready { model, memory, .. } | Self::Busy { model, memory, .. } => {
                Some((model, *memory))
            }
            Self::Empty | Self::Loading { .. } | Self::Failed { .. } => None,
        }
    }

    /// Answers that run, and answers that wait.
    #[must_use]
    pub fn load(&self) -> (u32, u32) {
        match self {
            Self::Busy { running, queued, .. } => (*running, *queued),
            Self::Empty | Self::Loading { .. } | Self::Ready { .. } | Self::Failed { .. } => (0, 0),
        }
    }

    /// Whether it answers, or is asked to.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

/// Memory of a loaded model, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MemoryUse {
    /// Weights, mapped from the file or copied.
    pub weights: u64,
    /// The KV cache.
    pub kv_cache: u64,
    /// Work buffers of the compute graph.
    pub compute: u64,
    /// What was read of conversations that lost their place in the KV cache, kept in memory.
    #[serde(default)]
    pub kept: u64,
    /// Tokens that the KV cache holds at most, for all sequences together.
    pub context: u32,
}

impl MemoryUse {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.weights + self.kv_cache + self.compute + self.kept
    }
}
