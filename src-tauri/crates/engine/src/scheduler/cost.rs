//! What a step costs on this computer, learnt from the steps that were taken.
//!
//! Two things are kept apart: what a shape of step costs on a quiet computer, and how much slower
//! steps are just now. The first decides what pays; both together say how long a step will take.

use crate::Tuning;

/// Widths that are told apart.
const WIDEST: usize = 64;
/// A new figure that is better counts so much: a step is never faster than the computer is.
const BETTER: f64 = 0.3;
/// A worse one counts so much, and only where nobody else computes.
const WORSE: f64 = 0.05;
/// How fast the present slowness is followed.
const FOLLOW: f64 = 0.3;
/// More than this times slower is no longer told apart.
const SLOWEST: f64 = 100.0;
/// A width is free while a step of it takes no more than this many times one of width 1.
pub(crate) const FREE: f64 = 1.1;
/// Where the sizes of prompt pieces are told apart: small ones cost more a token.
const SIZES: [usize; 3] = [8, 32, 128];

/// What a step works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Tokens of answers that are written, drafts among them.
    pub(crate) rows: usize,
    /// Tokens of prompts.
    pub(crate) read: usize,
}

/// What steps cost, in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Costs {
    /// Of a step that only writes, by its rows less one.
    writing: Vec<Option<f64>>,
    /// Of a token of a prompt, by the size of the piece.
    reading: [Option<f64>; SIZES.len() + 1],
    /// How many times slower steps are just now.
    slowness: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self { writing: vec![None; WIDEST], reading: [None; SIZES.len() + 1], slowness: 1.0 }
    }
}

impl Costs {
    /// Takes over what a trial of this model on this computer has measured.
    pub(crate) fn measured(&mut self, tuning: &Tuning) {
        for step in tuning.steps.iter().filter(|step| step.micros > 0) {
            let rows = step.width as usize;
            self.took(Shape { rows, read: 0 }, f64::from(step.micros) / 1e6, true);
        }
        if tuning.prefill_per_second > 0 {
            let each = 1.0 / f64::from(tuning.prefill_per_second);
            self.reading[SIZES.len()].get_or_insert(each);
        }
    }

    /// A step took so long. `quiet` says that all threads worked and nobody else computed. Gives
    /// how many times longer than on a quiet computer it took, where that is known.
    pub(crate) fn took(&mut self, shape: Shape, seconds: f64, quiet: bool) -> Option<f64> {
        if seconds <= 0.0 || shape == Shape::default() {
            return None;
        }
        let expected = self.quiet(shape).filter(|_| self.is_measured(shape));
        let ratio = expected.map(|expected| (seconds / expected).min(SLOWEST));
        if let Some(ratio) = ratio {
            self.slowness += FOLLOW * (ratio - self.slowness);
        }
        self.learn(shape, seconds, quiet);
        ratio
    }

    fn learn(&mut self, shape: Shape, seconds: f64, quiet: bool) {
        // What is new is learnt from a slow step too, as what it would be on a quiet computer.
        let slowness = if quiet { 1.0 } else { self.slowness.max(1.0) };
        if shape.read == 0 {
            let place = shape.rows.min(WIDEST) - 1;
            follow(&mut self.writing[place], seconds, slowness, quiet);
        } else {
            let writing =
                if shape.rows == 0 { Some(0.0) } else { self.writing_seconds(shape.rows) };
            // A piece beside answers tells its price only where that of the answers is known.
            let Some(rest) = writing.map(|writing| seconds - writing * slowness) else { return };
            if rest > 0.0 {
                let each = rest / as_f64(shape.read);
                follow(&mut self.reading[size(shape.read)], each, slowness, quiet);
            }
        }
    }

    fn is_measured(&self, shape: Shape) -> bool {
        let rows = shape.rows == 0 || self.writing[shape.rows.min(WIDEST) - 1].is_some();
        rows && (shape.read == 0 || self.reading[size(shape.read)].is_some())
    }

    /// What a step costs on a quiet computer.
    pub(crate) fn quiet(&self, shape: Shape) -> Option<f64> {
        let writing = if shape.rows == 0 { 0.0 } else { self.writing_seconds(shape.rows)? };
        let reading = if shape.read == 0 { 0.0 } else { self.read_each(shape.read)? };
        Some(writing + reading * as_f64(shape.read))
    }

    /// What a step will take now.
    pub(crate) fn now(&self, shape: Shape) -> Option<f64> {
        self.quiet(shape).map(|seconds| seconds * self.slowness.max(1.0))
    }

    /// Tokens of a prompt that take so many seconds now, beside what else the step does.
    pub(crate) fn tokens_in(&self, seconds: f64) -> Option<usize> {
        if seconds <= 0.0 {
            return Some(0);
        }
        let slowness = self.slowness.max(1.0);
        let mut tokens = whole(seconds / (self.read_each(SIZES[0])? * slowness));
        // Small pieces have another price than large ones; two looks settle on the right one.
        for _ in 0..2 {
            tokens = whole(seconds / (self.read_each(tokens.max(1))? * slowness));
        }
        Some(tokens)
    }

    /// The widest step that costs about as much as one of a single row; `None` while that is not
    /// known.
    pub(crate) fn knee(&self) -> Option<usize> {
        let one = self.writing[0]?;
        let free = |known: &Option<f64>| known.is_some_and(|seconds| seconds <= one * FREE);
        let dear = |known: &Option<f64>| known.is_some_and(|seconds| seconds > one * FREE);
        let widest = self.writing.iter().rposition(free)?;
        // A token of a prompt beside an answer is a row as well, by its price.
        let row = self.read_each(1).is_some_and(|row| row > one * (FREE - 1.0));
        let decided = widest > 0 || row || self.writing.iter().any(dear);
        decided.then_some(widest + 1)
    }

    /// Seconds that a token of a prompt and one of an answer cost now, where `width` answers are
    /// written together.
    pub(crate) fn each(&self, width: usize) -> Option<(f64, f64)> {
        let slowness = self.slowness.max(1.0);
        let width = width.max(1);
        let read = self.read_each(SIZES[SIZES.len() - 1])? * slowness;
        let write = self.writing_seconds(width)? * slowness / as_f64(width);
        Some((read, write))
    }

    /// A step of so many rows on a quiet computer: measured, between two that were, or beyond the
    /// widest that was as its last rows cost. One figure alone is taken for all, so that the next
    /// width is tried.
    fn writing_seconds(&self, rows: usize) -> Option<f64> {
        let place = rows.clamp(1, WIDEST) - 1;
        if let Some(known) = self.writing[place] {
            return Some(known);
        }
        let known = |at: usize| self.writing[at].map(|seconds| (at, seconds));
        let below = (0..place).rev().find_map(known);
        let above = (place + 1..WIDEST).find_map(known);
        match (below, above) {
            (Some(low), Some(high)) => Some(between(low, high, place)),
            (None, Some((_, seconds))) => Some(seconds),
            (Some(low), None) => {
                let lower = (0..low.0).rev().find_map(known);
                Some(lower.map_or(low.1, |lower| between(lower, low, place).max(low.1)))
            }
            (None, None) => None,
        }
    }

    fn read_each(&self, tokens: usize) -> Option<f64> {
        let place = size(tokens);
        let nearest = (0..self.reading.len()).filter(|&at| self.reading[at].is_some());
        let nearest = nearest.min_by_key(|&at| at.abs_diff(place))?;
        self.reading[nearest]
    }
}

/// The line through two known widths.
fn between(low: (usize, f64), high: (usize, f64), place: usize) -> f64 {
    let step = (high.1 - low.1) / as_f64(high.0 - low.0);
    step.mul_add(as_f64(place - low.0), low.1)
}

fn follow(known: &mut Option<f64>, seconds: f64, slowness: f64, quiet: bool) {
    *known = Some(match *known {
        None => seconds / slowness,
        Some(before) if seconds < before => before + BETTER * (seconds - before),
        Some(before) if quiet => before + WORSE * (seconds - before),
        Some(before) => before,
    });
}

fn size(tokens: usize) -> usize {
    SIZES.iter().filter(|&&limit| tokens >= limit).count()
}

fn as_f64(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn whole(tokens: f64) -> usize {
    // Not negative, and far below the limit; the cast only cuts the fraction off.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let tokens = (tokens + 1e-6).clamp(0.0, 1e9) as usize;
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writing(rows: usize) -> Shape {
        Shape { rows, read: 0 }
    }

    fn reading(read: usize) -> Shape {
        Shape { rows: 0, read }
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < expected * 0.02)
    }

    #[test]
    fn nothing_is_said_before_anything_was_measured() {
        let costs = Costs::default();
        assert_eq!((costs.now(writing(1)), costs.knee(), costs.tokens_in(1.0)), (None, None, None));
    }

    #[test]
    fn an_unknown_width_lies_between_its_neighbours_or_goes_on_as_they_do() {
        let mut costs = Costs::default();
        costs.took(writing(1), 0.010, true);
        assert!(near(costs.quiet(writing(4)), 0.010), "so that it is tried");
        costs.took(writing(5), 0.030, true);
        assert!(near(costs.quiet(writing(3)), 0.020));
        assert!(near(costs.quiet(writing(7)), 0.040));
    }

    #[test]
    fn the_knee_is_known_once_two_widths_are() {
        let mut costs = Costs::default();
        costs.took(writing(1), 0.010, true);
        assert_eq!(costs.knee(), None);
        costs.took(writing(2), 0.0105, true);
        assert_eq!(costs.knee(), Some(2));
        let mut narrow = Costs::default();
        narrow.took(writing(1), 0.010, true);
        narrow.took(writing(2), 0.019, true);
        assert_eq!(narrow.knee(), Some(1));
        let mut reads = Costs::default();
        reads.took(writing(1), 0.010, true);
        reads.took(reading(64), 0.128, true);
        assert_eq!(reads.knee(), Some(1), "a token of a prompt costs 2 ms");
    }

    #[test]
    fn a_piece_beside_answers_is_priced_without_them() {
        let mut costs = Costs::default();
        costs.took(writing(2), 0.020, true);
        costs.took(Shape { rows: 2, read: 10 }, 0.060, true);
        assert!(near(costs.quiet(reading(10)), 0.040));
        assert_eq!(costs.tokens_in(0.0201), Some(5));
    }

    #[test]
    fn small_pieces_keep_a_price_of_their_own() {
        let mut costs = Costs::default();
        costs.took(reading(4), 0.020, true);
        costs.took(reading(512), 0.512, true);
        assert!(near(costs.quiet(reading(4)), 0.020));
        assert!(near(costs.quiet(reading(256)), 0.256));
        assert_eq!(costs.tokens_in(0.3001), Some(300));
        assert_eq!(costs.tokens_in(0.0151), Some(3));
    }

    #[test]
    fn a_busy_hour_slows_what_is_expected_and_not_what_is_known() {
        let mut costs = Costs::default();
        costs.took(writing(1), 0.010, true);
        for _ in 0..40 {
            assert_eq!(costs.took(writing(1), 0.050, false), Some(5.0));
        }
        assert!(near(costs.now(writing(1)), 0.050));
        assert!(near(costs.quiet(writing(1)), 0.010));
        costs.took(writing(3), 0.100, false);
        assert!(near(costs.quiet(writing(3)), 0.020), "learnt as it would be when quiet");
    }

    #[test]
    fn a_computer_that_became_slower_is_noticed_when_it_is_quiet() {
        let mut costs = Costs::default();
        costs.took(writing(1), 0.010, true);
        for _ in 0..200 {
            costs.took(writing(1), 0.015, true);
        }
        assert!(near(costs.quiet(writing(1)), 0.015));
    }
}
