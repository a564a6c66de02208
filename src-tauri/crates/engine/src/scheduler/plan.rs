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
mod tests {
    use Priority::{Background, Batch, Interactive, Stream};

    use super::*;

    const BATCH: usize = 512;

    fn view(key: usize, class: Priority, unread: usize) -> View {
        let order = key as u64;
        View { key, class, order, served: 0, held: 0, unread, waited: Duration::ZERO }
    }

    /// A computer on which a wider step costs as much more as a narrow one: 10 ms a row, and a
    /// token of a prompt 2 ms.
    fn narrow() -> Costs {
        let mut costs = Costs::default();
        for rows in 1..=16 {
            costs.took(Shape { rows, read: 0 }, 0.010 * rows as f64, true);
        }
        costs.took(Shape { rows: 0, read: 512 }, 1.024, true);
        costs
    }

    /// One on which sixteen rows cost what one does.
    fn wide() -> Costs {
        let mut costs = Costs::default();
        costs.took(Shape { rows: 1, read: 0 }, 0.010, true);
        costs.took(Shape { rows: 16, read: 0 }, 0.0105, true);
        costs.took(Shape { rows: 0, read: 512 }, 0.0512, true);
        costs
    }

    fn planned(views: &[View], costs: &Costs) -> Vec<(usize, usize)> {
        let plan = plan(views, (BATCH, 0), costs, &Shares::default());
        plan.shares.into_iter().map(|share| (share.key, share.tokens)).collect()
    }

    #[test]
    fn a_prompt_alone_gets_the_whole_step() {
        assert_eq!(planned(&[view(1, Interactive, 5000)], &narrow()), [(1, 512)]);
        assert_eq!(planned(&[view(1, Background, 5000)], &Costs::default()), [(1, 512)]);
    }

    #[test]
    fn a_running_answer_never_waits_for_a_whole_prompt() {
        let views = [view(0, Stream, 0), view(1, Stream, 5000)];
        assert_eq!(planned(&views, &narrow()), [(0, 1), (1, 45)], "100 ms in all");
        let both = [view(0, Interactive, 0), view(1, Interactive, 5000)];
        assert_eq!(planned(&both, &narrow()), [(0, 1), (1, 4)], "18 ms in all");
        let hurried = [view(0, Stream, 0), view(1, Interactive, 5000)];
        assert_eq!(planned(&hurried, &narrow()), [(0, 1), (1, 35)], "80 ms in all");
        let lower = [view(0, Stream, 0), view(1, Batch, 5000)];
        assert_eq!(planned(&lower, &narrow()), [(0, 1), (1, 2)], "15 ms in all");
    }

    #[test]
    fn the_more_streams_wait_for_their_first_word_the_more_of_a_step_is_theirs() {
        let tokens = |waiting: usize| {
            let mut views: Vec<_> = (1..=waiting).map(|key| view(key, Stream, 400)).collect();
            views.push(view(0, Stream, 0));
            planned(&views, &narrow())[1..].iter().map(|part| part.1).sum::<usize>()
        };
        assert_eq!(
            [1, 2, 4, 8].map(tokens),
            [45, 70, 120, 120],
            "and a quarter of a second at most"
        );
        let views = [view(0, Stream, 0), view(1, Stream, 400)];
        let queued = plan(&views, (BATCH, 3), &narrow(), &Shares::default());
        assert_eq!(queued.shares[1].tokens, 120, "those without a sequence wait as well");
    }

    #[test]
    fn every_answer_that_is_read_along_is_in_every_step() {
        let views: Vec<_> = (0..8).map(|key| view(key, Stream, 0)).collect();
        assert_eq!(planned(&views, &narrow()).len(), 8);
    }

    #[test]
    fn streams_take_turns_where_all_would_be_too_slow_for_a_person() {
        let mut views: Vec<_> = (1..9).map(|key| view(key, Stream, 0)).collect();
        views.push(view(0, Interactive, 0));
        views[7].waited = Duration::from_secs(1);
        views[3].waited = Duration::from_millis(1);
        let mut slow = narrow();
        slow.took(Shape { rows: 4, read: 0 }, 0.044, true);
        slow.took(Shape { rows: 5, read: 0 }, 0.055, true);
        let expected = [(0, 1), (8, 1), (4, 1), (1, 1), (2, 1)];
        assert_eq!(planned(&views, &slow)[..4], expected[..4]);
        assert_eq!(planned(&views, &wide()).len(), 9);
    }

    #[test]
    fn lower_classes_join_where_it_costs_next_to_nothing() {
        let views = [view(0, Interactive, 0), view(1, Batch, 0), view(2, Background, 0)];
        assert_eq!(planned(&views, &narrow()), [(0, 1)]);
        assert_eq!(planned(&views, &wide()), [(0, 1), (1, 1), (2, 1)]);
        assert_eq!(planned(&views, &Costs::default()).len(), 3, "not known: tried");
    }

    #[test]
    fn a_short_prompt_of_a_person_does_not_wait_for_a_long_one_of_a_program() {
        let views = [view(0, Batch, 4000), view(1, Interactive, 60)];
        assert_eq!(planned(&views, &narrow()), [(1, 60), (0, 6)]);
    }

    #[test]
    fn prompts_go_by_what_their_caller_had_and_then_shortest_first() {
        let mut views = [view(0, Stream, 100), view(1, Stream, 400), view(2, Stream, 300)];
        views[0].served = 10;
        assert_eq!(planned(&views, &narrow()), [(2, 300), (1, 212)]);
    }

    #[test]
    fn a_prompt_passed_over_for_long_goes_first() {
        let mut views = [view(0, Interactive, 400), view(1, Stream, 500)];
        views[1].waited = Duration::from_secs(31);
        assert_eq!(planned(&views, &narrow()), [(1, 500), (0, 12)]);
    }

    #[test]
    fn what_is_owed_is_paid_in_small_coins_while_an_answer_is_written() {
        let mut owed = Shares::default();
        owed.earn(Batch, 0.05);
        let views = [view(0, Stream, 0), view(1, Batch, 0)];
        let paid = plan(&views, (BATCH, 0), &narrow(), &owed);
        assert_eq!(paid.shares.len(), 1, "5 ms are not enough for a row of 10 ms");
        owed.earn(Batch, 1.0);
        let paid = plan(&views, (BATCH, 0), &narrow(), &owed);
        assert_eq!(paid.shares.len(), 2);
        assert!((paid.spent[class::index(Batch)] - 0.010).abs() < 1e-6, "{:?}", paid.spent);
    }

    #[test]
    fn background_rests_while_a_person_is_answered_on_a_narrow_computer() {
        let mut owed = Shares::default();
        owed.earn(Background, 100.0);
        let views = [view(0, Interactive, 0), view(1, Background, 900), view(2, Background, 0)];
        let plan = plan(&views, (BATCH, 0), &narrow(), &owed);
        assert_eq!(plan.shares, [Share { key: 0, tokens: 1 }]);
        assert!(plan.background_rests);
    }

    #[test]
    fn pieces_end_at_blocks_of_the_cache() {
        let mut one = view(0, Interactive, 900);
        one.held = 100;
        assert_eq!(planned(&[one], &narrow()), [(0, 412)]);
        one.held = 512;
        assert_eq!(planned(&[one], &narrow()), [(0, 512)]);
        let last = view(0, Interactive, 300);
        assert_eq!(planned(&[last], &narrow()), [(0, 300)]);
    }

    #[test]
    fn no_step_is_larger_than_the_batch_and_none_is_empty_while_there_is_work() {
        for costs in [Costs::default(), narrow(), wide()] {
            for n in 0..200_usize {
                let class = |k: usize| class::ALL[(n / (k + 1) + k) % 4];
                let views: Vec<_> =
                    (0..n % 9 + 1).map(|k| view(k, class(k), n * (k % 3) * 37 % 2000)).collect();
                let parts = planned(&views, &costs);
                let total: usize = parts.iter().map(|part| part.1).sum();
                assert!((1..=BATCH).contains(&total), "{views:?}: {parts:?}");
                for (key, tokens) in parts {
                    assert!(tokens <= views[key].unread.max(1), "{views:?}");
                }
            }
        }
    }
}
