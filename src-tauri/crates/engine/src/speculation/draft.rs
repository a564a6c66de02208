//! How many tokens are guessed ahead: as many as make the most tokens of a second, by the measured
//! cost of a step and by how often guesses were right in this answer.

use hearth_domain::{AnswerOptions, Drafting};
use hearth_llama::Token;

use super::{lookup::Lookup, times::StepTimes};

/// How often a guess is taken to be right before any was made.
const FIRST_RATE: f64 = 0.7;
/// How much one guess counts against the older ones.
const NEW_WEIGHT: f64 = 0.08;
/// Guessing must make an answer faster by this factor.
const WORTH: f64 = 1.05;
/// Where it does not pay, it is tried again after so many tokens, …
const RETRY: u32 = 64;
/// … with so many guesses.
const PROBE: usize = 2;

/// The guesses of one answer.
#[derive(Debug)]
pub(crate) struct Draft {
    lookup: Lookup,
    rate: f64,
    /// Tokens since guessing was last tried.
    idle: u32,
    guess: Vec<Token>,
    /// Tokens that were guessed, …
    pub(crate) proposed: u32,
    /// … and those of them that were right.
    pub(crate) accepted: u32,
}

impl Default for Draft {
    fn default() -> Self {
        let (lookup, guess) = (Lookup::default(), Vec::new());
        Self { lookup, rate: FIRST_RATE, idle: 0, guess, proposed: 0, accepted: 0 }
    }
}

impl Draft {
    /// Guesses what follows `tokens`, at most `room` of them; how many, depends on whether it pays.
    pub(crate) fn propose(
        &mut self,
        tokens: &[Token],
        drafting: Drafting,
        room: usize,
        times: &StepTimes,
    ) {
        let most = room.min(AnswerOptions::MOST_DRAFTED as usize);
        let wanted = match drafting {
            Drafting::Off => 0,
            Drafting::Always(wanted) => most.min(wanted as usize),
            Drafting::Auto => self.worthwhile(most, times),
        };
        self.guess.clear();
        if wanted > 0 {
            self.guess = self.lookup.guess(tokens, wanted);
        }
    }

    /// What was guessed for the step that is being made.
    pub(crate) fn guess(&self) -> &[Token] {
        &self.guess
    }

    /// The step was not made.
    pub(crate) fn forget(&mut self) {
        self.guess.clear();
    }

    /// The step is over: so many guesses were right. Where the text ended, nothing follows.
    pub(crate) fn checked(&mut self, right: usize) {
        let guessed = self.guess.len();
        let right = right.min(guessed);
        for at in 0..guessed.min(right + 1) {
            let found = if at < right { 1.0 } else { 0.0 };
            self.rate += NEW_WEIGHT * (found - self.rate);
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.proposed = self.proposed.saturating_add(count(guessed));
        self.accepted = self.accepted.saturating_add(count(right));
        self.idle = if guessed > 0 { 0 } else { self.idle.saturating_add(1) };
        self.lookup.went_on(right, guessed);
        self.guess.clear();
    }

    /// The number of guesses that makes most tokens of a second; 0 where none makes enough more.
    fn worthwhile(&self, most: usize, times: &StepTimes) -> usize {
        let Some(one) = times.of(1).filter(|one| *one > 0.0) else { return 0 };
        let mut best = (0, WORTH / one);
        let (mut tokens, mut likely) = (1.0, 1.0);
        for guesses in 1..=most {
            likely *= self.rate;
            tokens += likely;
            let Some(time) = times.of(1 + guesses) else { break };
            if tokens / time > best.1 {
                best = (guesses, tokens / time);
            }
        }
        if best.0 == 0 && self.idle >= RETRY { PROBE.min(most) } else { best.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Steps that cost so much, and so much more for each further token.
    fn times(one: u64, each: u64) -> StepTimes {
        let mut times = StepTimes::default();
        for tokens in [1, 2, 4, 8, 16] {
            times.took(tokens, Duration::from_micros(one + each * (tokens as u64 - 1)));
        }
        times
    }

    fn after(rate: f64) -> Draft {
        Draft { rate, ..Draft::default() }
    }

    #[test]
    fn more_is_guessed_the_cheaper_it_is_and_the_oftener_it_is_right() {
        let cheap = times(10_000, 500);
        let dear = times(10_000, 9_000);
        assert_eq!(after(0.98).worthwhile(16, &cheap), 16);
        assert!((2..10).contains(&after(0.7).worthwhile(16, &cheap)));
        assert_eq!(after(0.2).worthwhile(16, &times(10_000, 4_000)), 0);
        assert_eq!(after(0.7).worthwhile(16, &dear), 0);
        assert!(after(0.98).worthwhile(4, &cheap) <= 4);
    }

    #[test]
    fn nothing_is_guessed_before_a_step_was_measured() {
        assert_eq!(after(1.0).worthwhile(16, &StepTimes::default()), 0);
    }

    #[test]
    fn what_does_not_pay_is_tried_again_after_a_while() {
        let mut draft = after(0.05);
        let dear = times(10_000, 4_000);
        assert_eq!(draft.worthwhile(16, &dear), 0);
        (0..RETRY).for_each(|_| draft.checked(0));
        assert_eq!(draft.worthwhile(16, &dear), PROBE);
    }

    #[test]
    fn guesses_are_counted_and_teach_the_rate() {
        let text: Vec<Token> = [1, 2, 3, 4, 5, 6, 1, 2, 3].map(Token).to_vec();
        let mut draft = Draft::default();
        draft.propose(&text, Drafting::Always(3), 16, &StepTimes::default());
        assert_eq!(draft.guess(), [Token(4), Token(5), Token(6)]);
        draft.checked(2);
        assert_eq!((draft.proposed, draft.accepted), (3, 2));
        draft.propose(&text, Drafting::Off, 16, &times(10, 1));
        assert!(draft.guess().is_empty());
    }
}
