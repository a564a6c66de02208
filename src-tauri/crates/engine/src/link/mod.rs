//! What a loaded model's threads share with its handles: the way in, what waits there, and the gate
//! through which a cancel or somebody more urgent may stop a step.

mod texts;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, Weak,
    atomic::{AtomicU64, AtomicUsize, Ordering},
    mpsc::Sender,
};

use hearth_domain::{Caller, ModelPurpose, Priority};
use hearth_llama::AbortFlag;

use crate::{
    Error, QueueLimits, Request, TokenCounter,
    owner::Command,
    scheduler::{Backlog, Full, Work, gives_way},
    ticket::Ticket,
    vectors::TextsAsked,
};

/// A request on its way to becoming a prompt.
pub(crate) struct Asked {
    pub(crate) ticket: Arc<Ticket>,
    pub(crate) request: Request,
}

/// Counts one waiting request for as long as it lives.
pub(crate) struct WaitingPlace {
    backlog: Arc<Mutex<Backlog>>,
    class: Priority,
    caller: Caller,
    work: Work,
}

impl Drop for WaitingPlace {
    fn drop(&mut self) {
        lock(&self.backlog).leave(self.class, &self.caller, self.work);
    }
}

/// The requests that are not at their end, what the model is for, and why no more are taken.
#[derive(Default)]
struct Open {
    tickets: Vec<Weak<Ticket>>,
    /// Texts that wait to become vectors.
    texts: Vec<TextsAsked>,
    /// What those had got whose turn it was last.
    texts_served: usize,
    /// Known once the model is loaded.
    purpose: Option<ModelPurpose>,
    closed: Option<Error>,
}

/// One request in a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Participant {
    pub(crate) order: u64,
    pub(crate) class: Priority,
}

/// The step that runs, if one does.
#[derive(Default)]
struct Gate {
    flag: Option<AbortFlag>,
    participants: Vec<Participant>,
    /// It gives way to nobody.
    firm: bool,
    /// The most urgent class of which a prompt became ready that the owner may not have heard of.
    arrived: Option<Priority>,
    /// The model goes away: every step is to stop.
    stopping: bool,
}

/// Somebody is about to ask: a model that is to end once all is answered waits for that, too.
pub(crate) struct Pin(Arc<Link>);

impl Pin {
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.0
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        if self.0.pins.fetch_sub(1, Ordering::SeqCst) == 1 {
            // Where nobody listens any more, nothing waits for it.
            let _ = self.0.commands.send(Command::Wake);
        }
    }
}

/// One loaded model, seen from both sides.
pub(crate) struct Link {
    pub(crate) commands: Sender<Command>,
    pub(crate) prompts: Sender<Option<Asked>>,
    backlog: Arc<Mutex<Backlog>>,
    orders: AtomicU64,
    pins: AtomicUsize,
    open: Mutex<Open>,
    gate: Mutex<Gate>,
    counter: Mutex<Option<TokenCounter>>,
}

impl Gate {
    /// Whether the step that runs gives way to a class.
    fn gives_way(&self, class: Priority) -> bool {
        let step: Vec<_> = self.participants.iter().map(|one| one.class).collect();
        !self.firm && gives_way(&step, class)
    }

    fn stop(&self) {
        if let Some(flag) = &self.flag {
            flag.set();
        }
    }
}

impl Link {
    pub(crate) fn new(commands: Sender<Command>, prompts: Sender<Option<Asked>>) -> Self {
        Self {
            commands,
            prompts,
            backlog: Arc::default(),
            orders: AtomicU64::new(0),
            pins: AtomicUsize::new(0),
            open: Mutex::default(),
            gate: Mutex::default(),
            counter: Mutex::default(),
        }
    }

    pub(crate) fn pin(link: &Arc<Self>) -> Pin {
        link.pins.fetch_add(1, Ordering::SeqCst);
        Pin(Arc::clone(link))
    }

    /// Whether somebody is about to ask.
    pub(crate) fn is_pinned(&self) -> bool {
        self.pins.load(Ordering::SeqCst) > 0
    }

    /// Takes a request, unless too many wait or the model is gone.
    pub(crate) fn take(
        &self,
        request: Request,
        limits: &QueueLimits,
    ) -> Result<Arc<Ticket>, Error> {
        let mut open = lock(&self.open);
        if let Some(error) = &open.closed {
            return Err(error.clone());
        }
        if open.purpose.is_some_and(|purpose| purpose != ModelPurpose::Answers) {
            return Err(Error::WrongPurpose);
        }
        let bytes = request.messages.iter().map(|turn| turn.content.len()).sum();
        let work = Work::expected(bytes, request.sampling.max_tokens);
        let (class, caller) = (request.priority, request.caller.clone());
        lock(&self.backlog)
            .admit(limits, class, &caller, work)
            .map_err(|Full { limit, wait }| Error::QueueFull { limit, wait })?;
        let place = WaitingPlace { backlog: Arc::clone(&self.backlog), class, caller, work };
        let ticket = Ticket::new(self.orders.fetch_add(1, Ordering::SeqCst), place);
        open.tickets.retain(|ticket| ticket.strong_count() > 0);
        open.tickets.push(Arc::downgrade(&ticket));
        let asked = Asked { ticket: Arc::clone(&ticket), request };
        self.prompts.send(Some(asked)).map_err(|_| Error::NotLoaded)?;
        Ok(ticket)
    }

    /// Takes no more requests and ends those that are open.
    pub(crate) fn close(&self, error: &Error) {
        let mut open = lock(&self.open);
        open.closed.get_or_insert_with(|| error.clone());
        for waiting in open.texts.drain(..) {
            let _ = waiting.reply.send(Err(error.clone()));
        }
        for ticket in open.tickets.drain(..).filter_map(|ticket| ticket.upgrade()) {
            ticket.fail(error.clone());
        }
    }

    /// Lets the memory of the model go.
    pub(crate) fn forget_model(&self) {
        *lock(&self.counter) = None;
        *lock(&self.gate) = Gate::default();
    }

    /// How many requests wait.
    pub(crate) fn waiting(&self) -> u32 {
        u32::try_from(lock(&self.backlog).waiting()).unwrap_or(u32::MAX)
    }

    /// How many requests wait that somebody waits for.
    pub(crate) fn waited_for(&self) -> u32 {
        u32::try_from(lock(&self.backlog).waited_for()).unwrap_or(u32::MAX)
    }

    /// What those who run have left to read and to write, in tokens, and what a token of each kind
    /// costs, in seconds, where that was measured.
    pub(crate) fn set_running(&self, left: (usize, usize), each: Option<(f64, f64)>) {
        lock(&self.backlog).running(left, each);
    }

    /// The model is ready for whoever counts tokens.
    pub(crate) fn set_counter(&self, counter: TokenCounter) {
        *lock(&self.counter) = Some(counter);
    }

    pub(crate) fn counter(&self) -> Option<TokenCounter> {
        lock(&self.counter).clone()
    }

    /// The flag that stops a step.
    pub(crate) fn set_abort_flag(&self, flag: AbortFlag) {
        lock(&self.gate).flag = Some(flag);
    }

    /// A step begins; only a cancel of one of these requests may stop it, or somebody to whom all of
    /// them give way, unless it is `firm`. `false` where such a one is there already: then it is not to be
    /// taken.
    pub(crate) fn enter_step(&self, participants: Vec<Participant>, firm: bool) -> bool {
        let mut gate = lock(&self.gate);
        (gate.participants, gate.firm) = (participants, firm);
        if gate.arrived.is_some_and(|class| gate.gives_way(class)) {
            gate.participants.clear();
            return false;
        }
        if let Some(flag) = gate.flag.as_ref().filter(|_| !gate.stopping) {
            flag.clear();
        }
        true
    }

    /// The step is over.
    pub(crate) fn leave_step(&self) {
        let mut gate = lock(&self.gate);
        gate.participants.clear();
        if let Some(flag) = gate.flag.as_ref().filter(|_| !gate.stopping) {
            flag.clear();
        }
    }

    /// The owner looks at its commands: it hears of all prompts that are ready by now.
    pub(crate) fn listening(&self) {
        lock(&self.gate).arrived = None;
    }

    /// A prompt of this class is ready, and the owner was told so.
    pub(crate) fn arrived(&self, class: Priority) {
        let mut gate = lock(&self.gate);
        gate.arrived = Some(gate.arrived.map_or(class, |before| before.min(class)));
        if gate.gives_way(class) {
            gate.stop();
        }
    }

    /// Somebody of this class waits for the processor: stops the step if it gives way to that class.
    pub(crate) fn wanted(&self, class: Priority) {
        let gate = lock(&self.gate);
        if gate.gives_way(class) {
            gate.stop();
        }
    }

    /// A request was cancelled: stops the step if the request takes part, and wakes the owner.
    pub(crate) fn cancelled(&self, order: u64) {
        let gate = lock(&self.gate);
        if gate.participants.iter().any(|one| one.order == order) {
            gate.stop();
        }
        drop(gate);
        // Where nobody listens any more, nothing runs that could be stopped.
        let _ = self.commands.send(Command::Wake);
    }

    /// Stops the step whoever takes part, because the model goes away.
    pub(crate) fn stop_step(&self) {
        let mut gate = lock(&self.gate);
        gate.stopping = true;
        gate.stop();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
