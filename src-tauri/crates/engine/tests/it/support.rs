//! An engine whose steps a test may hold, and answers read to their end.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use hearth_domain::{
    AnswerOptions, Caller, ComputeLease, EngineState, FinishReason, LeaseGuard, ModelId, Omitted,
    Priority, Role, SamplingParams, Timestamp, Timing, TokenLogprob, ToolCall, ToolCallDelta,
    Usage, Wanted,
};
use hearth_engine::{
    Answer, CacheConfig, Engine, EngineConfig, Error, Event, ModelSpec, Overflow, QueueLimits,
    Request, Turn,
};
use hearth_testkit::gguf::TinyModel;
use tempfile::TempDir;

/// Far longer than anything takes: a guard against hanging, not a measure of speed.
pub(crate) const HANG: Duration = Duration::from_secs(120);

#[derive(Default)]
struct Steps {
    held: bool,
    allowed: u64,
    taken: u64,
    waiting: bool,
    panic: bool,
    /// Of the holder, where it gives way.
    wanted: Option<Wanted>,
}

/// A lease that a test can hold back step by step.
#[derive(Clone, Default)]
pub(crate) struct StepLease(Arc<(Mutex<Steps>, Condvar)>);

struct Free;

impl LeaseGuard for Free {}

impl ComputeLease for StepLease {
    fn acquire(&self, _: Priority) -> Box<dyn LeaseGuard> {
        let (steps, changed) = &*self.0;
        let mut steps = steps.lock().unwrap();
        assert!(!steps.panic, "the test wanted a panic");
        steps.waiting = true;
        changed.notify_all();
        while steps.held && steps.allowed == 0 {
            steps = changed.wait(steps).unwrap();
        }
        steps.waiting = false;
        steps.allowed = steps.allowed.saturating_sub(1);
        steps.taken += 1;
        Box::new(Free)
    }

    fn acquire_giving_way(&self, priority: Priority, wanted: Wanted) -> Box<dyn LeaseGuard> {
        self.change(|steps| steps.wanted = Some(wanted));
        self.acquire(priority)
    }
}

impl StepLease {
    fn change(&self, change: impl FnOnce(&mut Steps)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    /// No step begins from now on.
    pub(crate) fn hold(&self) {
        self.change(|steps| {
            steps.held = true;
            steps.allowed = 0;
        });
    }

    /// So many more steps may begin.
    pub(crate) fn allow(&self, steps: u64) {
        self.change(|state| state.allowed += steps);
    }

    /// Every step may begin.
    pub(crate) fn free(&self) {
        self.change(|steps| steps.held = false);
    }

    /// Whoever wants the next step panics.
    pub(crate) fn panic_next(&self) {
        self.change(|steps| steps.panic = true);
    }

    /// No more panics.
    pub(crate) fn calm(&self) {
        let (steps, changed) = &*self.0;
        // The panic left the lock poisoned, as it must.
        steps.clear_poison();
        steps.lock().unwrap().panic = false;
        changed.notify_all();
    }

    /// Tells whoever holds or wants the lease that somebody of this class waits for it.
    pub(crate) fn want(&self, class: Priority) {
        let wanted = self.0.0.lock().unwrap().wanted.clone();
        wanted.unwrap()(class);
    }

    /// Steps begun so far.
    pub(crate) fn taken(&self) -> u64 {
        self.0.0.lock().unwrap().taken
    }

    /// Waits until a step wants to begin and may not.
    pub(crate) async fn held_back(&self) {
        let lease = self.clone();
        let wait = tokio::task::spawn_blocking(move || {
            let (steps, changed) = &*lease.0;
            let steps = steps.lock().unwrap();
            let held = |steps: &mut Steps| !(steps.waiting && steps.held && steps.allowed == 0);
            drop(changed.wait_timeout_while(steps, HANG, held).unwrap());
        });
        wait.await.unwrap();
    }
}

/// An engine, its lease and the folder of its models.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) lease: StepLease,
    pub(crate) dir: TempDir,
}

fn now() -> Timestamp {
    Timestamp(1_700_000_000_000)
}

/// The example program beside the tests.
fn worker() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let name = format!("model_worker{}", std::env::consts::EXE_SUFFIX);
    tests.parent().unwrap().parent().unwrap().join("examples").join(name)
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(QueueLimits::default(), worker(), CacheConfig::default())
    }

    /// An engine in which so many requests of each class may wait.
    pub(crate) fn with_queue(most: usize) -> Self {
        let queue = QueueLimits { interactive: most, stream: most, batch: most, background: most };
        Self::with(queue, worker(), CacheConfig::default())
    }

    /// An engine whose worker is another program.
    pub(crate) fn with_worker(worker: PathBuf) -> Self {
        Self::with(QueueLimits::default(), worker, CacheConfig::default())
    }

    /// An engine that keeps so much of what it read.
    pub(crate) fn with_cache(cache: CacheConfig) -> Self {
        Self::with(QueueLimits::default(), worker(), cache)
    }

    fn with(queue: QueueLimits, worker: PathBuf, cache: CacheConfig) -> Self {
        let lease = StepLease::default();
        let config = EngineConfig {
            lease: Arc::new(lease.clone()),
            worker_exe: Some(worker),
            queue,
            now: Arc::new(now),
            cache,
        };
        Self { engine: Engine::new(config), lease, dir: TempDir::new().unwrap() }
    }

    /// Writes a model into the folder.
    pub(crate) fn write(&self, name: &str, model: &TinyModel) -> ModelSpec {
        let path = self.dir.path().join(name);
        model.write(&path).unwrap();
        spec(&path)
    }

    /// An engine with a tiny model in it, for so many answers at once.
    pub(crate) async fn loaded(model: &TinyModel, parallel: u32, n_ctx: u32) -> Self {
        let bench = Self::new();
        let spec = ModelSpec { parallel, n_ctx, ..bench.write("tiny.gguf", model) };
        bench.engine.load(spec).await.unwrap();
        bench
    }

    pub(crate) fn ask(&self, request: Request) -> Answer {
        self.engine.submit(request).unwrap()
    }

    /// Asks and reads to the end.
    pub(crate) async fn told(&self, request: Request) -> Told {
        read(self.ask(request)).await
    }

    /// Waits for a state.
    pub(crate) async fn state(&self, wanted: impl FnMut(&EngineState) -> bool) {
        let mut state = self.engine.state();
        tokio::time::timeout(HANG, state.wait_for(wanted)).await.unwrap().unwrap();
    }
}

/// How a test loads a file.
pub(crate) fn spec(path: &Path) -> ModelSpec {
    ModelSpec {
        id: ModelId(path.file_name().unwrap().to_string_lossy().into_owned()),
        name: "A model".into(),
        path: path.to_owned(),
        n_ctx: 0,
        parallel: 8,
        threads: 1,
        footprint: None,
        tuning: None,
    }
}

/// The model of [`Bench::loaded`].
pub(crate) fn tiny() -> ModelId {
    ModelId("tiny.gguf".into())
}

pub(crate) fn system(text: &str) -> Turn {
    Turn::new(Role::System, text)
}

pub(crate) fn user(text: &str) -> Turn {
    Turn::new(Role::User, text)
}

pub(crate) fn assistant(text: &str) -> Turn {
    Turn::new(Role::Assistant, text)
}

/// A greedy request of one question.
pub(crate) fn question(text: &str, max_tokens: u32) -> Request {
    chat(vec![user(text)], max_tokens)
}

pub(crate) fn chat(messages: Vec<Turn>, max_tokens: u32) -> Request {
    Request {
        messages,
        begun: None,
        sampling: SamplingParams {
            temperature: Some(0.0),
            max_tokens: Some(max_tokens),
            ..Default::default()
        },
        priority: Priority::Interactive,
        caller: Caller::Person,
        overflow: Overflow::Error,
        enable_thinking: true,
        conversation: None,
        raw: false,
        ahead: false,
        options: AnswerOptions::default(),
    }
}

/// All that an answer told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) logprobs: Vec<TokenLogprob>,
    pub(crate) omitted: Option<Omitted>,
    pub(crate) template_replaced: bool,
    pub(crate) end: Option<(FinishReason, Usage, Timing)>,
    pub(crate) error: Option<Error>,
}

impl Told {
    pub(crate) fn reason(&self) -> FinishReason {
        self.end.map_or_else(|| panic!("{:?}", self.error), |end| end.0)
    }

    pub(crate) fn usage(&self) -> Usage {
        self.end.map_or_else(|| panic!("{:?}", self.error), |end| end.1)
    }

    pub(crate) fn timing(&self) -> Timing {
        self.end.map_or_else(|| panic!("{:?}", self.error), |end| end.2)
    }

    fn call(&mut self, delta: ToolCallDelta) {
        if let Some((id, name)) = delta.begins {
            assert_eq!(self.calls.len(), delta.index as usize, "calls begin in order");
            self.calls.push(ToolCall { id, name, arguments: String::new() });
        }
        self.calls[delta.index as usize].arguments.push_str(&delta.arguments);
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Delta { text, reasoning } => {
                self.text.push_str(&text);
                self.reasoning.push_str(&reasoning);
            }
            Event::ToolCalls(deltas) => deltas.into_iter().for_each(|delta| self.call(delta)),
            Event::Logprobs(tokens) => self.logprobs.extend(tokens),
            Event::Omitted(omitted) => self.omitted = Some(omitted),
            Event::TemplateReplaced => self.template_replaced = true,
            Event::Finished { reason, usage, timing, .. } => {
                self.end = Some((reason, usage, timing))
            }
            Event::Failed(error) => self.error = Some(error),
            Event::Queued { .. } | Event::PromptProgress { .. } => {}
        }
    }
}

/// Reads an answer to its end.
pub(crate) async fn read(mut answer: Answer) -> Told {
    let mut told = Told::default();
    while let Some(event) = next(&mut answer).await {
        told.take(event);
    }
    assert!(told.end.is_some() != told.error.is_some(), "exactly one last event");
    told
}

/// The next event, which must come.
pub(crate) async fn next(answer: &mut Answer) -> Option<Event> {
    tokio::time::timeout(HANG, answer.next()).await.expect("an answer hangs")
}

/// Reads until an event of this kind.
pub(crate) async fn until(answer: &mut Answer, wanted: impl Fn(&Event) -> bool) -> Event {
    loop {
        let event = next(answer).await.expect("the answer ended");
        assert!(!event.is_last() || wanted(&event), "{event:?}");
        if wanted(&event) {
            return event;
        }
    }
}

pub(crate) fn is_delta(event: &Event) -> bool {
    matches!(event, Event::Delta { .. })
}
