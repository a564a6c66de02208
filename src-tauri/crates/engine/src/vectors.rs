//! Texts that are to become vectors: what is asked of a model that makes them, and what it gives.

use hearth_domain::Priority;
use hearth_llama::Token;
use tokio::sync::oneshot;

use crate::Error;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It writes answers.
    Answers,
    /// It makes vectors of texts.
    Vectors,
}

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

/// Texts that wait for their turn, or for the next one.
pub(crate) struct TextsAsked {
    pub(crate) asked: Texts,
    pub(crate) order: u64,
    pub(crate) reply: oneshot::Sender<Result<Vectors, Error>>,
    /// Tokens that count as read for it. It begins with as many as whoever had least when it came, so
    /// that turns are divided from then on.
    pub(crate) served: usize,
    /// From its first turn on.
    pub(crate) begun: Option<TextsBegun>,
}

/// How far it is.
pub(crate) struct TextsBegun {
    /// The tokens of every text.
    pub(crate) texts: Vec<Vec<Token>>,
    /// The vectors of the first of them.
    pub(crate) vectors: Vec<Vec<f32>>,
    /// How often in a row its step gave way to somebody more urgent.
    pub(crate) gave_way: u32,
}

impl TextsAsked {
    pub(crate) fn new(
        asked: Texts,
        (order, served): (u64, usize),
        reply: oneshot::Sender<Result<Vectors, Error>>,
    ) -> Self {
        Self { asked, order, reply, served, begun: None }
    }

    /// Who is next: the more urgent, then who got least.
    pub(crate) fn rank(&self) -> (Priority, usize, u64) {
        (self.asked.priority, self.served, self.order)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction_and_nothing_has_none() {
        assert_eq!(of_length_one(vec![3.0, 4.0]), Some(vec![0.6, 0.8]));
        assert_eq!(of_length_one(vec![0.0, 0.0]), None);
        assert_eq!(of_length_one(vec![f32::NAN, 1.0]), None);
    }
}
