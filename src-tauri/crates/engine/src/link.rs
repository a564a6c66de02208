//! What a loaded model's threads share with its handles: the way in, the count of those who wait,
//! and the gate through which a cancel may stop a step.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, Weak,
    atomic::{AtomicU64, AtomicUsize, Ordering},
    mpsc::Sender,
};

use hearth_llama::AbortFlag;

use crate::{Error, Request, TokenCounter, owner::Command, ticket::Ticket};

/// A request on its way to becoming a prompt.
pub(crate) struct Asked {
    pub(crate) ticket: Arc<Ticket>,
    pub(crate) request: Request,
}

/// Counts one waiting request for as long as it lives.
pub(crate) struct WaitingPlace(Arc<AtomicUsize>);

impl Drop for WaitingPlace {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The requests that are not at their end, and why no more are taken.
#[derive(Default)]
struct Open {
    tickets: Vec<Weak<Ticket>>,
    closed: Option<Error>,
}

/// The step that runs, if one does.
#[derive(Default)]
struct Gate {
    flag: Option<AbortFlag>,
    participants: Vec<u64>,
    /// The model goes away: every step is to stop.
    stopping: bool,
}

/// One loaded model, seen from both sides.
pub(crate) struct Link {
    pub(crate) commands: Sender<Command>,
    pub(crate) prompts: Sender<Option<Asked>>,
    waiting: Arc<AtomicUsize>,
    orders: AtomicU64,
    open: Mutex<Open>,
    gate: Mutex<Gate>,
    counter: Mutex<Option<TokenCounter>>,
}

impl Link {
    pub(crate) fn new(commands: Sender<Command>, prompts: Sender<Option<Asked>>) -> Self {
        Self {
            commands,
            prompts,
            waiting: Arc::default(),
            orders: AtomicU64::new(0),
            open: Mutex::default(),
            gate: Mutex::default(),
            counter: Mutex::default(),
        }
    }

    /// Takes a request, unless too many wait or the model is gone.
    pub(crate) fn take(&self, request: Request, limit: usize) -> Result<Arc<Ticket>, Error> {
        let mut open = lock(&self.open);
        if let Some(error) = &open.closed {
            return Err(error.clone());
        }
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= limit {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Error::QueueFull { limit });
        }
        let place = WaitingPlace(Arc::clone(&self.waiting));
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
        u32::try_from(self.waiting.load(Ordering::SeqCst)).unwrap_or(u32::MAX)
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

    /// A step begins; only a cancel of one of these requests may stop it.
    pub(crate) fn enter_step(&self, participants: Vec<u64>) {
        let mut gate = lock(&self.gate);
        gate.participants = participants;
        if let Some(flag) = gate.flag.as_ref().filter(|_| !gate.stopping) {
            flag.clear();
        }
    }

    /// The step is over.
    pub(crate) fn leave_step(&self) {
        self.enter_step(Vec::new());
    }

    /// A request was cancelled: stops the step if the request takes part, and wakes the owner.
    pub(crate) fn cancelled(&self, order: u64) {
        let gate = lock(&self.gate);
        if gate.participants.contains(&order)
            && let Some(flag) = &gate.flag
        {
            flag.set();
        }
        drop(gate);
        // Where nobody listens any more, nothing runs that could be stopped.
        let _ = self.commands.send(Command::Wake);
    }

    /// Stops the step whoever takes part, because the model goes away.
    pub(crate) fn stop_step(&self) {
        let mut gate = lock(&self.gate);
        gate.stopping = true;
        if let Some(flag) = &gate.flag {
            flag.set();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
