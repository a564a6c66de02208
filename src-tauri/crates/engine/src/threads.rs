//! How many threads compute, by what other programs take of the processor.
//!
//! Two threads that wait for each other on a core that somebody else wants are slower than one that
//! waits for nobody. So fewer are tried when steps become slow while others compute, more are tried
//! from time to time, and whatever was faster is kept. Not here: reading the load (`load_of_others`).

use std::time::Duration;

/// Others take less than this many cores: they are not there.
pub(crate) const QUIET: f64 = 0.25;
/// Others take at least this many cores: fewer threads may be faster.
const BUSY: f64 = 0.5;
/// Steps take so many times longer than they would on a quiet computer: fewer threads are tried.
const SLOW: f64 = 1.6;
/// What is tried is kept where it takes less than this part of the time.
const WORTH: f64 = 0.95;
/// Steps are compared over so long, …
const LOOK: Duration = Duration::from_millis(200);
/// … or over so many of them, where they take this long.
const STEPS: u32 = 8;
const LEAST_LOOK: Duration = Duration::from_millis(60);
/// A trial in one direction is repeated after so long, later each time that it was in vain.
const AGAIN: Duration = Duration::from_secs(2);
const LATEST: Duration = Duration::from_secs(16);

/// Steps taken with one number of threads.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    took: Duration,
    /// What they would have taken on a quiet computer.
    quiet: f64,
    steps: u32,
}

impl Look {
    fn add(&mut self, ratio: f64, took: Duration) {
        self.took += took;
        self.quiet += took.as_secs_f64() / ratio;
        self.steps += 1;
    }

    /// How many times slower than on a quiet computer, once enough was seen.
    fn slowness(&self) -> Option<f64> {
        let enough = self.took >= LOOK || self.steps >= STEPS && self.took >= LEAST_LOOK;
        (enough && self.quiet > 0.0).then(|| self.took.as_secs_f64() / self.quiet)
    }
}

/// When a trial in one direction comes next.
#[derive(Clone, Copy, Debug)]
struct Turn {
    due: Duration,
    wait: Duration,
}

impl Turn {
    const FIRST: Self = Self { due: Duration::ZERO, wait: AGAIN };

    fn in_vain(&mut self, now: Duration) {
        self.due = now + self.wait;
        self.wait = (self.wait * 2).min(LATEST);
    }

    fn paid(&mut self, now: Duration) {
        *self = Self { due: now + AGAIN, wait: AGAIN };
    }
}

/// Decides on the number of threads.
#[derive(Clone, Debug)]
pub(crate) struct Threads {
    most: u32,
    now: u32,
    look: Look,
    /// The number before, and how slow it was, while another is tried.
    tried_from: Option<(u32, f64)>,
    fewer: Turn,
    more: Turn,
}

impl Threads {
    pub(crate) fn new(most: u32) -> Self {
        let most = most.max(1);
        Self {
            most,
            now: most,
            look: Look::default(),
            tried_from: None,
            fewer: Turn::FIRST,
            more: Turn::FIRST,
        }
    }

    /// Whether all compute.
    pub(crate) fn is_full(&self) -> bool {
        self.now == self.most
    }

    /// A step took so long, `ratio` times what it would take on a quiet computer, while others took
    /// so many cores. Gives the number of threads from now on, where it changes.
    pub(crate) fn stepped(
        &mut self,
        now: Duration,
        ratio: f64,
        took: Duration,
        others: f64,
    ) -> Option<u32> {
        if others < QUIET {
            self.tried_from = None;
            (self.fewer, self.more) = (Turn::FIRST, Turn::FIRST);
            return self.change(self.most);
        }
        self.look.add(ratio, took);
        let slowness = self.look.slowness()?;
        self.look = Look::default();
        if let Some((before, was)) = self.tried_from.take() {
            return self.judge(now, before, slowness <= was * WORTH);
        }
        if self.now > 1 && others > BUSY && slowness > SLOW && now >= self.fewer.due {
            return self.attempt(self.now - 1, slowness);
        }
        if self.now < self.most && now >= self.more.due {
            return self.attempt(self.now + 1, slowness);
        }
        None
    }

    fn attempt(&mut self, threads: u32, slowness: f64) -> Option<u32> {
        self.tried_from = Some((self.now, slowness));
        self.change(threads)
    }

    fn judge(&mut self, now: Duration, before: u32, better: bool) -> Option<u32> {
        let (this, other) = if self.now < before {
            (&mut self.fewer, &mut self.more)
        } else {
            (&mut self.more, &mut self.fewer)
        };
        if better {
            this.paid(now);
            // What was just left is not tried again at once.
            other.due = now + AGAIN;
            return None;
        }
        this.in_vain(now);
        self.change(before)
    }

    fn change(&mut self, threads: u32) -> Option<u32> {
        if threads == self.now {
            return None;
        }
        self.now = threads;
        self.look = Look::default();
        Some(threads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A computer with this slowness for one, two, … threads while others compute.
    struct Computer {
        threads: Threads,
        n: u32,
        now: Duration,
        steps: Vec<u32>,
    }

    impl Computer {
        fn new(most: u32) -> Self {
            Self { threads: Threads::new(most), n: most, now: Duration::ZERO, steps: Vec::new() }
        }

        fn run(&mut self, seconds: u64, others: f64, slowness: &[f64]) {
            let end = self.now + Duration::from_secs(seconds);
            self.steps.clear();
            while self.now < end {
                let ratio = slowness[self.n as usize - 1];
                let took = Duration::from_secs_f64(0.013 * ratio);
                self.now += took;
                self.steps.push(self.n);
                if let Some(n) = self.threads.stepped(self.now, ratio, took, others) {
                    self.n = n;
                }
            }
        }

        fn part_at(&self, n: u32) -> f64 {
            let at = self.steps.iter().filter(|&&step| step == n).count();
            at as f64 / self.steps.len() as f64
        }
    }

    #[test]
    fn alone_all_threads_compute() {
        let mut computer = Computer::new(4);
        computer.run(10, 0.1, &[4.0, 2.0, 1.3, 1.0]);
        assert_eq!(computer.steps.iter().min(), Some(&4));
    }

    #[test]
    fn two_busy_programs_beside_take_one_thread_away() {
        let mut computer = Computer::new(2);
        computer.run(1, 0.0, &[2.0, 1.0]);
        computer.run(20, 1.5, &[3.0, 12.0]);
        assert_eq!(computer.n, 1);
        assert!(computer.part_at(1) > 0.9, "{}", computer.part_at(1));
    }

    #[test]
    fn it_comes_down_within_half_a_second_of_collapse() {
        let mut computer = Computer::new(2);
        computer.run(1, 0.0, &[2.0, 1.0]);
        let before = computer.now;
        while computer.n == 2 {
            computer.now += Duration::from_millis(160);
            if let Some(n) =
                computer.threads.stepped(computer.now, 12.0, Duration::from_millis(160), 1.5)
            {
                computer.n = n;
            }
        }
        assert!(computer.now - before <= Duration::from_millis(500));
    }

    #[test]
    fn all_threads_are_kept_where_fewer_are_no_faster() {
        let mut computer = Computer::new(2);
        computer.run(30, 1.5, &[3.0, 2.9]);
        assert_eq!(computer.n, 2);
        assert!(computer.part_at(2) > 0.85, "{}", computer.part_at(2));
    }

    #[test]
    fn many_threads_come_down_one_by_one_to_where_it_is_fastest() {
        let mut computer = Computer::new(8);
        let slowness = [8.0, 4.2, 3.0, 2.5, 2.2, 3.5, 6.0, 9.0];
        computer.run(30, 3.0, &slowness);
        assert_eq!(computer.n, 5);
        assert!(computer.part_at(5) > 0.7, "{}", computer.part_at(5));
    }

    #[test]
    fn all_threads_come_back_as_soon_as_the_others_are_gone() {
        let mut computer = Computer::new(4);
        computer.run(20, 3.0, &[2.0, 4.0, 8.0, 16.0]);
        assert_eq!(computer.n, 1);
        computer.run(1, 0.1, &[4.0, 2.0, 1.3, 1.0]);
        assert!(computer.part_at(4) > 0.98);
    }

    #[test]
    fn they_come_back_one_by_one_while_others_still_take_a_little() {
        let mut computer = Computer::new(2);
        computer.run(20, 1.5, &[3.0, 12.0]);
        computer.run(20, 0.4, &[2.2, 1.2]);
        assert_eq!(computer.n, 2);
    }

    #[test]
    fn there_is_always_one_thread() {
        let mut computer = Computer::new(1);
        computer.run(5, 8.0, &[30.0]);
        assert_eq!(computer.n, 1);
        assert_eq!(Threads::new(0).most, 1);
    }
}
