//! Several answers to one question (`n`): each is computed by itself. Where their prompts are the same,
//! as they are without collections, the engine reads it once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::try_join_all;
use hearth_api::Caller;
use hearth_app::Completion;
use hearth_domain::Usage;
use serde_json::Value;

use super::{
    chunk::{self, Frame},
    citations,
};
use crate::{
    port::Shared,
    programs::{self, Asked, Result, Whole, guard},
};

/// Begins to answer as often as asked. A seed is counted on, so that the answers differ and come again
/// with the same one.
pub(super) async fn begin(
    shared: &Shared,
    caller: &Caller,
    asked: &Asked,
    choices: u32,
) -> Result<Vec<Completion>> {
    let begun = (0..choices).map(|choice| async move {
        let mut asked = asked.clone();
        asked.sampling.seed = asked.sampling.seed.map(|seed| seed.wrapping_add(choice));
        programs::begin(shared, caller, &asked).await
    });
    try_join_all(begun).await
}

/// The whole answer. What was found in each of several stands with it, and above what was found in the
/// first.
pub(super) fn whole(frame: &Frame, wholes: &[Whole]) -> Value {
    let choices: Vec<Value> = wholes
        .iter()
        .enumerate()
        .map(|(index, whole)| {
            let mut choice = chunk::choice(index, &whole.said, &whole.end);
            let cited = citations::nested(&whole.completion);
            if !cited.is_empty() {
                choice["message"]["annotations"] = cited.into();
            }
            if wholes.len() > 1 {
                guard::tell(&mut choice, &whole.completion);
            }
            choice
        })
        .collect();
    let usage = wholes.iter().map(|whole| whole.end.usage).reduce(together).unwrap_or_default();
    let timing = wholes.last().map(|whole| whole.end.timing).unwrap_or_default();
    let mut answer = frame.whole(&choices, usage, timing);
    if let Some(first) = wholes.first() {
        guard::tell(&mut answer, &first.completion);
    }
    answer
}

/// What several answers to one prompt took: the prompt counts once, as at OpenAI.
fn together(one: Usage, other: Usage) -> Usage {
    Usage {
        completion_tokens: one.completion_tokens.saturating_add(other.completion_tokens),
        cached_tokens: one.cached_tokens.min(other.cached_tokens),
        ..one
    }
}

/// How far the answers of one stream are.
pub(super) struct Tally {
    left: Mutex<Left>,
}

struct Left {
    running: usize,
    usage: Option<Usage>,
    broken: bool,
}

impl Tally {
    pub(super) fn new(running: usize) -> Self {
        Self { left: Mutex::new(Left { running, usage: None, broken: false }) }
    }

    /// One more has ended; what all took, where it was the last.
    pub(super) fn end(&self, usage: Usage) -> Option<Usage> {
        let mut left = self.lock();
        left.running = left.running.saturating_sub(1);
        let sum = left.usage.map_or(usage, |before| together(before, usage));
        left.usage = Some(sum);
        (left.running == 0 && !left.broken).then_some(sum)
    }

    /// An error ends all of them; whether it is the first one.
    pub(super) fn break_off(&self) -> bool {
        !std::mem::replace(&mut self.lock().broken, true)
    }

    /// Whether an error has ended all of them.
    pub(super) fn is_over(&self) -> bool {
        self.lock().broken
    }

    fn lock(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(prompt_tokens: u32, cached_tokens: u32, completion_tokens: u32) -> Usage {
        Usage { prompt_tokens, cached_tokens, completion_tokens }
    }

    #[test]
    fn the_last_answer_tells_what_all_took_and_the_prompt_counts_once() {
        let tally = Tally::new(3);
        assert_eq!(tally.end(usage(10, 8, 1)), None);
        assert_eq!(tally.end(usage(10, 0, 2)), None);
        assert_eq!(tally.end(usage(10, 9, 4)), Some(usage(10, 0, 7)));
    }

    #[test]
    fn an_error_is_told_once_and_nothing_comes_after_it() {
        let tally = Tally::new(2);
        assert!(!tally.is_over() && tally.break_off() && tally.is_over());
        assert!(!tally.break_off());
        assert_eq!(tally.end(usage(1, 0, 1)), None);
    }
}
