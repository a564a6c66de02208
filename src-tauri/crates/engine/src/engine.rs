//! The handle: one engine for the whole program, and the models in it. Loading is in `loading`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use hearth_domain::{EngineState, ModelId};
use hearth_llama::gguf;
use tokio::{sync::watch, task};

use crate::{
    Answer, EngineConfig, Error, LoadedModel, ModelFacts, OwnTemplate, Request, TokenCounter,
    board::Board,
    owner::{OwnerHandle, Stop},
    prompt,
    stage::Stage,
};

/// Loads models and answers requests. Clones share the engine; the last one dropped ends it.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

struct Shared {
    config: EngineConfig,
    stage: Arc<Stage>,
    current: Mutex<Current>,
    /// Bytes that the models keep of what they read.
    kept: Arc<AtomicU64>,
    /// The models that are being tried, and whether that is to stop.
    trials: Mutex<Vec<(ModelId, Arc<AtomicBool>)>>,
}

/// The models, those among them that are on their way out, and whether more may come.
#[derive(Default)]
pub(crate) struct Current {
    pub(crate) owners: Vec<OwnerHandle>,
    pub(crate) closed: bool,
}

impl Current {
    /// The model that people asked for last, of those that are wanted.
    pub(crate) fn front(&self, stage: &Stage) -> Option<&OwnerHandle> {
        let wanted = self.owners.iter().filter(|owner| owner.is_wanted());
        let ranked = wanted.map(|owner| (stage.rank(owner.place), owner));
        ranked.filter(|(rank, _)| *rank > 0).max_by_key(|(rank, _)| *rank).map(|(_, owner)| owner)
    }

    fn of(&self, id: &ModelId) -> impl Iterator<Item = &OwnerHandle> {
        self.owners.iter().filter(move |owner| owner.spec.id == *id)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let current = self.current.get_mut().unwrap_or_else(PoisonError::into_inner);
        for owner in current.owners.drain(..) {
            owner.stop(Stop::Now(Error::ShuttingDown));
        }
    }
}

impl Engine {
    /// An engine without a model.
    #[must_use]
    pub fn new(config: EngineConfig) -> Self {
        let (stage, current) = (Arc::default(), Mutex::default());
        let (kept, trials) = (Arc::default(), Mutex::default());
        Self(Arc::new(Shared { config, stage, current, kept, trials }))
    }

    pub(crate) fn current(&self) -> MutexGuard<'_, Current> {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn config(&self) -> &EngineConfig {
        &self.0.config
    }

    pub(crate) fn stage(&self) -> &Stage {
        &self.0.stage
    }

    pub(crate) fn kept(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.kept)
    }

    pub(crate) fn worker_exe(&self) -> Option<PathBuf> {
        self.0.config.worker_exe.clone()
    }

    fn trials(&self) -> MutexGuard<'_, Vec<(ModelId, Arc<AtomicBool>)>> {
        self.0.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A trial begins; what is given becomes true when it is to stop.
    pub(crate) fn begin_trial(&self, id: &ModelId) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut trials = self.trials();
        // Whoever gave one up holds it no longer.
        trials.retain(|(_, stop)| Arc::strong_count(stop) > 1);
        trials.push((id.clone(), Arc::clone(&stop)));
        stop
    }

    fn stop_trials(&self, id: Option<&ModelId>) {
        let trials = self.trials();
        let named = trials.iter().filter(|(of, _)| id.is_none_or(|id| id == of));
        named.for_each(|(_, stop)| stop.store(true, Ordering::SeqCst));
    }

    /// What tells of a model from now on.
    pub(crate) fn board(&self, front: bool, model: &ModelId, name: &str) -> Board {
        let stage = Arc::clone(&self.0.stage);
        Board {
            place: stage.add(front),
            stage,
            model: model.clone(),
            name: name.to_owned(),
            now: Arc::clone(&self.0.config.now),
        }
    }

    /// Whether a model is there or being loaded, and nobody asked it to go.
    pub(crate) fn holds_any(&self) -> bool {
        self.current().owners.iter().any(OwnerHandle::is_wanted)
    }

    pub(crate) fn pinned(&self, owner: &OwnerHandle) -> LoadedModel {
        LoadedModel::new(owner.spec.id.clone(), &owner.link, self.0.config.queue)
    }

    /// Reads the header of a file. Blocks; nothing is loaded.
    ///
    /// # Errors
    /// [`Error::File`] says why the file is refused.
    pub fn inspect(&self, path: &Path) -> Result<ModelFacts, Error> {
        Ok(ModelFacts::new(gguf::read(path)?))
    }

    /// The chat template that a file brings, where it brings one. Blocks; nothing of it is run.
    ///
    /// # Errors
    /// As [`Self::inspect`].
    pub fn template(&self, path: &Path) -> Result<Option<OwnTemplate>, Error> {
        let source = gguf::read(path)?.chat_template;
        Ok(source.map(|source| OwnTemplate { known: prompt::is_known(&source), source }))
    }

    /// Stops loading a model, or all that are being loaded, and trying them; whoever waits for it
    /// is told so.
    pub fn cancel_load(&self, id: Option<&ModelId>) {
        self.stop_trials(id);
        let current = self.current();
        let named = |owner: &&OwnerHandle| id.is_none_or(|id| owner.spec.id == *id);
        current.owners.iter().filter(named).for_each(OwnerHandle::cancel_load);
    }

    /// Unloads a model, or all of them, and waits until the memory is free. Running answers end with
    /// [`Error::Unloaded`]; what they wrote was told before.
    pub async fn unload(&self, id: Option<&ModelId>) {
        let named = |owner: &&OwnerHandle| id.is_none_or(|id| owner.spec.id == *id);
        let stop = |owner: &OwnerHandle| {
            owner.stop(Stop::Now(Error::Unloaded));
            owner.ended.clone()
        };
        let ends: Vec<_> = self.current().owners.iter().filter(named).map(stop).collect();
        all_ended(ends).await;
    }

    /// Lets a model go once what was asked of it is answered; nothing new reaches it from now on.
    /// What is returned waits until its memory is free.
    pub fn let_go(&self, id: &ModelId) -> impl Future<Output = ()> + use<> {
        let stop = |owner: &OwnerHandle| {
            owner.stop(Stop::Drained);
            owner.ended.clone()
        };
        let ends: Vec<_> = self.current().of(id).map(stop).collect();
        all_ended(ends)
    }

    /// The state of the model in front, which is the one that people asked for last, and its changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<EngineState> {
        self.0.stage.front()
    }

    /// The states of the models beside it, the one that was asked for last first, and their changes.
    #[must_use]
    pub fn beside(&self) -> watch::Receiver<Vec<EngineState>> {
        self.0.stage.beside()
    }

    /// The model in front, where it is warm.
    #[must_use]
    pub fn loaded(&self) -> Option<ModelId> {
        let current = self.current();
        let owner = current.front(&self.0.stage).filter(|owner| owner.is_loaded());
        owner.map(|owner| owner.spec.id.clone())
    }

    /// A model that is warm; `front` where a person asks for it.
    #[must_use]
    pub fn loaded_model(&self, id: &ModelId, front: bool) -> Option<LoadedModel> {
        let current = self.current();
        let owner = current.of(id).find(|owner| owner.is_loaded())?;
        if front {
            self.0.stage.put_in_front(owner.place);
        }
        Some(self.pinned(owner))
    }

    /// Asks the model in front for an answer. While it is being loaded, the request waits for it.
    ///
    /// # Errors
    /// As [`LoadedModel::submit`], or no model.
    pub fn submit(&self, request: Request) -> Result<Answer, Error> {
        let current = self.current();
        if current.closed {
            return Err(Error::ShuttingDown);
        }
        let owner = current.front(&self.0.stage).ok_or(Error::NotLoaded)?;
        let model = self.pinned(owner);
        drop(current);
        model.submit(request)
    }

    /// How many tokens the model in front reads a text as.
    ///
    /// # Errors
    /// [`Error::NotLoaded`], or a text that the tokeniser refuses.
    pub async fn count_tokens(&self, text: &str) -> Result<u32, Error> {
        let counter = self.counter().ok_or(Error::NotLoaded)?;
        let text = text.to_owned();
        let counted = task::spawn_blocking(move || counter.text(None, &text)).await;
        counted.map_err(|_| Error::Panicked)?
    }

    /// Counts as the model in front does; `None` while none is loaded. It keeps the memory of the
    /// model: not to be held longer than counting takes.
    #[must_use]
    pub fn counter(&self) -> Option<TokenCounter> {
        let current = self.current();
        current.front(&self.0.stage).and_then(|owner| owner.link.counter())
    }

    /// Ends everything and waits for the threads. Nothing can be asked or loaded afterwards.
    pub async fn shutdown(&self) {
        self.stop_trials(None);
        let owners = {
            let mut current = self.current();
            current.closed = true;
            std::mem::take(&mut current.owners)
        };
        for owner in &owners {
            owner.stop(Stop::Now(Error::ShuttingDown));
        }
        // A panic of a thread was already told; there is nothing left to wait for.
        let _ = task::spawn_blocking(|| owners.into_iter().for_each(OwnerHandle::join)).await;
    }
}

async fn all_ended(ends: Vec<watch::Receiver<bool>>) {
    for mut ended in ends {
        // An error means that the thread is gone, which is what was wanted.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}
