//! What a program may ask of one answer beyond the common parameters, and what such an answer tells
//! beside its text. Not here: what a person sets in the window ([`crate::SamplingParams`]).

use std::ops::RangeInclusive;

/// Samplers beside the common ones, with the meaning that llama.cpp gives them; `None` is off or the
/// usual number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samplers {
    /// Keep the locally typical tokens that together have this probability, 0 to 1; 1 is off.
    pub typical_p: Option<f32>,
    /// Keep tokens within this many standard deviations of the likeliest, 0 to 100; 0 is off.
    pub top_n_sigma: Option<f32>,
    /// How often the likeliest tokens are left out, 0 to 1; 0 is off.
    pub xtc_probability: Option<f32>,
    /// From which probability on a token counts for that, 0 to 1.
    pub xtc_threshold: Option<f32>,
    /// How far the temperature moves with the entropy, 0 to 2; 0 is off.
    pub dynatemp_range: Option<f32>,
    /// How the entropy moves it, 0 to 10.
    pub dynatemp_exponent: Option<f32>,
    /// Tokens that the penalties look back on, 0 to 65 536.
    pub repeat_last_n: Option<u32>,
    /// Strength of the penalty on repeated sequences (DRY), 0 to 100; 0 is off.
    pub dry_multiplier: Option<f32>,
    /// Base of its growth, 1 to 10.
    pub dry_base: Option<f32>,
    /// Repetitions of this length are free, 0 to 1000.
    pub dry_allowed_length: Option<u32>,
    /// Tokens that it looks back on, 0 to 65 536.
    pub dry_penalty_last_n: Option<u32>,
    /// Mirostat, 0 (off), 1 or 2.
    pub mirostat: Option<u32>,
    /// The surprise that Mirostat aims at, 0 to 100.
    pub mirostat_tau: Option<f32>,
    /// How fast Mirostat learns, 0 to 1.
    pub mirostat_eta: Option<f32>,
}

impl Samplers {
    /// Names the first field that is out of range.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        let range = |v: Option<f32>, r: RangeInclusive<f32>| v.is_none_or(|v| r.contains(&v));
        let whole = |v: Option<u32>, most: u32| v.is_none_or(|v| v <= most);
        let checks = [
            (range(self.typical_p, 0.0..=1.0), "typical_p"),
            (range(self.top_n_sigma, 0.0..=100.0), "top_n_sigma"),
            (range(self.xtc_probability, 0.0..=1.0), "xtc_probability"),
            (range(self.xtc_threshold, 0.0..=1.0), "xtc_threshold"),
            (range(self.dynatemp_range, 0.0..=2.0), "dynatemp_range"),
            (range(self.dynatemp_exponent, 0.0..=10.0), "dynatemp_exponent"),
            (whole(self.repeat_last_n, 65_536), "repeat_last_n"),
            (range(self.dry_multiplier, 0.0..=100.0), "dry_multiplier"),
            (range(self.dry_base, 1.0..=10.0), "dry_base"),
            (whole(self.dry_allowed_length, 1000), "dry_allowed_length"),
            (whole(self.dry_penalty_last_n, 65_536), "dry_penalty_last_n"),
            (whole(self.mirostat, 2), "mirostat"),
            (range(self.mirostat_tau, 0.0..=100.0), "mirostat_tau"),
            (range(self.mirostat_eta, 0.0..=1.0), "mirostat_eta"),
        ];
        checks.iter().find(|(ok, _)| !ok).map_or(Ok(()), |(_, field)| Err(*field))
    }
}

/// The form that an answer must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Any.
    #[default]
    Text,
    /// A JSON object.
    JsonObject,
    /// JSON that fits this schema, itself written in JSON.
    JsonSchema(String),
    /// What this grammar in the notation of llama.cpp (GBNF) derives from `root`.
    Grammar(String),
}

/// A function that the model may ask the caller to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The JSON schema of its arguments, in JSON.
    pub parameters: String,
}

/// Whether the model calls tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes.
    #[default]
    Auto,
    /// Not at all.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// A call that a model asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Names the call; its result says the same.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, in JSON.
    pub arguments: String,
}

/// What a message of a conversation has to do with tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolPart {
    /// The model asked for these calls.
    Calls(Vec<ToolCall>),
    /// The message is what a call gave.
    Result {
        /// The call.
        id: String,
        /// The tool, where the caller said it.
        name: Option<String>,
    },
}

/// More of a call that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCallDelta {
    /// Which call of the answer, from 0.
    pub index: u32,
    /// Its id and the name of the tool; told once, at the beginning.
    pub begins: Option<(String, String)>,
    /// Text to add to the arguments.
    pub arguments: String,
}

/// How likely a token was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenProbability {
    /// Its bytes, which may be part of a character.
    pub bytes: Vec<u8>,
    /// The natural logarithm of its probability, before any sampler.
    pub logprob: f32,
}

/// A token of an answer and what else could have come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenLogprob {
    /// The token that was taken.
    pub token: TokenProbability,
    /// The likeliest tokens there, likeliest first.
    pub top: Vec<TokenProbability>,
}

/// Whether tokens are guessed ahead from what was read and written. The text is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafting {
    /// While the times that were measured say that it pays.
    #[default]
    Auto,
    /// Never.
    Off,
    /// Always so many, where there is something to guess from.
    Always(u32),
}

/// What is asked of one answer beyond the common parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerOptions {
    /// Further samplers.
    pub samplers: Samplers,
    /// Added to the logits of these tokens; −100 and less bans, as programs expect.
    pub logit_bias: Vec<(u32, f32)>,
    /// How many alternatives are told beside each token, 0 to 20; `None` tells no probabilities.
    pub logprobs: Option<u32>,
    /// The form of the answer.
    pub format: AnswerFormat,
    /// The tools that there are.
    pub tools: Vec<Tool>,
    /// Whether they are called.
    pub tool_choice: ToolChoice,
    /// Whether several calls may come in one answer.
    pub parallel_tool_calls: bool,
    /// Tokens that the model may think before it must answer; `None` is no limit.
    pub reasoning_budget: Option<u32>,
    /// Guessing ahead.
    pub drafting: Drafting,
}

impl AnswerOptions {
    /// Alternatives beside each token at most.
    pub const MOST_LOGPROBS: u32 = 20;
    /// Tokens guessed ahead at most.
    pub const MOST_DRAFTED: u32 = 16;
    /// Tokens with a bias at most.
    pub const MOST_BIASED: usize = 1024;

    /// Names the first field that is out of range.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        self.samplers.validate()?;
        let drafted = !matches!(self.drafting, Drafting::Always(n) if n > Self::MOST_DRAFTED);
        let named = match &self.tool_choice {
            ToolChoice::Auto | ToolChoice::None => true,
            ToolChoice::Required => !self.tools.is_empty(),
            ToolChoice::Named(name) => self.tools.iter().any(|tool| tool.name == *name),
        };
        let bias = &self.logit_bias;
        let checks = [
            (self.logprobs.is_none_or(|n| n <= Self::MOST_LOGPROBS), "top_logprobs"),
            (
                bias.len() <= Self::MOST_BIASED && bias.iter().all(|(_, bias)| bias.is_finite()),
                "logit_bias",
            ),
            (named, "tool_choice"),
            // One form at a time: which of two would win is anybody's guess.
            (self.format == AnswerFormat::Text || !self.calls_tools(), "response_format"),
            (drafted, "speculative.n_max"),
        ];
        checks.iter().find(|(ok, _)| !ok).map_or(Ok(()), |(_, field)| Err(*field))
    }

    /// Whether the answer may call tools.
    #[must_use]
    pub fn calls_tools(&self) -> bool {
        !self.tools.is_empty() && self.tool_choice != ToolChoice::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range_and_wrong_numbers_are_named() {
        assert_eq!(AnswerOptions::default().validate(), Ok(()));
        let samplers = Samplers { mirostat: Some(3), ..Samplers::default() };
        let options = AnswerOptions { samplers, ..AnswerOptions::default() };
        assert_eq!(options.validate(), Err("mirostat"));
        let options = AnswerOptions { logprobs: Some(21), ..AnswerOptions::default() };
        assert_eq!(options.validate(), Err("top_logprobs"));
    }

    #[test]
    fn a_choice_of_a_tool_that_is_not_there_is_out_of_range() {
        let options = AnswerOptions {
            tool_choice: ToolChoice::Named("clock".into()),
            ..AnswerOptions::default()
        };
        assert_eq!(options.validate(), Err("tool_choice"));
    }
}
