//! Tokens for one step, checked before C++ sees them: llama.cpp trusts its batch. What is not here:
//! which tokens go together; that is the engine's.

use crate::{Error, Token};

/// Tokens of one or many sequences for one call of [`crate::Context::decode`].
#[derive(Clone, Debug)]
pub struct Batch {
    pub(crate) tokens: Vec<i32>,
    pub(crate) positions: Vec<i32>,
    pub(crate) sequences: Vec<i32>,
    pub(crate) wants: Vec<i8>,
    outputs: usize,
    capacity: usize,
    n_seq_max: u32,
}

impl Batch {
    /// An empty batch for at most `capacity` tokens of sequences below `n_seq_max`.
    #[must_use]
    pub fn new(capacity: usize, n_seq_max: u32) -> Self {
        Self {
            tokens: Vec::with_capacity(capacity),
            positions: Vec::with_capacity(capacity),
            sequences: Vec::with_capacity(capacity),
            wants: Vec::with_capacity(capacity),
            outputs: 0,
            capacity,
            n_seq_max,
        }
    }

    /// Adds a token. With `want_logits` it gives the index of its output, counted from 0 in the order
    /// of pushing: the index that [`crate::Context::logits`] and [`crate::Sampler::sample`] take.
    ///
    /// # Errors
    /// [`Error::BatchFull`], [`Error::TokenOutOfRange`], [`Error::SequenceOutOfRange`] or
    /// [`Error::PositionGap`]; the batch is unchanged.
    pub fn push(
        &mut self,
        token: Token,
        pos: i32,
        seq: i32,
        want_logits: bool,
    ) -> Result<Option<usize>, Error> {
        if self.tokens.len() >= self.capacity {
            return Err(Error::BatchFull);
        }
        if token.0 < 0 {
            return Err(Error::TokenOutOfRange);
        }
        if u32::try_from(seq).map_or(true, |seq| seq >= self.n_seq_max) {
            return Err(Error::SequenceOutOfRange);
        }
        if pos < 0 || self.last_position(seq).is_some_and(|last| last.checked_add(1) != Some(pos)) {
            return Err(Error::PositionGap);
        }
        self.tokens.push(token.0);
        self.positions.push(pos);
        self.sequences.push(seq);
        self.wants.push(i8::from(want_logits));
        if !want_logits {
            return Ok(None);
        }
        self.outputs += 1;
        Ok(Some(self.outputs - 1))
    }

    /// The position that `seq` has in this batch at last.
    fn last_position(&self, seq: i32) -> Option<i32> {
        let at = self.sequences.iter().rposition(|other| *other == seq)?;
        Some(self.positions[at])
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.positions.clear();
        self.sequences.clear();
        self.wants.clear();
        self.outputs = 0;
    }

    /// Its tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Its outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The first position of each sequence in it.
    pub(crate) fn starts(&self) -> impl Iterator<Item = (i32, i32)> + '_ {
        self.sequences.iter().enumerate().filter_map(|(at, seq)| {
            let first = self.sequences.iter().position(|other| other == seq) == Some(at);
            first.then_some((*seq, self.positions[at]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_counted_in_the_order_of_pushing() {
        let mut batch = Batch::new(4, 2);
        assert_eq!(batch.push(Token(1), 0, 0, false), Ok(None));
        assert_eq!(batch.push(Token(2), 1, 0, true), Ok(Some(0)));
        assert_eq!(batch.push(Token(3), 7, 1, true), Ok(Some(1)));
        assert_eq!((batch.len(), batch.outputs()), (3, 2));
        assert_eq!(batch.starts().collect::<Vec<_>>(), [(0, 0), (1, 7)]);
        batch.clear();
        assert!(batch.is_empty() && batch.outputs() == 0);
    }

    #[test]
    fn what_llama_cpp_would_not_survive_is_refused() {
        let mut batch = Batch::new(2, 2);
        assert_eq!(batch.push(Token(-1), 0, 0, true), Err(Error::TokenOutOfRange));
        assert_eq!(batch.push(Token(1), 0, 2, true), Err(Error::SequenceOutOfRange));
        assert_eq!(batch.push(Token(1), 0, -1, true), Err(Error::SequenceOutOfRange));
        assert_eq!(batch.push(Token(1), -1, 0, true), Err(Error::PositionGap));
        assert_eq!(batch.push(Token(1), 5, 0, true), Ok(Some(0)));
        assert_eq!(batch.push(Token(1), 7, 0, true), Err(Error::PositionGap));
        assert_eq!(batch.push(Token(1), 6, 0, true), Ok(Some(1)));
        assert_eq!(batch.push(Token(1), 7, 0, true), Err(Error::BatchFull));
    }
}
