//! What the next step of the network works on, by what steps were measured to cost.
//!
//! Whoever is read along comes first: answers of a person and of streams, then their prompts, in
//! pieces that keep the answers flowing. Batch and background work joins where it costs next to
//! nothing, or on what it is owed. Not here: who has a sequence at all.

use std::time::Duration;

use hearth_domain::Priority;

use super::{
    class,
    cost::{Costs, FREE, Shape},
    shares::Shares,
};

/// A step in which an answer is written that somebody reads along should take no longer, in seconds.
const FLOWING: f64 = 0.05;
/// The same where a prompt of somebody more urgent is read in it.
const HURRIED: f64 = 0.08;
/// A step in which only programs that wait for the whole are answered.
const BULK: f64 = 0.25;
/// What each prompt of a stream that waits adds to a step in which only streams are written, up to
/// [`BULK`]: a token of a small piece costs twice what one of a large piece does, so reading what came together
/// in small pieces makes all of them wait for longer.
const TOGETHER: f64 = 0.05;
/// How many times longer than the answers in it alone a step may take by a prompt of the same class.
const SLOWER_BY_EQUAL: f64 = 1.8;
/// The same by prompts of lower classes.
const SLOWER_BY_LOWER: f64 = 1.5;
/// Tokens of a prompt beside answers while nothing is measured.
const UNMEASURED: usize = 16;
/// Tokens of a prompt in a step at the least, where it is of no lower class than the answers.
const LEAST: usize = 2;
/// Pieces of prompts end at multiples of this where they can: what is cached has blocks of this size.
const BLOCK: usize = 256;

/// A sequence as the plan sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Names the sequence to the caller.
    pub(crate) key: usize,
    /// Its class.
    pub(crate) class: Priority,
    /// Its age.
    pub(crate) order: u64,
    /// What its caller had so far.
    pub(crate) served: u64,
    /// Tokens that its sequence holds.
    pub(crate) held: usize,
    /// Tokens of the prompt that are not read yet; 0 means that it writes.
    pub(crate) unread: usize,
    /// How long it has not been worked on.
    pub(crate) waited: Duration,
}

/// A sequence's part of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Which sequence.
    pub(crate) key: usize,
    /// How many of its next tokens.
    pub(crate) tokens: usize,
}

/// A planned step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// What is worked on.
    pub(crate) shares: Vec<Share>,
    /// By how many seconds classes make it longer on what they are owed.
    pub(crate) spent: [f64; class::CLASSES],
    /// Whether work in the background earns nothing by being left out.
    pub(crate) background_rests: bool,
}

/// Plans a step of so many tokens at most, while so many streams wait for a sequence.
pub(crate) fn plan(
    views: &[View],
    (batch, queued): (usize, usize),
    costs: &Costs,
    owed: &Shares,
) -> Plan {
    let Some(lead) = views.iter().map(|view| view.class).min() else { return Plan::default() };
    let writes = views.iter().filter(|view| view.unread == 0).map(|view| view.class).min();
    let person_writes = writes == Some(Priority::Interactive);
    let mut step = Step {
        costs,
        owed,
        batch,
        queued,
        writes: writes.unwrap_or(Priority::Background),
        shape: Shape::default(),
        plan: Plan {
            background_rests: person_writes && costs.knee() == Some(1),
            ..Plan::default()
        },
    };
    let leads =
        |view: &&View| view.class == lead || class::is_urgent(lead) && class::is_urgent(view.class);
    let (mut first, mut rest): (Vec<&View>, Vec<&View>) = views.iter().partition(leads);
    first.sort_by_key(|view| writing_rank(view));
    step.write(first.iter().filter(|view| view.unread == 0), person_writes);
    let alone = step.shape;
    rest.sort_by_key(|view| (view.class, writing_rank(view)));
    step.on_what_is_owed(&rest, alone);
    first.sort_by_key(|view| reading_rank(view));
    step.read(&first, lead, alone);
    rest.sort_by_key(|view| (view.class, view.unread > 0, reading_rank(view), writing_rank(view)));
    step.join(&rest, alone);
    step.plan
}

/// Of answers those go first that waited for longest.
fn writing_rank(view: &View) -> (Priority, std::cmp::Reverse<Duration>, u64) {
    (view.class, std::cmp::Reverse(view.waited), view.order)
}

/// Of prompts those go first that waited too long; then by class, by what the caller had, and the
/// shortest first.
fn reading_rank(view: &View) -> (usize, bool, u64, usize, u64) {
    let overdue = view.waited >= class::RISE;
    (class::level(view.class, view.waited), !overdue, view.served, view.unread, view.order)
}

struct Step<'a> {
    costs: &'a Costs,
    owed: &'a Shares,
    batch: usize,
    /// Streams that wait for a sequence.
    queued: usize,
    /// The most urgent class of which an answer is written.
    writes: Priority,
    shape: Shape,
    plan: Plan,
}

impl Step<'_> {
    fn left(&self) -> usize {
        self.batch - self.shape.rows - self.shape.read
    }

    fn has(&self, view: &View) -> bool {
        self.plan.shares.iter().any(|share| share.key == view.key)
    }

    fn add(&mut self, view: &View, tokens: usize) {
        if tokens == 0 || self.has(view) {
            return;
        }
        self.plan.shares.push(Share { key: view.key, tokens });
        if view.unread == 0 {
            self.shape.rows += tokens;
        } else {
            self.shape.read += tokens;
        }
    }

    /// What the step would take with so much more.
    fn with(&self, rows: usize, read: usize) -> Option<f64> {
        self.costs.now(Shape { rows: self.shape.rows + rows, read: self.shape.read + read })
    }

    /// The answers of those who lead. Where a person is among the readers, the streams take turns
    /// as soon as all together would be too slow for that person.
    fn write<'v>(&mut self, writers: impl Iterator<Item = &'v &'v View>, person: bool) {
        let mut streams = 0;
        for view in writers {
            let stream = view.class == Priority::Stream;
            let slow = self.with(1, 0).is_some_and(|seconds| seconds > FLOWING);
            if self.left() == 0 || (stream && person && slow && streams > 0) {
                break;
            }
            streams += usize::from(stream);
            self.add(view, 1);
        }
    }

    /// Lower classes that are owed something: a token of an answer or a piece of a prompt, no longer
    /// than they are owed and than keeps the answers flowing.
    fn on_what_is_owed(&mut self, rest: &[&View], alone: Shape) {
        for class in [Priority::Batch, Priority::Background] {
            let mut owed = self.owed.owed(class);
            let rests = class == Priority::Background && self.plan.background_rests;
            for view in rest.iter().filter(|view| view.class == class && !rests) {
                let Some(before) = self.with(0, 0) else { return };
                let (rows, read) = if view.unread == 0 {
                    (1, 0)
                } else {
                    let flowing = self.allowance(SLOWER_BY_LOWER, FLOWING, alone);
                    let most = flowing.map_or(owed, |flowing| (flowing - before).min(owed));
                    let Some(fits) = self.costs.tokens_in(most) else { return };
                    (0, view.unread.min(fits.max(1)))
                };
                let Some(after) = self.with(rows, read) else { return };
                if after - before > owed || rows + read > self.left() {
                    break;
                }
                owed -= after - before;
                self.plan.spent[class::index(class)] += after - before;
                self.add(view, rows + read);
            }
        }
    }

    /// Whether it is left out whatever it is owed.
    fn rests(&self, view: &View) -> bool {
        view.class == Priority::Background && self.plan.background_rests
    }

    /// Seconds that a step may take beside answers that alone take as long as `alone` does; `None`
    /// where there are none or nothing is known.
    fn allowance(&self, slower: f64, most: f64, alone: Shape) -> Option<f64> {
        let answers = (alone.rows > 0).then(|| self.costs.now(alone))??;
        Some((answers * slower).min(most))
    }

    /// The prompts of those who lead, in the order given.
    fn read(&mut self, readers: &[&View], lead: Priority, alone: Shape) {
        let mut first = true;
        let waits = |view: &&&View| view.unread > 0 && view.class == Priority::Stream;
        let waiting = readers.iter().filter(waits).count() + self.queued;
        let together = (0..=waiting).fold(0.0, |seconds, _| seconds + TOGETHER).min(BULK);
        for view in readers.iter().filter(|view| view.unread > 0) {
            let tokens = if alone.rows == 0 {
                self.left()
            } else {
                let hurried = view.class < self.writes || !class::is_urgent(lead);
                let most = if class::is_urgent(lead) { HURRIED } else { BULK };
                let streams = lead == Priority::Stream && self.writes == Priority::Stream;
                let seconds = if hurried {
                    self.allowance(f64::INFINITY, most, alone)
                } else if streams {
                    self.allowance(f64::INFINITY, together, alone)
                } else {
                    self.allowance(SLOWER_BY_EQUAL, FLOWING, alone)
                };
                self.beside(seconds).max(if first { LEAST } else { 0 })
            };
            let tokens = whole_blocks(view, tokens.min(self.left()));
            first &= tokens == 0;
            self.add(view, tokens);
        }
    }

    /// Tokens of prompts that make the step take so long.
    fn beside(&self, seconds: Option<f64>) -> usize {
        let more = seconds.zip(self.with(0, 0)).map(|(most, now)| most - now);
        let fits = more.and_then(|seconds| self.costs.tokens_in(seconds));
        fits.unwrap_or(UNMEASURED.saturating_sub(self.shape.read))
    }

    /// Whoever else costs next to nothing.
    fn join(&mut self, rest: &[&View], alone: Shape) {
        let free = self.with(0, 0).map(|seconds| seconds * FREE);
        for view in rest {
            if self.rests(view) {
                continue;
            }
            let tokens = if view.unread == 0 {
                // What is not known is tried once; then it is.
                let takes = self.with(1, 0);
                usize::from(free.zip(takes).is_none_or(|(most, takes)| takes <= most))
            } else {
                let most = self.allowance(SLOWER_BY_LOWER, FLOWING, alone).or(free);
                whole_blocks(view, self.beside(most).min(self.left()))
            };
            self.add(view, tokens.min(self.left()));
        }
    }
}

/// As many of the next tokens as end the prompt or a block of the cache, if so many reach one.
fn whole_blocks(view: &View, tokens: usize) -> usize {
    if tokens >= view.unread {
        return view.unread;
    }
    let end = (view.held + tokens) / BLOCK * BLOCK;
    if end > view.held { end - view.held } else { tokens }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
