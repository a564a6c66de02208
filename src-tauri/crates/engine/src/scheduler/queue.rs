//! The order in which waiting requests are taken: by class, raised by waiting, and within a class by
//! turns between the callers. Not here: whether there is room for the one that is next.

use std::{collections::HashMap, time::Duration};

use hearth_domain::{Caller, Priority};

use super::{class, ledger::Ledger};

/// Who a request is for and how much work it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// Its class.
    pub(crate) class: Priority,
    /// Its caller.
    pub(crate) caller: Caller,
    /// Grows with the time of asking.
    pub(crate) order: u64,
    /// Tokens that it is expected to take.
    pub(crate) work: u64,
}

#[derive(Debug)]
struct Entry<T> {
    label: Label,
    item: T,
}

#[derive(Debug)]
struct Line<T> {
    entries: Vec<Entry<T>>,
    /// Since when the class waits and none of it was taken.
    since: Duration,
}

/// The next request of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The class that it was asked in.
    pub(crate) class: Priority,
    /// How long none of the class was taken.
    pub(crate) waited: Duration,
    at: usize,
}

/// Requests that wait for a sequence.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    lines: [Line<T>; class::CLASSES],
    changed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        let line = |_| Line { entries: Vec::new(), since: Duration::ZERO };
        Self { lines: class::ALL.map(line), changed: false }
    }

    /// Adds a request.
    pub(crate) fn push(&mut self, now: Duration, label: Label, item: T) {
        let line = &mut self.lines[class::index(label.class)];
        if line.entries.is_empty() {
            line.since = now;
        }
        // One that comes back stands where it stood.
        let at = line.entries.partition_point(|other| other.label.order <= label.order);
        line.entries.insert(at, Entry { label, item });
        self.changed = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.entries.is_empty())
    }

    /// How many of a class wait.
    pub(crate) fn waiting(&self, class: Priority) -> usize {
        self.lines[class::index(class)].entries.len()
    }

    /// How many of these classes wait.
    pub(crate) fn count(&self, counted: impl Fn(&T) -> bool) -> usize {
        self.lines.iter().flat_map(|line| &line.entries).filter(|one| counted(&one.item)).count()
    }

    /// The next of every class, in the order in which they are to be taken.
    pub(crate) fn heads(&self, now: Duration, ledger: &Ledger) -> Vec<Head> {
        let heads = class::ALL.into_iter().filter_map(|class| {
            let line = &self.lines[class::index(class)];
            let at = line.next(class, ledger)?;
            let waited = now.saturating_sub(line.since);
            Some((class::level(class, waited), line.since, Head { class, waited, at }))
        });
        let mut heads: Vec<_> = heads.collect();
        // Of those that count alike the one that waits for longest, which is the one that rose.
        heads.sort_by_key(|(level, since, _)| (*level, *since));
        heads.into_iter().map(|(_, _, head)| head).collect()
    }

    /// Looks at a head without taking it.
    pub(crate) fn peek(&self, head: Head) -> Option<(&Label, &T)> {
        let entry = self.lines[class::index(head.class)].entries.get(head.at)?;
        Some((&entry.label, &entry.item))
    }

    /// Takes a head.
    pub(crate) fn take(&mut self, now: Duration, head: Head) -> Option<(Label, T)> {
        let line = &mut self.lines[class::index(head.class)];
        if head.at >= line.entries.len() {
            return None;
        }
        line.since = now;
        self.changed = true;
        let Entry { label, item } = line.entries.remove(head.at);
        Some((label, item))
    }

    /// Takes out those that no longer wait.
    pub(crate) fn sift(&mut self, mut keep: impl FnMut(&T) -> bool) -> Vec<(Label, T)> {
        let mut gone = Vec::new();
        for line in &mut self.lines {
            let out = line.entries.extract_if(.., |entry| !keep(&entry.item));
            gone.extend(out.map(|entry| (entry.label, entry.item)));
        }
        self.changed |= !gone.is_empty();
        gone
    }

    /// Where the order has changed, visits every request with the number of those before it.
    pub(crate) fn visit_changed(
        &mut self,
        now: Duration,
        ledger: &Ledger,
        mut visit: impl FnMut(usize, &mut T),
    ) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let classes: Vec<_> = self.heads(now, ledger).into_iter().map(|head| head.class).collect();
        let mut ahead = 0;
        for class in classes {
            let line = &mut self.lines[class::index(class)];
            for at in line.turns(class, ledger) {
                visit(ahead, &mut line.entries[at].item);
                ahead += 1;
            }
        }
    }
}

impl<T> Line<T> {
    /// The oldest request of the caller that had least.
    fn next(&self, class: Priority, ledger: &Ledger) -> Option<usize> {
        let rank = |at: &usize| {
            let label = &self.entries[*at].label;
            (ledger.served(class, &label.caller), label.order)
        };
        (0..self.entries.len()).min_by_key(rank)
    }

    /// All of the line in the order in which it would be taken if nothing else came.
    fn turns(&self, class: Priority, ledger: &Ledger) -> Vec<usize> {
        let mut served: HashMap<&Caller, u64> = HashMap::new();
        let mut finish: Vec<(u64, u64, usize)> = Vec::with_capacity(self.entries.len());
        for (at, Entry { label, .. }) in self.entries.iter().enumerate() {
            let before =
                served.entry(&label.caller).or_insert_with(|| ledger.served(class, &label.caller));
            finish.push((*before, label.order, at));
            *before += label.work;
        }
        finish.sort_unstable();
        finish.into_iter().map(|(_, _, at)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::ZERO;

    fn label(class: Priority, caller: &str, order: u64) -> Label {
        Label { class, caller: Caller::Key(caller.into()), order, work: 100 }
    }

    fn drain(
        queue: &mut Queue<&'static str>,
        ledger: &mut Ledger,
        now: Duration,
    ) -> Vec<&'static str> {
        std::iter::from_fn(|| {
            let head = *queue.heads(now, ledger).first()?;
            let (label, item) = queue.take(now, head)?;
            ledger.charge(label.class, &label.caller, label.work);
            Some(item)
        })
        .collect()
    }

    #[test]
    fn a_person_goes_before_a_program_and_the_older_before_the_newer() {
        let mut queue = Queue::new();
        queue.push(START, label(Priority::Batch, "a", 1), "batch");
        queue.push(START, label(Priority::Interactive, "a", 3), "second person");
        queue.push(START, label(Priority::Interactive, "a", 2), "first person");
        queue.push(START, label(Priority::Background, "a", 0), "title");
        let order = drain(&mut queue, &mut Ledger::default(), START);
        assert_eq!(order, ["first person", "second person", "batch", "title"]);
    }

    #[test]
    fn callers_take_turns_by_the_work_that_they_had() {
        let (mut queue, mut ledger) = (Queue::new(), Ledger::default());
        for (order, name) in ["a1", "a2", "a3"].into_iter().enumerate() {
            let one = label(Priority::Stream, "a", order as u64);
            ledger.open(one.class, &one.caller);
            queue.push(START, one, name);
        }
        let one = label(Priority::Stream, "b", 9);
        ledger.open(one.class, &one.caller);
        queue.push(START, one, "b1");
        let mut seen = Vec::new();
        queue.visit_changed(START, &ledger, |ahead, item| seen.push((ahead, *item)));
        assert_eq!(seen, [(0, "a1"), (1, "b1"), (2, "a2"), (3, "a3")]);
        assert_eq!(drain(&mut queue, &mut ledger, START), ["a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn a_class_that_waits_rises_until_one_of_it_was_taken() {
        let (mut queue, mut ledger) = (Queue::new(), Ledger::default());
        queue.push(START, label(Priority::Batch, "a", 0), "batch");
        queue.push(START, label(Priority::Batch, "a", 1), "next batch");
        let later = Duration::from_secs(31);
        queue.push(later, label(Priority::Stream, "a", 2), "stream");
        let head = queue.heads(later, &ledger)[0];
        assert_eq!(queue.take(later, head).unwrap().1, "batch");
        assert_eq!(drain(&mut queue, &mut ledger, later), ["stream", "next batch"]);
    }

    #[test]
    fn one_that_comes_back_stands_where_it_stood() {
        let mut queue = Queue::new();
        queue.push(START, label(Priority::Batch, "a", 5), "newer");
        queue.push(START, label(Priority::Batch, "a", 4), "came back");
        assert_eq!(drain(&mut queue, &mut Ledger::default(), START), ["came back", "newer"]);
    }

    #[test]
    fn the_order_is_told_only_when_it_has_changed() {
        let (mut queue, ledger) = (Queue::new(), Ledger::default());
        queue.push(START, label(Priority::Batch, "a", 5), "one");
        let mut visits = 0;
        for _ in 0..3 {
            queue.visit_changed(START, &ledger, |_, _| visits += 1);
        }
        assert_eq!(visits, 1);
        assert_eq!(queue.sift(|_| false).len(), 1);
        assert!(queue.is_empty());
    }
}
