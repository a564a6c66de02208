//! What one request shares between the thread that works on it and whoever reads the answer.
//!
//! The writer never waits for the reader: what is not read yet is joined, so that the buffer is
//! bounded by the tokens of the answer. Exactly one last event is ever put in.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use hearth_domain::{FinishReason, Omitted, Timing, TokenLogprob, ToolCallDelta, Usage};
use tokio::sync::Notify;

use crate::{Error, Event, link::WaitingPlace};

#[derive(Default)]
struct Unread {
    ahead: Option<u32>,
    template_replaced: bool,
    omitted: Option<Omitted>,
    progress: Option<(u32, u32)>,
    text: String,
    reasoning: String,
    calls: Vec<ToolCallDelta>,
    logprobs: Vec<TokenLogprob>,
    last: Option<Event>,
}

struct State {
    /// Held until work on it begins or it ends.
    waiting: Option<WaitingPlace>,
    ended: bool,
    unread: Unread,
}

/// One request.
pub(crate) struct Ticket {
    /// Grows with the time of asking.
    pub(crate) order: u64,
    /// When it was asked.
    pub(crate) asked: Instant,
    cancelled: AtomicBool,
    state: Mutex<State>,
    changed: Notify,
    over: Notify,
}

impl Ticket {
    pub(crate) fn new(order: u64, waiting: WaitingPlace) -> Arc<Self> {
        Arc::new(Self {
            order,
            asked: Instant::now(),
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State {
                waiting: Some(waiting),
                ended: false,
                unread: Unread::default(),
            }),
            changed: Notify::new(),
            over: Notify::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is unread, unless the end was already told.
    fn tell(&self, change: impl FnOnce(&mut Unread)) {
        let mut state = self.state();
        if !state.ended {
            change(&mut state.unread);
            drop(state);
            self.changed.notify_one();
        }
    }

    pub(crate) fn queued(&self, ahead: u32) {
        self.tell(|unread| unread.ahead = Some(ahead));
    }

    pub(crate) fn template_replaced(&self) {
        self.tell(|unread| unread.template_replaced = true);
    }

    pub(crate) fn omitted(&self, omitted: Omitted) {
        self.tell(|unread| unread.omitted = Some(omitted));
    }

    pub(crate) fn progress(&self, done: u32, total: u32) {
        self.tell(|unread| unread.progress = Some((done, total)));
    }

    pub(crate) fn delta(&self, text: &str, reasoning: &str) {
        if !(text.is_empty() && reasoning.is_empty()) {
            self.tell(|unread| {
                unread.text.push_str(text);
                unread.reasoning.push_str(reasoning);
            });
        }
    }

    pub(crate) fn calls(&self, deltas: Vec<ToolCallDelta>) {
        if !deltas.is_empty() {
            self.tell(|unread| unread.calls.extend(deltas));
        }
    }

    pub(crate) fn logprob(&self, token: TokenLogprob) {
        self.tell(|unread| unread.logprobs.push(token));
    }

    pub(crate) fn finish(
        &self,
        reason: FinishReason,
        stop: Option<String>,
        usage: Usage,
        timing: Timing,
    ) {
        self.end(Event::Finished { reason, stop, usage, timing });
    }

    pub(crate) fn fail(&self, error: Error) {
        self.end(Event::Failed(error));
    }

    fn end(&self, last: Event) {
        let mut state = self.state();
        if !mem::replace(&mut state.ended, true) {
            state.waiting = None;
            state.unread.last = Some(last);
            drop(state);
            self.changed.notify_one();
            self.over.notify_one();
        }
    }

    /// Work on it begins; `false` where it ended while it waited.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.state();
        state.waiting = None;
        !state.ended
    }

    /// Whether it waits and nobody has ended it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.state().waiting.is_some()
    }

    /// Notes that nobody wants the answer. What waits ends here and now; what is worked on ends
    /// with the step, whoever works on it sees [`Ticket::is_cancelled`].
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if self.is_waiting() {
            let timing = Timing { queue_ms: millis(self.asked.elapsed()), ..Timing::default() };
            self.finish(FinishReason::Cancelled, None, Usage::default(), timing);
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// The next thing to tell; `None` where there is nothing now.
    fn take(&self) -> Option<Event> {
        let mut state = self.state();
        let unread = &mut state.unread;
        if let Some(ahead) = unread.ahead.take() {
            return Some(Event::Queued { ahead });
        }
        if mem::take(&mut unread.template_replaced) {
            return Some(Event::TemplateReplaced);
        }
        if let Some(omitted) = unread.omitted.take() {
            return Some(Event::Omitted(omitted));
        }
        if let Some((done, total)) = unread.progress.take() {
            return Some(Event::PromptProgress { done, total });
        }
        if !unread.logprobs.is_empty() {
            return Some(Event::Logprobs(mem::take(&mut unread.logprobs)));
        }
        if !(unread.text.is_empty() && unread.reasoning.is_empty()) {
            let (text, reasoning) = (mem::take(&mut unread.text), mem::take(&mut unread.reasoning));
            return Some(Event::Delta { text, reasoning });
        }
        if !unread.calls.is_empty() {
            return Some(Event::ToolCalls(mem::take(&mut unread.calls)));
        }
        unread.last.take()
    }

    /// Waits until the last event is there, whether or not what comes before it was read.
    pub(crate) async fn ended(&self) {
        if !self.state().ended {
            self.over.notified().await;
        }
    }

    /// Waits for the next thing to tell; `None` after the last.
    pub(crate) async fn next(&self) -> Option<Event> {
        loop {
            if let Some(event) = self.take() {
                return Some(event);
            }
            if self.state().ended {
                // The end may have come between the two looks.
                return self.take();
            }
            self.changed.notified().await;
        }
    }
}

/// A duration as the metrics give it.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
