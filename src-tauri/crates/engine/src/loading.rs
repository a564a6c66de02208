//! Loading: which model comes, which stay beside it, and waiting for it. What it takes to read one is in
//! `load`; who stays is for the caller to say.

use std::sync::Arc;

use hearth_domain::{ModelId, Priority};

use crate::{
    Announced, Engine, Error, LoadedModel, ModelSpec,
    owner::{Outcome, OwnerHandle, Start, Stop},
};

/// What is to be loaded, and for whom.
pub struct Load {
    /// The model.
    pub spec: ModelSpec,
    /// Who waits; also the class of the computing that loading takes.
    pub priority: Priority,
    /// Whether a person asks for it: the state is that of the model that people asked for last.
    pub front: bool,
    /// Which of the loaded models stay beside it; the others finish their answers and go first.
    pub keep: Vec<ModelId>,
    /// What is told of its trial, which goes on as this load.
    pub announced: Option<Announced>,
}

impl Load {
    /// In place of all others, for a person who waits.
    #[must_use]
    pub fn alone(spec: ModelSpec) -> Self {
        let (keep, priority) = (Vec::new(), Priority::Interactive);
        Self { spec, priority, front: true, keep, announced: None }
    }
}

/// A load that has begun. Dropping it does not stop the load; [`Engine::cancel_load`] does.
pub struct Loading {
    outcome: Outcome,
    model: LoadedModel,
}

impl Loading {
    /// Waits until the model is warm.
    ///
    /// # Errors
    /// Why it could not be loaded; those that went for it are gone, and another can be loaded.
    pub async fn wait(mut self) -> Result<LoadedModel, Error> {
        let outcome = self.outcome.wait_for(Option::is_some).await.map_err(|_| Error::Panicked)?;
        outcome.clone().unwrap_or(Err(Error::Panicked))?;
        Ok(self.model)
    }
}

impl Engine {
    /// Loads a model in place of all others and waits until it is warm.
    ///
    /// # Errors
    /// As [`Engine::begin`] and [`Loading::wait`].
    pub async fn load(&self, spec: ModelSpec) -> Result<(), Error> {
        self.begin(Load::alone(spec))?.wait().await.map(drop)
    }

    /// Begins to load a model. Asking for one that is there in the same form, or that is just being
    /// loaded, joins.
    ///
    /// # Errors
    /// [`Error::ShuttingDown`], or a system that has no thread left.
    pub fn begin(&self, load: Load) -> Result<Loading, Error> {
        let Load { spec, priority, front, keep, announced } = load;
        let mut current = self.current();
        if current.closed {
            return Err(Error::ShuttingDown);
        }
        let same = |owner: &&OwnerHandle| owner.is_wanted() && owner.spec == spec;
        if let Some(owner) = current.owners.iter().find(same) {
            if front {
                self.stage().put_in_front(owner.place);
            }
            return Ok(self.loading(owner));
        }
        let stays = |owner: &OwnerHandle| {
            owner.is_wanted() && owner.spec.id != spec.id && keep.contains(&owner.spec.id)
        };
        let (stay, previous): (Vec<_>, Vec<_>) = current.owners.drain(..).partition(stays);
        for owner in previous.iter().filter(|owner| owner.is_wanted()) {
            owner.stop(Stop::Drained);
        }
        current.owners = stay;
        let mut board = self.board(front, &spec.id, &spec.name);
        if let Some(place) = announced.and_then(Announced::take) {
            board.move_to(place);
            self.stage().put_in_front(place);
        }
        let place = board.place;
        let config = self.config();
        let owner = OwnerHandle::start(Start {
            spec,
            priority,
            board,
            lease: Arc::clone(&config.lease),
            worker_exe: config.worker_exe.clone(),
            cache: config.cache.clone(),
            kept: self.kept(),
            previous,
        });
        let owner = owner.inspect_err(|_| self.stage().remove(place))?;
        let loading = self.loading(&owner);
        current.owners.push(owner);
        Ok(loading)
    }

    fn loading(&self, owner: &OwnerHandle) -> Loading {
        Loading { outcome: owner.outcome.clone(), model: self.pinned(owner) }
    }
}
