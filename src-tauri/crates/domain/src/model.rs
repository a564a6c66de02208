//! Models: GGUF files that Hearth knows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorCode, MemoryUse, ModelId, SamplingParams, Timestamp};

/// Where a model file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// Listed in `models/catalog.json`, checked by its SHA-256.
    Catalogue,
    /// A file that the person added.
    File,
}

/// Whether the person agreed to load a file from outside the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nothing to ask: it is in the catalogue.
    NotNeeded,
    /// Not asked yet.
    Needed,
    /// Given.
    Given,
}

/// A model that can be chosen. The path of its file stays inside the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Model {
    /// Its name.
    pub id: ModelId,
    /// What lists show.
    pub name: String,
    /// Where it comes from.
    pub source: ModelSource,
    /// Whether it may be loaded.
    pub consent: Consent,
    /// Bytes of the file.
    pub size: u64,
    /// `general.architecture` of the file, such as `llama`.
    pub architecture: String,
    /// The quantisation, such as `Q4_1`.
    pub quantisation: String,
    /// Parameters of the network, where the file or the catalogue says so.
    pub parameters: Option<u64>,
    /// Tokens that the model was trained to read at once.
    pub context_length: u32,
    /// What it is for.
    pub purpose: ModelPurpose,
    /// Numbers of its vectors, where it makes vectors.
    pub dimensions: Option<u32>,
    /// The licence, where known (SPDX name or the file's own words).
    pub licence: Option<String>,
    /// Memory it needs at the context that Hearth would give it, in bytes.
    pub memory_needed: u64,
    /// That context, in tokens.
    pub context: u32,
    /// Whether that fits into the memory that is free.
    pub fit: Fit,
    /// What is known of loading it.
    pub verdict: Verdict,
    /// The application whose file it is, where it is another's.
    pub origin: Option<ModelOrigin>,
    /// Whether the file lies in Hearth's own folder, so that removing the model may delete it.
    pub ours: bool,
    /// How the person wants it to be run.
    pub choice: ModelChoice,
    /// How fast it is on this computer, where that was measured.
    pub speed: Option<ModelSpeed>,
    /// Whether the file is there now.
    pub present: bool,
    /// Whether it is the one used unless another is named.
    pub is_default: bool,
}

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelPurpose {
    /// It writes answers.
    Answers,
    /// It makes vectors of texts, for programs at the port.
    Vectors,
    /// It says how well texts answer a question, for programs at the port.
    Ranks,
}

/// Whether something fits into the memory of the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// With room to spare.
    Fits,
    /// Just so; other programs may become slow.
    Tight,
    /// Not at all: it is not loaded.
    TooBig,
}

/// What is known of loading a file with this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Verdict {
    /// It was never tried; that happens in a process of its own when it is first loaded.
    Untried,
    /// It was tried, or is known by its checksum.
    Good,
    /// It was tried and is not loaded.
    Bad {
        /// Why.
        code: ErrorCode,
    },
}

/// An application whose model files Hearth can use in place.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ModelOrigin {
    /// LM Studio.
    LmStudio,
    /// Ollama.
    Ollama,
    /// GPT4All.
    Gpt4all,
    /// Jan.
    Jan,
    /// The cache of llama.cpp's own programs.
    LlamaCpp,
}

/// How one model is run; what is not chosen is as the settings say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct ModelChoice {
    /// Tokens of the KV cache that all sequences share.
    pub context: Option<u32>,
    /// Threads.
    pub threads: Option<u32>,
    /// Sampling, where neither request nor persona says otherwise.
    pub sampling: SamplingParams,
}

impl ModelChoice {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The name of the field that is out of range.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.context.is_some_and(|n| !(256..=1_048_576).contains(&n)) {
            return Err("context");
        }
        if self.threads.is_some_and(|n| !(1..=256).contains(&n)) {
            return Err("threads");
        }
        self.sampling.validate()
    }
}

/// How fast a model is on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ModelSpeed {
    /// When it was measured.
    pub measured: Timestamp,
    /// Whether a person asked for it (`hearth bench`) or it was found out in idle time.
    pub asked: bool,
    /// Tokens a second of one answer.
    pub decode_per_second: f64,
    /// Tokens of a prompt that are read in a second.
    pub prefill_per_second: f64,
    /// What one answer gets out of the speed of the memory, 0 to 1; in a processor's cache more.
    pub share_of_bandwidth: Option<f64>,
    /// Bytes that are read from memory in a second.
    pub bandwidth: u64,
    /// Threads that were best for answers.
    pub threads: u32,
    /// Milliseconds of a step that gives 1, 2, 4 and 8 answers a token each.
    pub step_ms: Vec<f64>,
    /// Milliseconds that reading the file took.
    pub load_ms: u32,
}

/// What a model would take at a context, beside what is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ModelEstimate {
    /// The parts.
    pub memory: MemoryUse,
    /// All of it, in bytes.
    pub needed: u64,
    /// What is free for it, what a loaded model would give back included.
    pub available: u64,
    /// Whether it fits.
    pub fit: Fit,
    /// The largest context that is loaded at all, where there is one.
    pub largest_context: Option<u32>,
    /// Whether the figures come from a trial and not from the header alone.
    pub exact: bool,
}

/// A model file of another application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FoundModel {
    /// Its name in this list.
    pub id: String,
    /// Whose it is.
    pub origin: ModelOrigin,
    /// As that application calls it.
    pub name: String,
    /// Bytes of the file.
    pub size: u64,
    /// `general.architecture` of the file.
    pub architecture: String,
    /// The quantisation.
    pub quantisation: String,
    /// The model, where Hearth knows the file already.
    pub known: Option<ModelId>,
}
