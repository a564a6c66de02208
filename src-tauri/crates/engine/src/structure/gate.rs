//! When a form is in force: from the beginning, behind a thought, or once the model begins to call a
//! tool. Not here: what the form admits.

use hearth_llama::chat::Trigger;
use regex::Regex;

use super::thought::{Thought, find};

/// White space that may stand between a thought and the answer at most, in bytes.
const MOST_SPACE: usize = 8;

/// Whether a form is in force.
pub(crate) enum Gate {
    /// Until the thought ends.
    Thought(Thought),
    /// Behind a thought.
    Space(usize),
    /// From now on.
    On,
    /// Until one of these comes outside of a thought.
    Lazy(Lazy),
    /// Not any more.
    Off,
}

/// What puts a form in force.
pub(crate) struct Lazy {
    words: Vec<Vec<u8>>,
    patterns: Vec<Regex>,
    thought: Thought,
    seen: Vec<u8>,
}

/// What a token did to a gate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// Nothing.
    No,
    /// It is open, and this text of the form is there already.
    With(Vec<u8>),
}

impl Lazy {
    /// Patterns that no regular expression are left out: a form that never comes in force forces
    /// nothing.
    pub(crate) fn new(triggers: &[Trigger], thought: Thought) -> Self {
        let (mut words, mut patterns) = (Vec::new(), Vec::new());
        for trigger in triggers {
            match trigger {
                Trigger::Word(word) => words.push(word.clone().into_bytes()),
                Trigger::Pattern(pattern) => patterns.extend(Regex::new(pattern).ok()),
            }
        }
        Self { words, patterns, thought, seen: Vec::new() }
    }

    fn push(&mut self, bytes: &[u8]) -> Opened {
        let thinks = self.thought.is_open();
        let rest = self.thought.push(bytes);
        if self.thought.is_open() {
            self.seen.clear();
            return Opened::No;
        }
        match rest {
            Some(rest) if thinks => self.seen = rest,
            _ => self.seen.extend_from_slice(bytes),
        }
        match self.found() {
            Some(from) => Opened::With(self.seen.split_off(from)),
            None => Opened::No,
        }
    }

    fn found(&self) -> Option<usize> {
        let words = self.words.iter().filter_map(|word| find(&self.seen, word)).min();
        if words.is_some() || self.patterns.is_empty() {
            return words;
        }
        let text = String::from_utf8_lossy(&self.seen);
        self.patterns.iter().find_map(|pattern| {
            let found = pattern.captures(&text)?;
            let place = found.get(1).or_else(|| found.get(0))?;
            (text.len() == self.seen.len()).then(|| place.start())
        })
    }
}

impl Gate {
    /// In force from the beginning of the answer proper.
    pub(crate) fn behind(thought: Thought) -> Self {
        if thought.is_open() || thought.may_begin() { Self::Thought(thought) } else { Self::On }
    }

    /// Whether a token with these bytes passes without being asked about.
    pub(crate) fn passes(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Thought(thought) => thought.is_open() || thought.begins(bytes),
            Self::Space(there) => {
                there + bytes.len() <= MOST_SPACE && bytes.iter().all(u8::is_ascii_whitespace)
            }
            Self::On => false,
            Self::Lazy(_) | Self::Off => true,
        }
    }

    /// Whether an answer may end before the form is in force.
    pub(crate) fn may_end(&self) -> bool {
        matches!(self, Self::Lazy(_) | Self::Off)
    }

    /// A token that passed: what changes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Opened {
        match self {
            Self::Thought(thought) => {
                let Some(rest) = thought.push(bytes) else { return Opened::No };
                let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if space == rest.len() {
                    *self = Self::Space(space);
                    return Opened::No;
                }
                *self = Self::On;
                Opened::With(rest[space..].to_vec())
            }
            Self::Space(there) => {
                *there += bytes.len();
                Opened::No
            }
            Self::Lazy(lazy) => {
                let opened = lazy.push(bytes);
                if opened != Opened::No {
                    *self = Self::On;
                }
                opened
            }
            Self::On | Self::Off => Opened::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Beginning, ThinkTags};

    fn thought(beginning: Beginning) -> Thought {
        let tags = ThinkTags { start: "<think>".into(), end: "</think>".into() };
        Thought::new(Some(tags), beginning)
    }

    #[test]
    fn a_form_is_in_force_behind_a_thought_and_the_white_space_after_it() {
        let mut gate = Gate::behind(thought(Beginning::Nothing));
        assert!(gate.passes(b"<think>") && !gate.passes(b"Hello"));
        assert_eq!(gate.push(b"<think>"), Opened::No);
        assert!(gate.passes(b"anything"));
        assert_eq!(gate.push(b"a</think>\n"), Opened::No);
        assert!(gate.passes(b"\n") && !gate.passes(b"{"));
        let mut gate = Gate::behind(thought(Beginning::Opened));
        assert_eq!(gate.push(b"a</think>\n{"), Opened::With(b"{".to_vec()));
    }

    #[test]
    fn a_lazy_form_waits_for_its_word_outside_of_a_thought() {
        let triggers = [Trigger::Word("<call>".into())];
        let mut gate = Gate::Lazy(Lazy::new(&triggers, thought(Beginning::Nothing)));
        assert_eq!(gate.push(b"<think>"), Opened::No);
        assert_eq!(gate.push(b"<call>"), Opened::No);
        assert_eq!(gate.push(b"</think>"), Opened::No);
        assert_eq!(gate.push(b"Well, <ca"), Opened::No);
        assert_eq!(gate.push(b"ll>{"), Opened::With(b"<call>{".to_vec()));
        assert!(!gate.passes(b"x"));
    }

    #[test]
    fn a_pattern_opens_from_its_first_group_on() {
        let triggers = [Trigger::Pattern(r"say\s+(\{)".into()), Trigger::Pattern("(".into())];
        let mut gate = Gate::Lazy(Lazy::new(&triggers, Thought::new(None, Beginning::Nothing)));
        assert_eq!(gate.push(b"say "), Opened::No);
        assert_eq!(gate.push(b"{"), Opened::With(b"{".to_vec()));
    }
}
