//! Counting tokens beside the answers that run: a vocabulary may be read by many threads at once.
//!
//! Counts are kept by key, so that a long conversation is counted once and not at every key press.
//! The same numbers decide what is left out of a prompt. Not here: what a turn is made of.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use hearth_domain::{AnswerOptions, Omitted, Role};
use sha2::{Digest, Sha256};

use crate::{
    Error, Turn,
    overflow::{Budget, Layout},
    prompt::Prompter,
    tools::ToolSet,
};

/// The name of a counted text: whoever asks sees to it that other texts have other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountKey([u8; 16]);

impl CountKey {
    /// A name from parts that together say which text is meant.
    #[must_use]
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let mut name = [0; 16];
        name.copy_from_slice(&hash.finalize()[..16]);
        Self(name)
    }
}

/// Counts that are remembered as long as the model is loaded.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<CountKey, u32>>);

impl Counts {
    /// More than this are forgotten: about 4 MB.
    const MOST: usize = 1 << 17;

    /// The name of a turn that is at hand.
    pub(crate) fn key_of_text(before: Option<Role>, role: Role, content: &str) -> CountKey {
        let before = before.map_or("", Role::as_str);
        let parts = ["text", before, role.as_str(), content];
        CountKey::new(parts.map(str::as_bytes))
    }

    fn get(&self, key: CountKey) -> Option<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied()
    }

    /// The count of this name, or that which `count` finds; it is not locked meanwhile.
    pub(crate) fn get_or(
        &self,
        key: CountKey,
        count: impl FnOnce() -> Result<u32, Error>,
    ) -> Result<u32, Error> {
        if let Some(known) = self.get(key) {
            return Ok(known);
        }
        let found = count()?;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= Self::MOST {
            counts.clear();
        }
        counts.insert(key, found);
        Ok(found)
    }
}

/// What a prompt of counted turns would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Tokens of all turns.
    pub tokens: u32,
    /// What would be left out.
    pub omitted: Omitted,
}

/// Counts as the loaded model reads. Every call blocks for as long as it counts.
#[derive(Clone)]
pub struct TokenCounter {
    prompter: Arc<Prompter>,
    sequence_limit: usize,
}

impl TokenCounter {
    pub(crate) fn new(prompter: Arc<Prompter>, sequence_limit: usize) -> Self {
        Self { prompter, sequence_limit }
    }

    /// Tokens that one conversation may have.
    #[must_use]
    pub fn sequence_limit(&self) -> u32 {
        u32::try_from(self.sequence_limit).unwrap_or(u32::MAX)
    }

    /// The count of this name, if it is known. A name stands for a text and for who spoke before.
    #[must_use]
    pub fn known(&self, key: CountKey) -> Option<u32> {
        self.prompter.counts.get(key)
    }

    /// How many tokens a turn costs behind one of that side, with the marks before it; remembered
    /// where it has a name.
    ///
    /// # Errors
    /// [`Error::Prompt`] where the tokeniser refuses the text.
    pub fn turn(
        &self,
        key: Option<CountKey>,
        before: Option<Role>,
        role: Role,
        content: &str,
    ) -> Result<u32, Error> {
        let Some(key) = key else { return self.prompter.count(before, role, content) };
        // Also known by its text, when the prompt is made.
        self.prompter.counts.get_or(key, || self.prompter.size(before, role, content))
    }

    /// How many tokens a text is read as by itself.
    ///
    /// # Errors
    /// As [`TokenCounter::turn`].
    pub fn text(&self, key: Option<CountKey>, text: &str) -> Result<u32, Error> {
        let count = || self.prompter.count_text(text);
        key.map_or_else(count, |key| self.prompter.counts.get_or(key, count))
    }

    /// How many tokens stand between the last question and the answer.
    ///
    /// # Errors
    /// As [`TokenCounter::turn`].
    pub fn end(&self) -> Result<u32, Error> {
        self.prompter.end_size()
    }

    /// How many tokens a conversation and its tools are read as, with the marks up to the answer.
    ///
    /// # Errors
    /// [`Error::StructureInvalid`] for tools that cannot be used, and as [`TokenCounter::turn`].
    pub fn conversation(&self, turns: &[Turn], options: &AnswerOptions) -> Result<u32, Error> {
        let tools = ToolSet::new(options)?;
        let prompt = self.prompter.make_with(turns, None, true, tools.as_ref())?;
        Ok(u32::try_from(prompt.tokens.len()).unwrap_or(u32::MAX))
    }

    /// What becomes of turns of these sizes, the last with what [`TokenCounter::end`] says, in a
    /// request that leaves out the oldest and wants so many tokens of answer.
    #[must_use]
    pub fn fit(&self, turns: &[(Role, u32)], wanted: Option<u32>) -> Fit {
        let (roles, sizes): (Vec<_>, Vec<_>) =
            turns.iter().map(|(role, size)| (*role, *size as usize)).unzip();
        let total: usize = sizes.iter().sum();
        let mut fit = Fit { tokens: count(total), omitted: Omitted::default() };
        let budget = Budget::new(self.sequence_limit, wanted);
        if total > budget.limit {
            let layout = Layout::new(&roles, &sizes, budget);
            let gone = layout.gone(layout.cut(&sizes, budget));
            fit.omitted.messages = count(gone.len());
            fit.omitted.tokens = count(sizes[gone].iter().sum());
        }
        fit
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_made_once_and_other_parts_have_other_names() {
        let counts = Counts::default();
        let key = CountKey::new([&b"ab"[..], b"c"]);
        assert_ne!(key, CountKey::new([&b"a"[..], b"bc"]));
        assert_eq!(counts.get_or(key, || Ok(3)).unwrap(), 3);
        assert_eq!(counts.get_or(key, || Ok(4)).unwrap(), 3);
        assert!(counts.get_or(CountKey::new([]), || Err(Error::EmptyPrompt)).is_err());
        assert_eq!(counts.get_or(CountKey::new([]), || Ok(5)).unwrap(), 5);
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let counts = Counts::default();
        for n in 0..=Counts::MOST {
            counts.get_or(CountKey::new([&n.to_le_bytes()[..]]), || Ok(1)).unwrap();
        }
        assert!(counts.0.lock().unwrap().len() <= Counts::MOST);
    }
}
