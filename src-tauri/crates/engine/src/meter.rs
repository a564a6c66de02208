//! The figures of one request, and the speed of reading prompts over all of them.

use std::time::{Duration, Instant};

use hearth_domain::{Timing, Usage};

use crate::ticket::millis;

/// How much a new measurement counts against the older ones.
const NEW_WEIGHT: f64 = 0.3;

/// Times and counts of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    asked: Instant,
    began: Instant,
    first: Option<Instant>,
    last: Instant,
    prompt: usize,
    cached: usize,
    written: usize,
    width: usize,
}

impl Meter {
    pub(crate) fn new(asked: Instant, prompt: usize, cached: usize) -> Self {
        let began = Instant::now();
        Self { asked, began, first: None, last: began, prompt, cached, written: 0, width: 0 }
    }

    /// A token came out of a step that worked on `width` answers; `counted` unless it ends the text.
    pub(crate) fn token(&mut self, width: usize, counted: bool) {
        let now = Instant::now();
        self.first.get_or_insert(now);
        self.last = now;
        self.width = self.width.max(width);
        self.written += usize::from(counted);
    }

    /// So many tokens of the prompt came from another request that read them.
    pub(crate) fn shared(&mut self, tokens: usize) {
        self.cached += tokens;
    }

    pub(crate) fn written(&self) -> usize {
        self.written
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            prompt_tokens: count(self.prompt),
            cached_tokens: count(self.cached),
            completion_tokens: count(self.written),
        }
    }

    pub(crate) fn timing(&self) -> Timing {
        let queue = self.began.duration_since(self.asked);
        let Some(first) = self.first else {
            return Timing { queue_ms: millis(queue), ..Timing::default() };
        };
        let reading = first.duration_since(self.began);
        let writing = self.last.duration_since(first);
        Timing {
            queue_ms: millis(queue),
            ttft_ms: millis(first.duration_since(self.asked)),
            prefill_tokens_per_second: speed(self.prompt - self.cached, reading),
            tokens_per_second: speed(self.written.saturating_sub(1), writing),
            batch_width: count(self.width),
            // What was guessed is known where tokens are taken.
            draft_proposed: 0,
            draft_accepted: 0,
            // What of it is reasoning is known where the text is read.
            thinking_ms: 0.0,
        }
    }
}

/// The speed of reading prompts, smoothed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace(Option<f64>);

impl Pace {
    /// A step read so many tokens. Short ones say more about the step than about reading.
    pub(crate) fn read(&mut self, tokens: usize, took: Duration) {
        const ENOUGH: usize = 32;
        let measured = speed(tokens, took);
        if tokens >= ENOUGH && measured > 0.0 {
            let before = self.0.unwrap_or(measured);
            self.0 = Some(before + NEW_WEIGHT * (measured - before));
        }
    }

    pub(crate) fn tokens_per_second(self) -> Option<f64> {
        self.0
    }
}

fn speed(tokens: usize, took: Duration) -> f64 {
    let seconds = took.as_secs_f64();
    if seconds > 0.0 { f64::from(count(tokens)) / seconds } else { 0.0 }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_slowly_and_ignores_short_steps() {
        let mut pace = Pace::default();
        pace.read(100, Duration::from_secs(1));
        assert_eq!(pace.tokens_per_second(), Some(100.0));
        pace.read(4, Duration::from_secs(1));
        assert_eq!(pace.tokens_per_second(), Some(100.0));
        pace.read(200, Duration::from_secs(1));
        assert_eq!(pace.tokens_per_second(), Some(130.0));
    }

    #[test]
    fn an_answer_without_a_token_has_no_speed() {
        let meter = Meter::new(Instant::now(), 10, 4);
        let timing = meter.timing();
        assert_eq!((timing.ttft_ms, timing.tokens_per_second, timing.batch_width), (0.0, 0.0, 0));
        assert_eq!((meter.usage().prompt_tokens, meter.usage().cached_tokens), (10, 4));
    }
}
