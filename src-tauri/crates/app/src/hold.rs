//! Holding the model back after a crash: a model that ended the program while it was loaded or
//! answered is not loaded by itself at the next start. A person who asks for it gets it. Which run
//! ended how is known by the host, which tells it here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{App, app::lock};

/// What the model did when the program ended without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CrashPhase {
    /// It was being read.
    Loading,
    /// It was answering.
    Decoding,
}

/// The model is held back.
#[derive(Clone, Copy)]
pub(crate) struct Hold {
    phase: CrashPhase,
    told: bool,
}

impl App {
    /// From now on no model is loaded by itself, until a person asks for one.
    pub fn hold_model(&self, phase: CrashPhase) {
        *lock(&self.held) = Some(Hold { phase, told: false });
        self.invalidate(&["status"]);
    }

    /// Whether no model may be loaded by itself.
    #[must_use]
    pub fn is_model_held(&self) -> bool {
        lock(&self.held).is_some()
    }

    /// Why no model is loaded by itself, until the person has read it.
    #[must_use]
    pub fn crash_to_tell(&self) -> Option<CrashPhase> {
        lock(&self.held).filter(|hold| !hold.told).map(|hold| hold.phase)
    }

    /// The person has read it. The model stays held.
    pub fn note_crash_told(&self) {
        if let Some(hold) = &mut *lock(&self.held) {
            hold.told = true;
        }
        self.invalidate(&["status"]);
    }

    /// A model was loaded after all: whoever asked for it did not mind.
    pub(crate) fn release_model(&self) {
        if lock(&self.held).take().is_some() {
            self.invalidate(&["status"]);
        }
    }
}
