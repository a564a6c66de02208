//! Grammars in the notation of llama.cpp (GBNF), matched here and not by llama.cpp: its parser calls
//! itself for each parenthesis, asserts where a text leaves the grammar, and either ends the process.
//!
//! Everything is bytes: a class of characters becomes the ranges of bytes that encode it, so that a
//! token that ends within a character needs no care. Not here: which tokens are asked about.

mod automaton;
mod notation;
mod recursion;
mod rules;

pub(crate) use self::automaton::{Automaton, Matcher};
pub(crate) use self::notation::parse;

/// Why a grammar is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not written as GBNF is.
    Notation,
    /// A rule is used that is not there, `root` among them.
    Missing,
    /// It is larger, deeper or more ambiguous than what is taken.
    TooComplex,
    /// A rule begins with itself.
    LeftRecursion,
}
