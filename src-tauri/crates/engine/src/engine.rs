//! The handle: one engine for the whole program, at most one model in it.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use hearth_domain::{EngineState, ModelId, Priority};
use hearth_llama::gguf;
use tokio::{sync::watch, task};

use crate::{
    Answer, EngineConfig, Error, ModelFacts, ModelSpec, Now, Request, TokenCounter,
    board::Board,
    canary::StateSender,
    owner::{Outcome, OwnerHandle, Start, Stop},
};

/// Loads models and answers requests. Clones share the engine; the last one dropped ends it.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

struct Shared {
    config: EngineConfig,
    state: Arc<watch::Sender<EngineState>>,
    current: Mutex<Current>,
    /// Grows whenever a load, and with it a trial, is to be stopped.
    stops: Arc<AtomicU64>,
}

#[derive(Default)]
struct Current {
    owner: Option<OwnerHandle>,
    closed: bool,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let current = self.current.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(owner) = current.owner.take() {
            owner.stop(Stop::Now(Error::ShuttingDown));
        }
    }
}

impl Engine {
    /// An engine without a model.
    #[must_use]
    pub fn new(config: EngineConfig) -> Self {
        let state = Arc::new(watch::channel(EngineState::Empty).0);
        Self(Arc::new(Shared { config, state, current: Mutex::default(), stops: Arc::default() }))
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn worker_exe(&self) -> Option<PathBuf> {
        self.0.config.worker_exe.clone()
    }

    pub(crate) fn state_sender(&self) -> StateSender {
        Arc::clone(&self.0.state)
    }

    pub(crate) fn now(&self) -> Now {
        Arc::clone(&self.0.config.now)
    }

    pub(crate) fn stops(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.stops)
    }

    /// Whether a model is there or being loaded, and nobody asked it to go.
    pub(crate) fn is_wanted(&self) -> bool {
        self.current().owner.as_ref().is_some_and(OwnerHandle::is_wanted)
    }

    /// Reads the header of a file. Blocks; nothing is loaded.
    ///
    /// # Errors
    /// [`Error::File`] says why the file is refused.
    pub fn inspect(&self, path: &Path) -> Result<ModelFacts, Error> {
        Ok(ModelFacts::new(gguf::read(path)?))
    }

    /// Loads a model and waits until it is warm. A model that is loaded finishes its answers first
    /// and is then replaced; asking for the one that is there, or that is just being loaded, joins.
    /// Giving up the wait does not stop the loading; [`Engine::cancel_load`] does.
    ///
    /// # Errors
    /// Why it could not be loaded; the engine has no model then and can load another.
    pub async fn load(&self, spec: ModelSpec) -> Result<(), Error> {
        self.load_for(spec, Priority::Interactive).await
    }

    /// As [`Engine::load`]; `priority` says who waits, and is that of the computing that loading
    /// takes.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub async fn load_for(&self, spec: ModelSpec, priority: Priority) -> Result<(), Error> {
        let mut outcome = self.begin_load(spec, priority)?;
        let outcome = outcome.wait_for(Option::is_some).await.map_err(|_| Error::Panicked)?;
        outcome.clone().unwrap_or(Err(Error::Panicked))
    }

    fn begin_load(&self, spec: ModelSpec, priority: Priority) -> Result<Outcome, Error> {
        let mut current = self.current();
        if current.closed {
            return Err(Error::ShuttingDown);
        }
        if let Some(owner) = &current.owner
            && owner.is_wanted()
        {
            if owner.spec == spec {
                return Ok(owner.outcome.clone());
            }
            owner.stop(Stop::Drained);
        }
        let board = Board {
            state: Arc::clone(&self.0.state),
            model: spec.id.clone(),
            name: spec.name.clone(),
            now: Arc::clone(&self.0.config.now),
        };
        let owner = OwnerHandle::start(Start {
            spec,
            priority,
            board,
            lease: Arc::clone(&self.0.config.lease),
            worker_exe: self.0.config.worker_exe.clone(),
            cache: self.0.config.cache.clone(),
            previous: current.owner.take(),
        })?;
        let outcome = owner.outcome.clone();
        current.owner = Some(owner);
        Ok(outcome)
    }

    /// Stops a load that runs; the waiting [`Engine::load`] says so.
    pub fn cancel_load(&self) {
        self.0.stops.fetch_add(1, Ordering::SeqCst);
        if let Some(owner) = &self.current().owner {
            owner.cancel_load();
        }
    }

    /// Unloads the model and waits until its memory is free. Running answers end with
    /// [`Error::Unloaded`]; what they wrote was told before.
    pub async fn unload(&self) {
        let ended = self.current().owner.as_ref().map(|owner| {
            owner.stop(Stop::Now(Error::Unloaded));
            owner.ended.clone()
        });
        if let Some(mut ended) = ended {
            // An error means that the thread is gone, which is what was wanted.
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }

    /// Lets the model go once what was asked of it is answered; nothing new reaches it from now on.
    /// What is returned waits until its memory is free.
    pub fn let_go(&self) -> impl Future<Output = ()> + use<> {
        let ended = self.current().owner.as_ref().map(|owner| {
            owner.stop(Stop::Drained);
            owner.ended.clone()
        });
        async move {
            if let Some(mut ended) = ended {
                // An error means that the thread is gone, which is what was wanted.
                let _ = ended.wait_for(|ended| *ended).await;
            }
        }
    }

    /// The state, and its changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<EngineState> {
        self.0.state.subscribe()
    }

    /// The model that is warm.
    #[must_use]
    pub fn loaded(&self) -> Option<ModelId> {
        let current = self.current();
        let owner = current.owner.as_ref().filter(|owner| owner.is_loaded());
        owner.map(|owner| owner.spec.id.clone())
    }

    /// Asks for an answer. While a model is being loaded, the request waits for it.
    ///
    /// # Errors
    /// A request that cannot be answered as it stands, [`Error::QueueFull`], or no model. All else
    /// comes as [`crate::Event::Failed`].
    pub fn submit(&self, request: Request) -> Result<Answer, Error> {
        if request.messages.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        request.sampling.validate().map_err(Error::OutOfRange)?;
        let current = self.current();
        if current.closed {
            return Err(Error::ShuttingDown);
        }
        let owner = current.owner.as_ref().filter(|owner| owner.is_wanted());
        let link = Arc::clone(&owner.ok_or(Error::NotLoaded)?.link);
        drop(current);
        let ticket = link.take(request, &self.0.config.queue)?;
        Ok(Answer::new(ticket, link))
    }

    /// How many tokens the loaded model reads a text as.
    ///
    /// # Errors
    /// [`Error::NotLoaded`], or a text that the tokeniser refuses.
    pub async fn count_tokens(&self, text: &str) -> Result<u32, Error> {
        let counter = self.counter().ok_or(Error::NotLoaded)?;
        let text = text.to_owned();
        let counted = task::spawn_blocking(move || counter.text(None, &text)).await;
        counted.map_err(|_| Error::Panicked)?
    }

    /// Counts as the loaded model does; `None` while none is loaded. It keeps the memory of the
    /// model: not to be held longer than counting takes.
    #[must_use]
    pub fn counter(&self) -> Option<TokenCounter> {
        self.current().owner.as_ref().and_then(|owner| owner.link.counter())
    }

    /// Ends everything and waits for the threads. Nothing can be asked or loaded afterwards.
    pub async fn shutdown(&self) {
        self.0.stops.fetch_add(1, Ordering::SeqCst);
        let owner = {
            let mut current = self.current();
            current.closed = true;
            current.owner.take()
        };
        if let Some(owner) = owner {
            owner.stop(Stop::Now(Error::ShuttingDown));
            // A panic of the thread was already told; there is nothing left to wait for.
            let _ = task::spawn_blocking(|| owner.join()).await;
        }
    }
}
