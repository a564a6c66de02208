//! How long a step takes by the number of tokens in it, as measured on this model and computer now.

use std::time::Duration;

/// Tokens of a step that are told apart.
const MOST: usize = 32;
/// How much a new measurement counts against the older ones.
const NEW_WEIGHT: f64 = 0.2;
/// What each further token is taken to cost before it was measured, as a share of a step of one.
const GUESSED_SHARE: f64 = 0.25;

/// Seconds of steps in which one answer is written.
#[derive(Clone, Debug)]
pub(crate) struct StepTimes {
    seconds: [Option<f64>; MOST + 1],
}

impl Default for StepTimes {
    fn default() -> Self {
        Self { seconds: [None; MOST + 1] }
    }
}

impl StepTimes {
    /// A step of so many tokens took so long.
    pub(crate) fn took(&mut self, tokens: usize, time: Duration) {
        let Some(known) = self.seconds.get_mut(tokens) else { return };
        let new = time.as_secs_f64();
        let before = known.unwrap_or(new);
        // One step that waited for others says nothing about the next.
        let new = if known.is_some() { new.min(before * 3.0) } else { new };
        *known = Some(before + NEW_WEIGHT * (new - before));
    }

    /// Seconds that a step of so many tokens takes; `None` before the first was measured.
    pub(crate) fn of(&self, tokens: usize) -> Option<f64> {
        if let Some(known) = *self.seconds.get(tokens)? {
            return Some(known);
        }
        let one = self.seconds[1]?;
        let measured = |n: &usize| self.seconds[*n].map(|seconds| (number(*n), seconds));
        let (below_at, below) = (1..tokens).rev().find_map(|n| measured(&n))?;
        let above = (tokens + 1..=MOST).find_map(|n| measured(&n));
        let (at, each) = (
            number(tokens),
            match above {
                Some((above_at, above)) => (above - below) / (above_at - below_at),
                None if below_at > 1.0 => (below - one) / (below_at - 1.0),
                None => one * GUESSED_SHARE,
            },
        );
        Some(below + (at - below_at) * each.max(0.0))
    }
}

/// A count as a number to reckon with.
fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn near(found: Option<f64>, wanted: f64) -> bool {
        found.is_some_and(|found| (found - wanted).abs() < 1e-9)
    }

    #[test]
    fn what_was_not_measured_lies_on_the_line_between_what_was() {
        let mut times = StepTimes::default();
        assert_eq!(times.of(1), None);
        times.took(1, millis(10));
        assert!(near(times.of(1), 0.010) && near(times.of(5), 0.020));
        times.took(5, millis(18));
        assert!(near(times.of(3), 0.014) && near(times.of(9), 0.026));
        assert_eq!(times.of(MOST + 1), None);
    }

    #[test]
    fn one_slow_step_does_not_change_much() {
        let mut times = StepTimes::default();
        times.took(1, millis(10));
        times.took(1, millis(10_000));
        assert!(near(times.of(1), 0.014));
    }
}
