//! One answer: how it is sampled, how it ended, what it cost.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Sampling parameters; `None` means the default of the model or of Hearth.
///
/// Ranges (checked by [`SamplingParams::validate`]): `temperature` 0 to 2, `top_p` and `min_p`
/// 0 to 1, `top_k` 0 to 1000 (0 is off), penalties -2 to 2, `repeat_penalty` 0.5 to 2,
/// `max_tokens` 1 to 1 000 000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct SamplingParams {
    /// Randomness; 0 takes the likeliest token each time.
    pub temperature: Option<f32>,
    /// Keep the likeliest tokens that together have this probability.
    pub top_p: Option<f32>,
    /// Keep this many of the likeliest tokens.
    pub top_k: Option<u32>,
    /// Drop tokens less likely than this share of the likeliest.
    pub min_p: Option<f32>,
    /// Divides the logits of tokens seen lately.
    pub repeat_penalty: Option<f32>,
    /// Taken from the logits by how often a token was seen.
    pub frequency_penalty: Option<f32>,
    /// Taken from the logits of any token seen.
    pub presence_penalty: Option<f32>,
    /// Makes the choice repeatable on the same machine and model.
    pub seed: Option<u32>,
    /// Tokens written at most.
    pub max_tokens: Option<u32>,
    /// Texts that end the answer; not part of it.
    pub stop: Vec<String>,
}

impl SamplingParams {
    /// Names the first field that is out of range.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        let range = |v: Option<f32>, lo: f32, hi: f32| v.is_none_or(|v| (lo..=hi).contains(&v));
        let checks = [
            (range(self.temperature, 0.0, 2.0), "temperature"),
            (range(self.top_p, 0.0, 1.0), "top_p"),
            (range(self.min_p, 0.0, 1.0), "min_p"),
            (self.top_k.is_none_or(|k| k <= 1000), "top_k"),
            (range(self.repeat_penalty, 0.5, 2.0), "repeat_penalty"),
            (range(self.frequency_penalty, -2.0, 2.0), "frequency_penalty"),
            (range(self.presence_penalty, -2.0, 2.0), "presence_penalty"),
            (self.max_tokens.is_none_or(|n| (1..=1_000_000).contains(&n)), "max_tokens"),
            (
                self.stop.len() <= 16 && self.stop.iter().all(|s| (1..=256).contains(&s.len())),
                "stop",
            ),
        ];
        checks.iter().find(|(ok, _)| !ok).map_or(Ok(()), |(_, field)| Err(*field))
    }

    /// These parameters, with those of `base` where they name none.
    #[must_use]
    pub fn or(self, base: &Self) -> Self {
        Self {
            temperature: self.temperature.or(base.temperature),
            top_p: self.top_p.or(base.top_p),
            top_k: self.top_k.or(base.top_k),
            min_p: self.min_p.or(base.min_p),
            repeat_penalty: self.repeat_penalty.or(base.repeat_penalty),
            frequency_penalty: self.frequency_penalty.or(base.frequency_penalty),
            presence_penalty: self.presence_penalty.or(base.presence_penalty),
            seed: self.seed.or(base.seed),
            max_tokens: self.max_tokens.or(base.max_tokens),
            stop: if self.stop.is_empty() { base.stop.clone() } else { self.stop },
        }
    }
}

/// Who waits for an answer; a lower class gives way (used by the scheduler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// A person at a window or a terminal.
    Interactive,
    /// A program that reads a stream.
    Stream,
    /// A program that waits for the whole answer.
    Batch,
    /// Titles, summaries, prefetching.
    Background,
}

impl Priority {
    /// Every class, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Interactive, Self::Stream, Self::Batch, Self::Background];
    /// Waiting this long raises by one class, so that nobody waits for ever.
    pub const RISE: Duration = Duration::from_secs(30);

    /// The place of the class among [`Priority::ALL`]; 0 is the most urgent.
    #[must_use]
    pub const fn level(self) -> usize {
        match self {
            Self::Interactive => 0,
            Self::Stream => 1,
            Self::Batch => 2,
            Self::Background => 3,
        }
    }

    /// The place that counts after waiting so long.
    #[must_use]
    pub fn risen(self, waited: Duration) -> usize {
        let classes = waited.as_secs() / Self::RISE.as_secs();
        self.level().saturating_sub(usize::try_from(classes).unwrap_or(usize::MAX))
    }
}

/// For whom something is computed. Callers get fair parts of the computer, and none learns from the
/// speed of its answers what another asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// The person at this computer: a window, the terminal, a browser that signed in.
    Person,
    /// A program with a key of the port, by an id that does not tell the key.
    Key(String),
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model ended its turn, or a stop text came.
    Stop,
    /// `max_tokens` or the context was reached.
    Length,
    /// Someone cancelled.
    Cancelled,
    /// An error.
    Error,
}

/// Tokens of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Of those, tokens that were still in the KV cache.
    pub cached_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
}

/// Speed of one answer. A figure that an older version did not keep is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct Timing {
    /// From asking to the first step of work, in milliseconds.
    pub queue_ms: f64,
    /// From asking to the first token, in milliseconds.
    pub ttft_ms: f64,
    /// Tokens of the prompt read a second.
    pub prefill_tokens_per_second: f64,
    /// Tokens written a second, after the first.
    pub tokens_per_second: f64,
    /// The most sequences that one of its steps decoded together.
    pub batch_width: u32,
    /// Tokens that were guessed ahead; a guess is checked in the same step.
    pub draft_proposed: u32,
    /// Of those, guesses that were right.
    pub draft_accepted: u32,
    /// From the first word of the reasoning to the first of the answer, in milliseconds; 0 where
    /// the model did not think aloud.
    pub thinking_ms: f64,
}

/// What was left out so that the rest fits the context; never silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Omitted {
    /// Messages left out, oldest first after the instructions and the first question.
    pub messages: u32,
    /// Their tokens.
    pub tokens: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_one_is_out_of_range() {
        let params = SamplingParams { temperature: Some(f32::NAN), ..Default::default() };
        assert_eq!(params.validate(), Err("temperature"));
    }

    #[test]
    fn half_a_minute_of_waiting_raises_by_one_class_and_no_further_than_the_first() {
        let after = |seconds| Priority::Background.risen(Duration::from_secs(seconds));
        assert_eq!([after(0), after(29), after(30), after(60), after(900)], [3, 3, 2, 1, 0]);
        assert_eq!(Priority::Interactive.risen(Duration::from_secs(900)), 0);
        assert!(Priority::ALL.iter().enumerate().all(|(place, class)| class.level() == place));
    }

    #[test]
    fn the_defaults_are_in_range() {
        assert_eq!(SamplingParams::default().validate(), Ok(()));
    }

    #[test]
    fn a_named_parameter_wins_over_its_default() {
        let base = SamplingParams { temperature: Some(0.7), top_k: Some(40), ..Default::default() };
        let own = SamplingParams { temperature: Some(0.0), ..Default::default() };
        let merged = own.or(&base);
        assert_eq!((merged.temperature, merged.top_k), (Some(0.0), Some(40)));
    }
}
