//! Figures of this run of the program: how many answers, how many tokens, how long they waited. Never
//! content, and of programs only what their keys say. How they are written is the business of `server`.

use std::sync::Mutex;

use hearth_domain::{EngineState, Timing, Usage};

use crate::{App, activity::Minutes, app::lock};

/// The upper bounds of a histogram's parts, in seconds; a last one has no bound.
pub const SECONDS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// How often something took how long.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Histogram {
    /// How many took at most as long as each of [`SECONDS`] says, and longer than the one before it.
    pub within: [u64; SECONDS.len()],
    /// How many there were.
    pub count: u64,
    /// All of it together, in seconds.
    pub sum: f64,
}

impl Histogram {
    fn note(&mut self, seconds: f64) {
        if let Some(at) = SECONDS.iter().position(|bound| seconds <= *bound) {
            self.within[at] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

/// What was done for people or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Done {
    /// Answers that came to their end.
    pub answers: u64,
    /// Tokens of their prompts.
    pub prompt_tokens: u64,
    /// Of those, tokens that were known from before and not read again.
    pub cached_tokens: u64,
    /// Tokens that were written.
    pub completion_tokens: u64,
    /// From asking to the first step of work.
    pub queue: Histogram,
    /// From asking to the first token.
    pub first_token: Histogram,
}

/// The figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// In the window, the browser and the terminal.
    pub people: Done,
    /// At the port.
    pub programs: Done,
}

/// For whom something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// A person.
    Person,
    /// A program with a key.
    Program,
}

/// The figures as they grow.
#[derive(Default)]
pub(crate) struct Tally {
    figures: Mutex<Figures>,
    pub(crate) minutes: Mutex<Minutes>,
}

impl Tally {
    /// Notes an answer that came to its end.
    fn answered(&self, who: For, usage: &Usage, timing: &Timing) {
        let mut figures = lock(&self.figures);
        let done = match who {
            For::Person => &mut figures.people,
            For::Program => &mut figures.programs,
        };
        done.answers += 1;
        done.prompt_tokens += u64::from(usage.prompt_tokens);
        done.cached_tokens += u64::from(usage.cached_tokens);
        done.completion_tokens += u64::from(usage.completion_tokens);
        done.queue.note(timing.queue_ms / 1000.0);
        done.first_token.note(timing.ttft_ms / 1000.0);
    }
}

/// What the loaded models take, in bytes.
pub(crate) struct ModelMemory {
    /// All of it.
    pub(crate) total: u64,
    /// Of that, what they keep of what they read.
    pub(crate) kept: u64,
}

/// What these take together.
pub(crate) fn memory_of(states: &[EngineState]) -> ModelMemory {
    let memory = || states.iter().filter_map(EngineState::loaded).map(|(_, memory)| memory);
    let total = memory().map(|memory| memory.total()).sum();
    ModelMemory { total, kept: memory().map(|memory| memory.kept).sum() }
}

impl App {
    /// The figures since this run began.
    #[must_use]
    pub fn figures(&self) -> Figures {
        *lock(&self.tally.figures)
    }

    /// Notes an answer that came to its end.
    pub(crate) fn answered(&self, who: For, usage: &Usage, timing: &Timing) {
        let memory = memory_of(&self.engine_states()).total;
        self.tally.answered(who, usage, timing);
        lock(&self.tally.minutes).note(self.now(), who, usage, timing, memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_add_up_apart_for_people_and_for_programs() {
        let tally = Tally::default();
        let usage = Usage { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 3 };
        let slow = Timing { queue_ms: 20.0, ttft_ms: 90_000.0, ..Timing::default() };
        tally.answered(For::Program, &usage, &slow);
        tally.answered(For::Program, &usage, &Timing { ttft_ms: 40.0, ..slow });
        let Figures { people, programs } = *lock(&tally.figures);
        assert_eq!(people, Done::default());
        assert_eq!((programs.answers, programs.prompt_tokens, programs.cached_tokens), (2, 20, 8));
        let first = programs.first_token;
        // One took longer than the last bound: it counts in no part, and in the whole.
        assert_eq!((first.within[2], first.within.iter().sum::<u64>(), first.count), (1, 1, 2));
        assert!((first.sum - 90.04).abs() < 1e-9 && programs.queue.within[1] == 2);
    }
}
