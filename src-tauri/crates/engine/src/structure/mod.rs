//! Answers of a given form: JSON by a schema, texts of a grammar, calls of tools.
//!
//! A token is chosen as if there were no form, and only where the form does not admit it is one chosen
//! again among those it does (as llama.cpp does it): models that are asked for JSON mostly write JSON,
//! and asking about one token costs nothing beside asking about all. Not here: which form a request
//! asks for, and what is told of the answer.

mod constraint;
mod gate;
mod gbnf;
pub(crate) mod limits;
mod thought;
mod vocabulary;

use hearth_llama::{Context, Sampler, Token};

use self::gate::Opened;
pub(crate) use self::{
    constraint::{Constraint, Form},
    gate::{Gate, Lazy},
    thought::Thought,
    vocabulary::Vocabulary,
};
use crate::Error;

/// The form of one answer.
pub(crate) struct Structure {
    constraint: Constraint,
    gate: Gate,
}

impl Structure {
    pub(crate) fn new(constraint: Constraint, gate: Gate) -> Self {
        Self { constraint, gate }
    }

    /// Chooses a token that the form admits; nothing is taken as seen.
    pub(crate) fn choose(
        &mut self,
        sampler: &mut Sampler,
        context: &Context,
        output: usize,
    ) -> Result<Token, Error> {
        let free = sampler.choose(context, output, None).map_err(Error::Inference)?;
        if let Some(free) = free
            && self.admits(free)?
        {
            return Ok(free);
        }
        let mut mask = self.constraint.mask()?;
        if matches!(self.gate, Gate::Thought(ref thought) if thought.is_open()) {
            // Only the end of the answer was refused.
            mask = self.constraint.vocabulary().trie().alloc_token_set();
            mask.set_all(true);
            for end in self.constraint.vocabulary().ends() {
                mask.disallow_token(*end);
            }
        }
        let chosen = sampler.choose(context, output, Some(mask.as_slice()));
        chosen.map_err(Error::Inference)?.ok_or(Error::StructureDeadEnd)
    }

    fn admits(&mut self, token: Token) -> Result<bool, Error> {
        let vocabulary = self.constraint.vocabulary();
        let end = vocabulary.is_end(token);
        if end && self.gate.may_end() {
            return Ok(true);
        }
        if !end && self.gate.passes(&vocabulary.bytes(token)) {
            return Ok(true);
        }
        let thinks = matches!(self.gate, Gate::Thought(ref thought) if thought.is_open());
        if thinks { Ok(false) } else { self.constraint.admits(token) }
    }

    /// Takes a token as seen.
    pub(crate) fn accept(&mut self, token: Token) -> Result<(), Error> {
        let vocabulary = self.constraint.vocabulary();
        if vocabulary.is_end(token) {
            return Ok(());
        }
        let bytes = vocabulary.bytes(token);
        if !self.gate.passes(&bytes) {
            self.gate = Gate::On;
            return self.constraint.accept(token);
        }
        let free = matches!(self.gate, Gate::Lazy(_));
        if let Opened::With(text) = self.gate.push(&bytes)
            && !self.constraint.take_text(&text)?
        {
            if !free {
                return Err(Error::StructureDeadEnd);
            }
            // It was written freely and went astray at once: nothing is forced upon it.
            self.gate = Gate::Off;
        }
        Ok(())
    }

    /// Whether the answer is whole and nothing can follow.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self.gate, Gate::On) && self.constraint.is_complete()
    }
}
