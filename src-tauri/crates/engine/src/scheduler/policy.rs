//! The scheduler's whole memory: who waits, who had what, what steps cost, what classes are owed.
//!
//! Every decision is a function of this and of the time that it is given, so that the same code
//! runs in the owner's loop and in a simulation (`simulation.rs`).

use std::time::Duration;

use hearth_domain::Priority;

use super::{
    class,
    cost::{Costs, Shape},
    ledger::Ledger,
    plan::{Plan, View, plan},
    queue::{Label, Queue},
    shares::Shares,
    victim::{Entry, Room, Seat, entry},
};

/// Streams run beside each other as long as each still gets a token this often, in seconds, …
const CROWDED: f64 = 0.05;
/// … or until one has waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is kept of a request while it has a sequence.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Whose it is.
    pub(crate) label: Label,
    /// Since when it has its sequence.
    pub(crate) since: Duration,
    /// When it was last worked on.
    pub(crate) touched: Duration,
    /// Tokens that its caller was charged, …
    charged: u64,
    /// … and those that were worked on.
    done: u64,
}

/// What is to be done with those who wait.
#[derive(Debug)]
pub(crate) enum Next<T> {
    /// This one begins.
    Begin(Account, T),
    /// The running request of this place makes room; then ask again.
    Displace(usize),
    /// Nobody can begin.
    Nobody,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Policy<T> {
    pub(crate) queue: Queue<T>,
    pub(crate) costs: Costs,
    ledger: Ledger,
    shares: Shares,
}

impl<T> Policy<T> {
    pub(crate) fn new() -> Self {
        Self {
            queue: Queue::new(),
            costs: Costs::default(),
            ledger: Ledger::default(),
            shares: Shares::default(),
        }
    }

    /// A request comes.
    pub(crate) fn arrive(&mut self, now: Duration, label: Label, item: T) {
        self.ledger.open(label.class, &label.caller);
        self.queue.push(now, label, item);
    }

    /// A request that had a sequence waits again, with so much work left.
    pub(crate) fn pause(&mut self, now: Duration, account: Account, left: u64, item: T) {
        let label = self.settle(account);
        self.queue.push(now, Label { work: left, ..label }, item);
    }

    /// Forgets those that no longer wait and gives them out.
    pub(crate) fn sift(&mut self, keep: impl FnMut(&T) -> bool) -> Vec<T> {
        let gone = self.queue.sift(keep);
        let items = gone.into_iter().map(|(label, item)| {
            self.ledger.close(label.class, &label.caller);
            item
        });
        items.collect()
    }

    /// A request is at its end.
    pub(crate) fn end(&mut self, account: Account) {
        let label = self.settle(account);
        self.ledger.close(label.class, &label.caller);
    }

    fn settle(&mut self, account: Account) -> Label {
        let Account { label, charged, done, .. } = account;
        self.ledger.refund(label.class, &label.caller, charged.saturating_sub(done));
        label
    }

    /// So many tokens of a request were worked on.
    pub(crate) fn worked(&mut self, now: Duration, account: &mut Account, tokens: usize) {
        account.touched = now;
        account.done += tokens as u64;
        let more = account.done.saturating_sub(account.charged);
        if more > 0 {
            self.ledger.charge(account.label.class, &account.label.caller, more);
            account.charged = account.done;
        }
    }

    /// Who begins next. `claim` says how many cells of the cache a request wants. One that can
    /// neither begin nor take a place holds up all but those of more urgent classes: otherwise
    /// small requests would keep a large one waiting for ever.
    pub(crate) fn next(
        &mut self,
        now: Duration,
        running: &[Seat],
        room: Room,
        claim: impl Fn(&T) -> usize,
    ) -> Next<T> {
        let mut held_up: Option<Priority> = None;
        for head in self.queue.heads(now, &self.ledger) {
            if held_up.is_some_and(|class| head.class >= class) {
                continue;
            }
            let Some((_, item)) = self.queue.peek(head) else { continue };
            let crowded = head.waited < PATIENCE && self.is_crowded(head.class, running);
            let decided = match entry(head.class, claim(item), running, room) {
                Entry::Begin if crowded => Entry::Wait,
                decided => decided,
            };
            match decided {
                Entry::Begin => {
                    let Some((label, item)) = self.queue.take(now, head) else { continue };
                    self.ledger.charge(label.class, &label.caller, label.work);
                    let charged = label.work;
                    let account = Account { label, since: now, touched: now, charged, done: 0 };
                    return Next::Begin(account, item);
                }
                Entry::Displace(place) => return Next::Displace(place),
                Entry::Wait => held_up = Some(head.class),
            }
        }
        Next::Nobody
    }

    /// Whether one more stream would make all of them slow. On a computer on which wider steps take
    /// as much longer, each ends sooner when a few run at a time, and all end when they would anyway.
    fn is_crowded(&self, class: Priority, running: &[Seat]) -> bool {
        let beside = running.iter().filter(|seat| class::is_urgent(seat.class)).count();
        let wider = self.costs.now(Shape { rows: beside + 1, read: 0 });
        class == Priority::Stream && beside > 0 && wider.is_some_and(|seconds| seconds > CROWDED)
    }

    /// What a caller of a class had so far.
    pub(crate) fn served(&self, label: &Label) -> u64 {
        self.ledger.served(label.class, &label.caller)
    }

    /// Plans a step of so many tokens at most.
    pub(crate) fn plan(&self, views: &[View], batch: usize) -> Plan {
        let queued = self.queue.waiting(Priority::Stream);
        plan(views, (batch, queued), &self.costs, &self.shares)
    }

    /// A planned step was taken; gives how many times slower it was than on a quiet computer.
    pub(crate) fn stepped(
        &mut self,
        views: &[View],
        plan: &Plan,
        shape: Shape,
        seconds: f64,
        quiet: bool,
    ) -> Option<f64> {
        let lead = views.iter().map(|view| view.class).min();
        for class in [Priority::Batch, Priority::Background] {
            let mut of_class = views.iter().filter(|view| view.class == class).peekable();
            let spent = plan.spent[class::index(class)];
            self.shares.spend(class, spent);
            let rests = class == Priority::Background && plan.background_rests;
            if lead == Some(class) || of_class.peek().is_none() || rests {
                continue;
            }
            let joined = |view: &View| plan.shares.iter().any(|share| share.key == view.key);
            if spent > 0.0 || !of_class.any(joined) {
                self.shares.earn(class, seconds);
            }
        }
        self.costs.took(shape, seconds, quiet)
    }

    /// Where the order has changed, visits every request with the number of those before it.
    pub(crate) fn visit_changed(&mut self, now: Duration, visit: impl FnMut(usize, &mut T)) {
        self.queue.visit_changed(now, &self.ledger, visit);
    }
}
