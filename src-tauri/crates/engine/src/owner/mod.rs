//! The thread that owns a loaded model, from loading to the end. Nobody else touches the context.
//!
//! Whatever ends it (a request to stop, a failure, a panic), every open request is told, the memory
//! is freed, the state is published, and the process lives.

mod cache;
mod encode;
mod follow;
mod guess;
mod pacer;
mod queue;
mod run;
mod running;
mod step;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use hearth_domain::{ComputeLease, ModelPurpose, Priority};
use tokio::sync::watch;

use self::{cache::Tiers, encode::EncodeOwner, run::Owner};
use crate::{
    CacheConfig, Error, Fingerprint, ModelSpec, TokenCounter,
    board::Board,
    cache::{Keeper, Share, Warm},
    link::{Asked, Link},
    load,
    prepare::{PrepareWork, Prepared, Preparer},
    prompt::Prompter,
    stage::Place,
};

/// How often a load that waits for the model before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// How often in a row the same work is put off for somebody more urgent.
const GIVES_WAY_AT_MOST: u32 = 8;

/// What the owner is told.
pub(crate) enum Command {
    /// A prompt is ready.
    Ready(Box<Prepared>),
    /// Something changed elsewhere: look again.
    Wake,
    /// End.
    Stop(Stop),
}

/// How the owner ends.
pub(crate) enum Stop {
    /// After the requests it has.
    Drained,
    /// With this step; its requests are told why.
    Now(Error),
}

/// Why the owner ended.
struct Ending {
    reason: Error,
    /// Whether the state says so until another model is loaded.
    failed: bool,
}

impl Ending {
    fn stopped(reason: Error) -> Self {
        // A panic elsewhere arrives here as a request to stop.
        let failed = matches!(reason, Error::Panicked);
        Self { reason, failed }
    }

    fn failed(reason: Error) -> Self {
        let failed = !matches!(reason, Error::LoadCancelled);
        Self { reason, failed }
    }
}

/// The result of loading, once there is one.
pub(crate) type Outcome = watch::Receiver<Option<Result<(), Error>>>;

/// An owner, seen from the engine.
pub(crate) struct OwnerHandle {
    pub(crate) spec: ModelSpec,
    pub(crate) place: Place,
    pub(crate) link: Arc<Link>,
    pub(crate) outcome: Outcome,
    /// True once everything is freed.
    pub(crate) ended: watch::Receiver<bool>,
    unwanted: Arc<AtomicBool>,
    hurry: Arc<AtomicBool>,
    stopping: AtomicBool,
    thread: JoinHandle<()>,
}

/// What the thread is started with.
pub(crate) struct Start {
    pub(crate) spec: ModelSpec,
    /// Who waits for it.
    pub(crate) priority: Priority,
    pub(crate) board: Board,
    pub(crate) lease: Arc<dyn ComputeLease>,
    pub(crate) worker_exe: Option<PathBuf>,
    pub(crate) cache: CacheConfig,
    /// Bytes that all models keep of what they read.
    pub(crate) kept: Arc<AtomicU64>,
    /// The owners that must be gone before this one takes memory.
    pub(crate) previous: Vec<OwnerHandle>,
}

impl OwnerHandle {
    /// Starts loading.
    pub(crate) fn start(start: Start) -> Result<Self, Error> {
        let (commands, inbox) = mpsc::channel();
        let (prompts, asked) = mpsc::channel();
        let link = Arc::new(Link::new(commands, prompts));
        let unwanted = Arc::new(AtomicBool::new(false));
        let (tell_outcome, outcome) = watch::channel(None);
        let (tell_ended, ended) = watch::channel(false);
        let (spec, place) = (start.spec.clone(), start.board.place);
        let hurry = Arc::new(AtomicBool::new(false));
        let their_link = Arc::clone(&link);
        let (their_unwanted, their_hurry) = (Arc::clone(&unwanted), Arc::clone(&hurry));
        let thread = thread::Builder::new()
            .name("hearth-engine".into())
            .spawn(move || {
                let board = start.board.clone();
                let thread = OwnerThread {
                    start,
                    link: Arc::clone(&their_link),
                    unwanted: their_unwanted,
                    hurry: their_hurry,
                    outcome: tell_outcome,
                };
                // The one boundary: what panics below ends this model and nothing else.
                let ending = catch_unwind(AssertUnwindSafe(|| thread.work(inbox, asked)))
                    .unwrap_or_else(|_| Ending::failed(Error::Panicked));
                their_link.forget_model();
                if ending.failed {
                    board.failed(&ending.reason);
                } else {
                    board.empty();
                }
                their_link.close(&ending.reason);
                tell_ended.send_replace(true);
            })
            .map_err(|_| Error::NoThread)?;
        let stopping = AtomicBool::new(false);
        Ok(Self { spec, place, link, outcome, ended, unwanted, hurry, stopping, thread })
    }

    /// Whether it loads or runs, and nobody asked it to stop.
    pub(crate) fn is_wanted(&self) -> bool {
        let failed = matches!(*self.outcome.borrow(), Some(Err(_)));
        let gone = *self.ended.borrow() || self.thread.is_finished();
        !(failed || gone || self.stopping.load(Ordering::SeqCst))
    }

    /// Whether its model is loaded.
    pub(crate) fn is_loaded(&self) -> bool {
        self.is_wanted() && matches!(*self.outcome.borrow(), Some(Ok(())))
    }

    /// Stops the loading, if that is what it does.
    pub(crate) fn cancel_load(&self) {
        if self.outcome.borrow().is_none() {
            self.unwanted.store(true, Ordering::SeqCst);
        }
    }

    /// Asks it to end; does not wait.
    pub(crate) fn stop(&self, how: Stop) {
        self.stopping.store(true, Ordering::SeqCst);
        self.cancel_load();
        let now = matches!(how, Stop::Now(_));
        self.hurry.fetch_or(now, Ordering::SeqCst);
        // Where nobody listens any more, it has ended.
        let _ = self.link.commands.send(Command::Stop(how));
        if now {
            self.link.stop_step();
        }
    }

    /// Waits for the end of the thread.
    pub(crate) fn join(self) {
        let _ = self.thread.join();
    }
}

/// A model that can be asked.
enum Ready {
    /// For answers, with the thread that makes their prompts.
    Answers(Box<Owner>, Preparer),
    /// For vectors.
    Vectors(Box<EncodeOwner>),
}

/// The inside of the thread.
struct OwnerThread {
    start: Start,
    link: Arc<Link>,
    /// The model is not to be loaded after all.
    unwanted: Arc<AtomicBool>,
    /// Nor may the model before it finish what it has.
    hurry: Arc<AtomicBool>,
    outcome: watch::Sender<Option<Result<(), Error>>>,
}

impl OwnerThread {
    fn work(mut self, inbox: Receiver<Command>, asked: Receiver<Option<Asked>>) -> Ending {
        let ready = self.wait_for_previous().and_then(|()| self.wait_for_quiet());
        let ready = ready.and_then(|()| self.load(inbox, asked));
        match ready {
            Ok(Ready::Answers(mut owner, preparer)) => {
                self.link.set_purpose(ModelPurpose::Answers);
                owner.publish();
                self.outcome.send_replace(Some(Ok(())));
                let ending = owner.run();
                drop(preparer);
                ending
            }
            Ok(Ready::Vectors(mut owner)) => {
                self.link.set_purpose(owner.purpose());
                owner.publish(0);
                self.outcome.send_replace(Some(Ok(())));
                owner.run()
            }
            Err(error) => {
                // The state is published by the boundary before anybody is told of the failure.
                self.publish_failed_load(&error);
                self.outcome.send_replace(Some(Err(error.clone())));
                Ending::failed(error)
            }
        }
    }

    fn publish_failed_load(&self, error: &Error) {
        if matches!(error, Error::LoadCancelled) {
            self.start.board.empty();
        } else {
            self.start.board.failed(error);
        }
    }

    /// Memory for all of them may not be there.
    fn wait_for_previous(&mut self) -> Result<(), Error> {
        let previous = std::mem::take(&mut self.start.previous);
        let mut hurried = false;
        while !previous.iter().all(|owner| owner.thread.is_finished()) {
            if self.hurry.load(Ordering::SeqCst) && !std::mem::replace(&mut hurried, true) {
                previous.iter().for_each(|owner| owner.stop(Stop::Now(Error::Unloaded)));
            }
            thread::sleep(LOOK);
        }
        previous.into_iter().for_each(OwnerHandle::join);
        if self.unwanted.load(Ordering::SeqCst) { Err(Error::LoadCancelled) } else { Ok(()) }
    }

    /// A model that nobody waits for is not read and unpacked beside a person's answer, whoever
    /// computes that. As everything that waits it does not do so for ever.
    fn wait_for_quiet(&self) -> Result<(), Error> {
        let began = Instant::now();
        let patience = Priority::RISE * 3;
        let beside = || self.start.lease.in_use() == Some(Priority::Interactive);
        while self.start.priority == Priority::Background && beside() && began.elapsed() < patience
        {
            if self.unwanted.load(Ordering::SeqCst) {
                return Err(Error::LoadCancelled);
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn load(
        &self,
        inbox: Receiver<Command>,
        asked: Receiver<Option<Asked>>,
    ) -> Result<Ready, Error> {
        let Start { spec, priority, board, lease, worker_exe, .. } = &self.start;
        board.loading(0.0);
        let mut progress = |progress: f32| {
            board.loading(progress);
            !self.unwanted.load(Ordering::SeqCst)
        };
        let model = load::weights(spec, &mut progress)?;
        if model.header().pooling.is_some() {
            let mut loaded = load::encoder(&model, spec.n_ctx, spec.threads()[1])?;
            let turn = lease.acquire(*priority);
            loaded.first_step()?;
            drop(turn);
            tracing::info!(limit = loaded.limit, "an encoder is ready");
            self.link.set_abort_flag(loaded.encoder.abort_flag());
            let (link, lease) = (Arc::clone(&self.link), Arc::clone(lease));
            let owner = EncodeOwner::new(loaded, inbox, link, board.clone(), lease);
            return if self.unwanted.load(Ordering::SeqCst) {
                Err(Error::LoadCancelled)
            } else {
                Ok(Ready::Vectors(Box::new(owner)))
            };
        }
        let loaded = load::load(spec, model, *priority, lease.as_ref())?;
        let prompter = Arc::new(Prompter::new(&loaded.model, worker_exe.as_deref())?);
        if self.unwanted.load(Ordering::SeqCst) {
            return Err(Error::LoadCancelled);
        }
        let counter = TokenCounter::new(Arc::clone(&prompter), loaded.sequence_limit);
        self.link.set_counter(counter);
        self.link.set_abort_flag(loaded.context.abort_flag());
        // Without a name nothing is kept beyond this load, and within it none is needed.
        let model = loaded.fingerprint.unwrap_or(Fingerprint::NONE);
        let sequence_limit = loaded.sequence_limit;
        let work = PrepareWork { prompter, sequence_limit, model, form: loaded.form };
        let preparer = Preparer::start(work, asked, Arc::clone(&self.link))?;
        let slots = spec.parallel.clamp(1, 64) as usize;
        let link = Arc::clone(&self.link);
        let cold = self.start.cache.cold.clone().zip(loaded.fingerprint);
        let keeper = cold
            .map(|(cold, model)| Keeper::start(cold, model, link.commands.clone()))
            .transpose()?;
        let share = Share::new(self.start.cache.memory, Arc::clone(&self.start.kept));
        let warm = Warm::new(loaded.form, share);
        let tiers = Tiers::new(warm, keeper, slots);
        let mut owner =
            Owner::new(loaded, (slots, tiers), inbox, link, board.clone(), Arc::clone(lease));
        if let Some(tuning) = &spec.tuning {
            owner.policy.costs.measured(tuning);
        }
        Ok(Ready::Answers(Box::new(owner), preparer))
    }
}
