//! Models: GGUF files that Hearth knows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ModelId;

/// Where a model file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// Listed in `models/catalog.json`, checked by its SHA-256.
    Catalogue,
    /// A file that the person added.
    File,
}

/// Whether the person agreed to load a file from outside the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
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
    /// The licence, where known (SPDX name or the file's own words).
    pub licence: Option<String>,
    /// Memory it needs at the context that Hearth would give it, in bytes.
    pub memory_needed: u64,
    /// Whether the file is there now.
    pub present: bool,
    /// Whether it is the one used unless another is named.
    pub is_default: bool,
}
