//! How much waits, and whether more may: limits per class, and the time after which a refused
//! request has a chance. Not here: the order of those who wait.

use std::{collections::HashMap, time::Duration};

use hearth_domain::{Caller, Priority};

use super::class;

/// Tokens of an answer that is not known to be shorter.
const USUAL_ANSWER: u64 = 256;
/// Bytes of text that make a token, about.
const TOKEN_BYTES: usize = 4;
/// Seconds for a token of a prompt and of an answer, before anything was measured.
const UNMEASURED: (f64, f64) = (0.005, 0.05);
/// A refused request is not sent away for less than this, and not for more.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(600);

/// How many requests of each class may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueLimits {
    /// Of a person. Only a person's own requests count here.
    pub interactive: usize,
    /// Of programs that read along.
    pub stream: usize,
    /// Of programs that wait for the whole answer.
    pub batch: usize,
    /// In the background.
    pub background: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { interactive: 64, stream: 64, batch: 256, background: 64 }
    }
}

impl QueueLimits {
    pub(crate) fn of(&self, class: Priority) -> usize {
        match class {
            Priority::Interactive => self.interactive,
            Priority::Stream => self.stream,
            Priority::Batch => self.batch,
            Priority::Background => self.background,
        }
    }
}

/// What a request is expected to take, before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    read: u64,
    write: u64,
}

impl Work {
    /// From the bytes of its texts and the tokens that it asks for.
    pub(crate) fn expected(bytes: usize, tokens: Option<u32>) -> Self {
        let write = tokens.map_or(USUAL_ANSWER, u64::from).min(USUAL_ANSWER);
        Self { read: (bytes / TOKEN_BYTES) as u64, write }
    }
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) limit: usize,
    pub(crate) wait: Duration,
}

#[derive(Debug, Default)]
struct Line {
    callers: HashMap<Caller, usize>,
    work: Work,
}

/// All that waits for one model.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    lines: [Line; class::CLASSES],
    /// Seconds of work that those who run have left.
    running: f64,
    each: Option<(f64, f64)>,
}

impl Backlog {
    /// Takes a request unless too many of its class wait. A caller who has less than an even part
    /// of them is taken all the same: nobody is refused because of another's flood.
    pub(crate) fn admit(
        &mut self,
        limits: &QueueLimits,
        class: Priority,
        caller: &Caller,
        work: Work,
    ) -> Result<(), Full> {
        let limit = limits.of(class);
        let line = &self.lines[class::index(class)];
        let all: usize = line.callers.values().sum();
        let own = line.callers.get(caller).copied().unwrap_or(0);
        let callers = line.callers.len() + usize::from(own == 0);
        if all >= limit && own >= (limit / callers).max(usize::from(limit > 0)) {
            return Err(Full { limit, wait: self.wait(class) });
        }
        let line = &mut self.lines[class::index(class)];
        *line.callers.entry(caller.clone()).or_default() += 1;
        line.work.read += work.read;
        line.work.write += work.write;
        Ok(())
    }

    /// A request no longer waits.
    pub(crate) fn leave(&mut self, class: Priority, caller: &Caller, work: Work) {
        let line = &mut self.lines[class::index(class)];
        if let Some(count) = line.callers.get_mut(caller) {
            *count -= 1;
            if *count == 0 {
                line.callers.remove(caller);
            }
        }
        line.work.read = line.work.read.saturating_sub(work.read);
        line.work.write = line.work.write.saturating_sub(work.write);
    }

    /// What those who run have left, in tokens to read and to write, and what a token of each kind
    /// costs in seconds, if that was measured.
    pub(crate) fn running(&mut self, left: (usize, usize), each: Option<(f64, f64)>) {
        let (read, write) = each.unwrap_or(UNMEASURED);
        self.each = each;
        self.running = as_f64(left.0 as u64) * read + as_f64(left.1 as u64) * write;
    }

    /// How many requests wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lines.iter().flat_map(|line| line.callers.values()).sum()
    }

    /// How many of them somebody waits for.
    pub(crate) fn waited_for(&self) -> usize {
        let lines = &self.lines[..class::index(Priority::Background)];
        lines.iter().flat_map(|line| line.callers.values()).sum()
    }

    /// How long what runs and what waits at least as urgently will take.
    pub(crate) fn wait(&self, class: Priority) -> Duration {
        let (read, write) = self.each.unwrap_or(UNMEASURED);
        let before = self.lines[..=class::index(class)].iter();
        let seconds =
            before.map(|line| as_f64(line.work.read) * read + as_f64(line.work.write) * write);
        let seconds = self.running + seconds.sum::<f64>();
        Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).clamp(SHORTEST, LONGEST)
    }
}

fn as_f64(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: QueueLimits = QueueLimits { interactive: 2, stream: 4, batch: 4, background: 4 };

    fn key(name: &str) -> Caller {
        Caller::Key(name.into())
    }

    fn flood(backlog: &mut Backlog, class: Priority, caller: &str) -> usize {
        let work = Work::expected(4000, Some(100));
        (0..100).take_while(|_| backlog.admit(&LIMITS, class, &key(caller), work).is_ok()).count()
    }

    #[test]
    fn every_class_has_a_limit_of_its_own() {
        let mut backlog = Backlog::default();
        assert_eq!(flood(&mut backlog, Priority::Stream, "a"), 4);
        assert_eq!(flood(&mut backlog, Priority::Batch, "a"), 4);
        let person =
            backlog.admit(&LIMITS, Priority::Interactive, &Caller::Person, Work::default());
        assert_eq!(person, Ok(()));
    }

    #[test]
    fn the_flood_of_one_caller_refuses_no_other() {
        let mut backlog = Backlog::default();
        flood(&mut backlog, Priority::Stream, "a");
        assert_eq!(flood(&mut backlog, Priority::Stream, "b"), 2);
        assert_eq!(flood(&mut backlog, Priority::Stream, "c"), 1);
        assert_eq!(flood(&mut backlog, Priority::Stream, "a"), 0);
    }

    #[test]
    fn the_wait_is_the_work_before_it_at_the_measured_speed() {
        let mut backlog = Backlog::default();
        backlog.running((1000, 100), Some((0.01, 0.1)));
        assert_eq!(backlog.wait(Priority::Stream), Duration::from_secs(20));
        flood(&mut backlog, Priority::Stream, "a");
        // Four requests of 1000 tokens to read and 100 to write each.
        assert_eq!(backlog.wait(Priority::Stream), Duration::from_secs(100));
        assert_eq!(backlog.wait(Priority::Interactive), Duration::from_secs(20));
        let full = backlog.admit(&LIMITS, Priority::Stream, &key("a"), Work::default());
        assert_eq!(full, Err(Full { limit: 4, wait: Duration::from_secs(100) }));
    }

    #[test]
    fn whoever_leaves_makes_room_and_takes_the_work_along() {
        let mut backlog = Backlog::default();
        let work = Work::expected(4000, None);
        flood(&mut backlog, Priority::Batch, "a");
        for _ in 0..4 {
            backlog.leave(Priority::Batch, &key("a"), Work::expected(4000, Some(100)));
        }
        assert_eq!((backlog.waiting(), backlog.wait(Priority::Batch)), (0, SHORTEST));
        assert_eq!(backlog.admit(&LIMITS, Priority::Batch, &key("a"), work), Ok(()));
    }
}
