//! Personas: a named system prompt with its model and parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelId, PersonaId, SamplingParams, Timestamp};

/// What a person writes when making a persona.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PersonaDraft {
    /// Shown in lists; 1 to 80 characters.
    pub name: String,
    /// The name of an icon of the user interface's set, `[a-z0-9-]`; empty is the common one.
    #[serde(default)]
    pub icon: String,
    /// The system prompt; may be empty.
    pub instructions: String,
    /// The model it prefers; `None` means the default one.
    pub model: Option<ModelId>,
    /// What differs from the defaults.
    pub sampling: SamplingParams,
}

/// A persona as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Persona {
    /// Its name.
    pub id: PersonaId,
    /// What the person wrote.
    #[serde(flatten)]
    pub draft: PersonaDraft,
    /// Which of the personas that come with Hearth it is, as long as nobody changed it: the user
    /// interface translates their names.
    pub preset: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}
