//! The one lease for CPU-heavy work: one holder at a time, the most urgent waiter next.
//!
//! Whoever computes step by step lets go for a moment between two steps. A less urgent waiter must
//! not slip in there each time, nor may it wait for ever: it waits out a short pause, is owed a part
//! of the time that programs take, and rises with waiting. Held by threads, never across an `await`.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use hearth_domain::{ComputeLease, LeaseGuard, Priority, Wanted};

/// Between two steps of one answer lies less than this.
const PAUSE: Duration = Duration::from_millis(5);
/// The part of the time of programs that work in the background is owed, …
const PART: f64 = 0.05;
/// … paid in slices of this length.
const SLICE: Duration = Duration::from_millis(50);
/// Whoever computed within this time still counts as computing.
const JUST_NOW: Duration = Duration::from_millis(250);

/// The lease of this process.
#[derive(Clone, Default)]
pub(crate) struct CpuLease(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    order: Order,
    wanted: Option<Wanted>,
}

struct Guard(Arc<Shared>);

impl LeaseGuard for Guard {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Waiter {
    class: Priority,
    ticket: u64,
    since: Instant,
}

/// Who computes next: a function of the time that it is given.
#[derive(Debug, Default)]
struct Order {
    held: Option<(Priority, Instant)>,
    waiting: Vec<Waiter>,
    next_ticket: u64,
    /// When each class let go last.
    freed: [Option<Instant>; Priority::ALL.len()],
    /// What work in the background is owed.
    owed: Duration,
}

impl Order {
    fn come(&mut self, class: Priority, now: Instant) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiting.push(Waiter { class, ticket, since: now });
        ticket
    }

    /// Whether this one may compute now; where it may not, how long it waits before it asks again
    /// even if nothing happens.
    fn turn(&self, ticket: u64, now: Instant) -> Result<(), Option<Duration>> {
        if self.held.is_some() {
            return Err(None);
        }
        let rank = |waiter: &&Waiter| (self.level(waiter, now), waiter.ticket);
        let Some(next) = self.waiting.iter().min_by_key(rank) else { return Err(None) };
        if next.ticket != ticket {
            return Err(None);
        }
        let above = &self.freed[..self.level(next, now)];
        let pause = above.iter().flatten().map(|freed| *freed + PAUSE).max();
        match pause.map(|end| end.saturating_duration_since(now)) {
            Some(left) if !left.is_zero() => Err(Some(left)),
            _ => Ok(()),
        }
    }

    /// A class as it counts: raised by waiting, or by what it is owed up to the programs.
    fn level(&self, waiter: &Waiter, now: Instant) -> usize {
        let risen = waiter.class.risen(now.saturating_duration_since(waiter.since));
        let owed = waiter.class == Priority::Background && self.owed >= SLICE;
        if owed { risen.min(Priority::Stream.level()) } else { risen }
    }

    fn take(&mut self, ticket: u64, now: Instant) {
        if let Some(place) = self.waiting.iter().position(|waiter| waiter.ticket == ticket) {
            self.held = Some((self.waiting.remove(place).class, now));
        }
    }

    fn free(&mut self, now: Instant) {
        let Some((class, since)) = self.held.take() else { return };
        self.freed[class.level()] = Some(now);
        let took = now.saturating_duration_since(since);
        let waits = self.waiting.iter().any(|waiter| waiter.class == Priority::Background);
        match class {
            Priority::Background => self.owed = self.owed.saturating_sub(took),
            Priority::Stream | Priority::Batch if waits => {
                self.owed = (self.owed + took.mul_f64(PART)).min(2 * SLICE);
            }
            Priority::Interactive | Priority::Stream | Priority::Batch => {}
        }
    }

    fn in_use(&self, now: Instant) -> Option<Priority> {
        let recent = Priority::ALL.into_iter().zip(self.freed).filter(|(_, freed)| {
            freed.is_some_and(|freed| now.saturating_duration_since(freed) < JUST_NOW)
        });
        let recent = recent.map(|(class, _)| class);
        let waiting = self.waiting.iter().map(|waiter| waiter.class);
        recent.chain(waiting).chain(self.held.map(|(class, _)| class)).min()
    }
}

impl CpuLease {
    fn wait(&self, class: Priority, wanted: Option<Wanted>) -> Box<dyn LeaseGuard> {
        let Shared { state, freed } = &*self.0;
        let mut state = lock(state);
        let mine = state.order.come(class, Instant::now());
        if let (Some((holder, _)), Some(wanted)) = (state.order.held, &state.wanted)
            && class < holder
        {
            wanted(class);
        }
        while let Err(again) = state.order.turn(mine, Instant::now()) {
            let again = again.unwrap_or(Priority::RISE);
            let waited = freed.wait_timeout(state, again);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.order.take(mine, Instant::now());
        state.wanted = wanted;
        Box::new(Guard(Arc::clone(&self.0)))
    }
}

impl ComputeLease for CpuLease {
    fn acquire(&self, priority: Priority) -> Box<dyn LeaseGuard> {
        self.wait(priority, None)
    }

    fn acquire_giving_way(&self, priority: Priority, wanted: Wanted) -> Box<dyn LeaseGuard> {
        self.wait(priority, Some(wanted))
    }

    fn in_use(&self) -> Option<Priority> {
        lock(&self.0.state).order.in_use(Instant::now())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.wanted = None;
        state.order.free(Instant::now());
        drop(state);
        self.0.freed.notify_all();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicBool, Ordering},
            mpsc,
        },
        thread,
    };

    use Priority::{Background, Batch, Interactive, Stream};

    use super::*;

    const STEP: Duration = Duration::from_millis(13);
    const GAP: Duration = Duration::from_millis(1);

    /// An answer of this class step by step, and work in the background beside it that always waits
    /// for its slice of 50 ms; gives the time that the background got.
    fn beside(class: Priority, lasting: Duration) -> Duration {
        let start = Instant::now();
        let (mut now, mut order, mut got) = (start, Order::default(), Duration::ZERO);
        let mut background = order.come(Background, now);
        while now - start < lasting {
            let step = order.come(class, now);
            if order.turn(step, now).is_ok() {
                order.take(step, now);
                now += STEP;
                order.free(now);
            } else {
                order.waiting.retain(|waiter| waiter.ticket != step);
            }
            now += GAP;
            if order.turn(background, now).is_ok() {
                order.take(background, now);
                now += SLICE;
                got += SLICE;
                order.free(now);
                background = order.come(Background, now);
            }
        }
        got
    }

    #[test]
    fn nothing_slips_in_between_two_steps_of_a_person_s_answer() {
        assert_eq!(beside(Interactive, Duration::from_secs(60)), Duration::ZERO);
    }

    #[test]
    fn but_nothing_waits_for_ever() {
        let got = beside(Interactive, Duration::from_secs(600));
        assert!(got >= Duration::from_millis(200) && got < Duration::from_secs(1), "{got:?}");
    }

    #[test]
    fn the_background_keeps_a_part_of_the_time_of_programs() {
        let lasting = Duration::from_secs(60);
        let part = beside(Stream, lasting).as_secs_f64() / lasting.as_secs_f64();
        assert!((0.035..0.07).contains(&part), "{part}");
    }

    #[test]
    fn the_most_urgent_waiter_computes_next() {
        let lease = CpuLease::default();
        let held = lease.acquire(Background);
        let (done, order) = mpsc::channel();
        let workers: Vec<_> = [Background, Batch, Interactive]
            .into_iter()
            .map(|priority| {
                let (lease, done) = (lease.clone(), done.clone());
                thread::spawn(move || {
                    let guard = lease.acquire(priority);
                    done.send(priority).unwrap();
                    drop(guard);
                })
            })
            .collect();
        while lock(&lease.0.state).order.waiting.len() < 3 {
            thread::yield_now();
        }
        drop(held);
        for worker in workers {
            worker.join().unwrap();
        }
        let order: Vec<_> = order.try_iter().collect();
        assert_eq!(order, [Interactive, Batch, Background]);
    }

    #[test]
    fn the_holder_is_told_when_somebody_more_urgent_waits() {
        let lease = CpuLease::default();
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        let held = lease.acquire_giving_way(
            Batch,
            Arc::new(move |class| tell.store(class == Interactive, Ordering::SeqCst)),
        );
        assert_eq!(lease.in_use(), Some(Batch));
        let other = lease.clone();
        let waiter = thread::spawn(move || drop(other.acquire(Interactive)));
        while !told.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        assert_eq!(lease.in_use(), Some(Interactive));
        drop(held);
        waiter.join().unwrap();
    }

    #[test]
    fn an_idle_computer_is_in_nobody_s_use() {
        let mut order = Order::default();
        let now = Instant::now();
        assert_eq!(order.in_use(now), None);
        let ticket = order.come(Interactive, now);
        order.take(ticket, now);
        order.free(now);
        assert_eq!(order.in_use(now), Some(Interactive));
        assert_eq!(order.in_use(now + JUST_NOW), None);
    }
}
