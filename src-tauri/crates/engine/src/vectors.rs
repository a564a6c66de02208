//! Texts that are to become vectors: what is asked of a model that makes them, and what it gives.

use std::time::Instant;

use hearth_domain::{ModelPurpose, Priority};
use hearth_llama::Token;
use tokio::sync::oneshot;

use crate::Error;

/// Texts that are to become vectors.
#[derive(Clone, Debug)]
pub struct Texts {
    /// The texts; none is empty.
    pub texts: Vec<String>,
    /// Whether of a text that is longer than the model reads its beginning counts; it is refused
    /// otherwise.
    pub cut: bool,
    /// Who waits.
    pub priority: Priority,
}

/// The vectors of some texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    /// One of length 1 for each text, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that were read.
    pub tokens: u32,
}

/// Texts of which is to be said how well each answers a question.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The question.
    pub question: String,
    /// The texts. One that is longer than the model reads with the question answers as well as the best
    /// of its parts.
    pub texts: Vec<String>,
    /// Who waits.
    pub priority: Priority,
}

/// How well texts answer a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// 0 (not at all) to 1, for each text in their order.
    pub scores: Vec<f32>,
    /// Tokens that were read.
    pub tokens: u32,
}

/// Texts that wait for their turn, or for the next one.
pub(crate) struct TextsAsked {
    pub(crate) asked: Texts,
    /// What they are to answer, where they are to be ranked.
    pub(crate) question: Option<String>,
    pub(crate) order: u64,
    pub(crate) reply: oneshot::Sender<Result<Vectors, Error>>,
    /// Tokens that count as read for it. It begins with as many as whoever was read last, so that turns are
    /// divided from then on.
    pub(crate) served: usize,
    /// When it came, or had its last turn.
    pub(crate) since: Instant,
    /// From its first turn on.
    pub(crate) begun: Option<TextsBegun>,
}

/// How far it is.
pub(crate) struct TextsBegun {
    /// The tokens of every text, or of every part of one.
    pub(crate) texts: Vec<Vec<Token>>,
    /// Of which text each is.
    pub(crate) of: Vec<usize>,
    /// The vectors of the first of them.
    pub(crate) vectors: Vec<Vec<f32>>,
    /// How often in a row its step gave way to somebody more urgent.
    pub(crate) gave_way: u32,
}

impl TextsAsked {
    pub(crate) fn new(
        (asked, question): (Texts, Option<String>),
        (order, served): (u64, usize),
        reply: oneshot::Sender<Result<Vectors, Error>>,
    ) -> Self {
        Self { asked, question, order, reply, served, since: Instant::now(), begun: None }
    }

    /// What a model must be for.
    pub(crate) fn wants(&self) -> ModelPurpose {
        if self.question.is_some() { ModelPurpose::Ranks } else { ModelPurpose::Vectors }
    }

    /// Who is next: the more urgent, which waiting makes everybody, then who got least.
    pub(crate) fn rank(&self, now: Instant) -> (usize, usize, u64) {
        let waited = now.saturating_duration_since(self.since);
        (self.asked.priority.risen(waited), self.served, self.order)
    }
}

/// The same direction with length 1; `None` where there is no direction.
pub(crate) fn of_length_one(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    if !length.is_finite() || length == 0.0 {
        return None;
    }
    // A vector of numbers of 32 bits has a length of 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    vector.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    Some(vector)
}

/// What a model that ranks said of a text, from 0 to 1: of one class by the logistic function, of two (yes
/// and no, which llama.cpp weighs against each other) the first. `None` where it said nothing.
pub(crate) fn score(said: &[f32]) -> Option<f32> {
    let score = match said {
        [logit] => 1.0 / (1.0 + (-logit).exp()),
        [yes, _] => *yes,
        _ => return None,
    };
    score.is_finite().then_some(score.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_between_nothing_and_one_and_grows_with_what_was_said() {
        assert_eq!((score(&[0.0]), score(&[0.75, 0.25])), (Some(0.5), Some(0.75)));
        assert!(score(&[-3.0]) < score(&[2.0]) && score(&[-200.0]) == Some(0.0));
        assert_eq!((score(&[f32::NAN]), score(&[])), (None, None));
    }

    #[test]
    fn a_vector_keeps_its_direction_and_nothing_has_none() {
        assert_eq!(of_length_one(vec![3.0, 4.0]), Some(vec![0.6, 0.8]));
        assert_eq!(of_length_one(vec![0.0, 0.0]), None);
        assert_eq!(of_length_one(vec![f32::NAN, 1.0]), None);
    }
}
