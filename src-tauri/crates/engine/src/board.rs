//! What one model tells of itself. Every change of its state goes through here.

use std::sync::Arc;

use hearth_domain::{EngineState, MemoryUse, ModelId};

use crate::{
    Error,
    spec::Now,
    stage::{Place, Stage},
};

/// Progress is told in steps of this size.
const PROGRESS_STEP: f32 = 0.01;

/// Publishes for one model.
#[derive(Clone)]
pub(crate) struct Board {
    pub(crate) stage: Arc<Stage>,
    pub(crate) place: Place,
    pub(crate) model: ModelId,
    pub(crate) name: String,
    pub(crate) now: Now,
}

impl Board {
    pub(crate) fn empty(&self) {
        self.publish(EngineState::Empty);
    }

    pub(crate) fn loading(&self, progress: f32) {
        if let EngineState::Loading { progress: before, .. } = self.told()
            && (before..before + PROGRESS_STEP).contains(&progress)
        {
            return;
        }
        let (model, name) = (self.model.clone(), self.name.clone());
        self.publish(EngineState::Loading { model, name, progress });
    }

    pub(crate) fn ready(&self, memory: MemoryUse) {
        let since = match self.told() {
            EngineState::Ready { memory: known, .. } if known == memory => return,
            EngineState::Ready { idle_since, .. } => Some(idle_since),
            _ => None,
        };
        let (model, name) = (self.model.clone(), self.name.clone());
        let idle_since = since.unwrap_or_else(|| (self.now)());
        self.publish(EngineState::Ready { model, name, idle_since, memory });
    }

    pub(crate) fn busy(&self, running: u32, queued: u32, memory: MemoryUse) {
        let (model, name) = (self.model.clone(), self.name.clone());
        self.publish(EngineState::Busy { model, name, running, queued, memory });
    }

    pub(crate) fn failed(&self, error: &Error) {
        let (model, name) = (self.model.clone(), self.name.clone());
        let (code, message) = (error.code(), error.to_string());
        tracing::warn!(code = code.as_str(), "the engine failed");
        self.publish(EngineState::Failed { model, name, code, message });
    }

    /// Tells it where it was told of the model before.
    pub(crate) fn move_to(&mut self, place: Place) {
        self.stage.remove(std::mem::replace(&mut self.place, place));
    }

    pub(crate) fn is_loading(&self) -> bool {
        matches!(self.told(), EngineState::Loading { .. })
    }

    /// What was told last.
    fn told(&self) -> EngineState {
        self.stage.of(self.place)
    }

    fn publish(&self, next: EngineState) {
        self.stage.publish(self.place, next);
    }
}
