//! A grammar as rules over bytes. Not here: its notation, and matching.

use std::collections::HashMap;

use regex_syntax::utf8::Utf8Sequences;

use super::Fault;

/// Symbols of all rules at most.
const MOST_SYMBOLS: usize = 200_000;
/// Rules at most, those that repetitions and groups make included.
const MOST_RULES: usize = 20_000;

/// One place of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A byte from the first to the last.
    Bytes(u8, u8),
    /// What another rule derives.
    Rule(u32),
}

/// The ways in which a rule can be derived.
pub(crate) type Alternatives = Vec<Vec<Symbol>>;

/// Rules by number; the first is `root`.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    rules: Vec<Option<Alternatives>>,
    names: HashMap<String, u32>,
    symbols: usize,
}

impl Rules {
    pub(crate) fn new() -> Self {
        let names = HashMap::from([("root".to_owned(), 0)]);
        Self { rules: vec![None], names, symbols: 0 }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Alternatives> {
        self.rules.iter().flatten()
    }

    /// The number of a rule, new where the name was not seen.
    pub(crate) fn named(&mut self, name: &str) -> Result<u32, Fault> {
        if let Some(rule) = self.names.get(name) {
            return Ok(*rule);
        }
        let rule = self.push(None)?;
        self.names.insert(name.to_owned(), rule);
        Ok(rule)
    }

    fn push(&mut self, alternatives: Option<Alternatives>) -> Result<u32, Fault> {
        if self.rules.len() >= MOST_RULES {
            return Err(Fault::TooComplex);
        }
        self.rules.push(alternatives);
        u32::try_from(self.rules.len() - 1).map_err(|_| Fault::TooComplex)
    }

    fn count(&mut self, alternatives: &Alternatives) -> Result<(), Fault> {
        self.symbols += alternatives.iter().map(|symbols| symbols.len() + 1).sum::<usize>();
        if self.symbols > MOST_SYMBOLS { Err(Fault::TooComplex) } else { Ok(()) }
    }

    /// Says what a rule derives; where it is said twice, the last one counts, as in llama.cpp.
    pub(crate) fn define(&mut self, rule: u32, alternatives: Alternatives) -> Result<(), Fault> {
        self.count(&alternatives)?;
        self.rules[rule as usize] = Some(alternatives);
        Ok(())
    }

    /// A rule without a name.
    pub(crate) fn group(&mut self, alternatives: Alternatives) -> Result<u32, Fault> {
        self.count(&alternatives)?;
        self.push(Some(alternatives))
    }

    /// `part` from `least` to `most` times; without `most` any number of times.
    pub(crate) fn repeat(
        &mut self,
        part: &[Symbol],
        least: u32,
        most: Option<u32>,
    ) -> Result<Vec<Symbol>, Fault> {
        let copies = least as usize + most.map_or(1, |most| most.saturating_sub(least) as usize);
        if part.len().saturating_mul(copies) > MOST_SYMBOLS {
            return Err(Fault::TooComplex);
        }
        let mut whole: Vec<Symbol> = Vec::new();
        for _ in 0..least {
            whole.extend_from_slice(part);
        }
        match most {
            None => {
                let again = self.push(None)?;
                let more = [part, &[Symbol::Rule(again)]].concat();
                self.define(again, vec![more, Vec::new()])?;
                whole.push(Symbol::Rule(again));
            }
            Some(most) => {
                let mut rest: Option<u32> = None;
                for _ in least..most {
                    let more = part.iter().copied().chain(rest.map(Symbol::Rule)).collect();
                    rest = Some(self.group(vec![more, Vec::new()])?);
                }
                whole.extend(rest.map(Symbol::Rule));
            }
        }
        Ok(whole)
    }

    /// One character out of these ranges.
    pub(crate) fn characters(&mut self, ranges: &[(char, char)]) -> Result<Symbol, Fault> {
        let mut ways: Alternatives = Vec::new();
        for (first, last) in ranges {
            for sequence in Utf8Sequences::new(*first, *last) {
                let bytes = sequence.as_slice().iter();
                ways.push(bytes.map(|range| Symbol::Bytes(range.start, range.end)).collect());
            }
        }
        match ways.as_slice() {
            [only] if only.len() == 1 => Ok(only[0]),
            _ => Ok(Symbol::Rule(self.group(ways)?)),
        }
    }

    /// Makes sure that every rule that is used is there.
    pub(crate) fn complete(self) -> Result<Self, Fault> {
        if self.rules.iter().all(Option::is_some) { Ok(self) } else { Err(Fault::Missing) }
    }
}
