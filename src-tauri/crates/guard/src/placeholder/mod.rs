//! Names that stand for masked values, and the way back. A name carries a mark of the conversation
//! that minted it (`[EMAIL_1_k7f3]`), so that no other conversation, no model and no user can write
//! one that means anything. The way back is for showing only: never inside links, code, or the
//! arguments of tools. The way there is also for text that was shown: `conceal` puts the names back
//! before a model reads it again.
//!
//! Pure functions over a map that the caller keeps, encrypted, with the conversation.

mod restore;

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

pub use restore::{Restorer, restore};

use crate::finding::Finding;

/// The names of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholders {
    /// The mark of the conversation: small letters and digits, drawn by the caller.
    mark: String,
    /// Value by name, the name in small letters and without brackets.
    values: BTreeMap<String, String>,
}

impl Placeholders {
    /// For a conversation with this mark. Only its letters and digits count; without any the names
    /// are for texts that nobody restores.
    #[must_use]
    pub fn new(mark: &str) -> Self {
        let letters = mark.chars().filter(char::is_ascii_alphanumeric).take(12);
        Self {
            mark: letters.map(|letter| letter.to_ascii_lowercase()).collect(),
            values: BTreeMap::new(),
        }
    }

    /// How many values have a name.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing was masked yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The text with its name in place of each known value that `hidden` says yes to (it is asked
    /// with the name). Where two values begin at one place the longer one counts.
    #[must_use]
    pub fn conceal(&self, text: &str, hidden: impl Fn(&str) -> bool) -> String {
        let known: Vec<(String, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (written(name), value.as_str()))
            .filter(|(name, value)| !value.is_empty() && hidden(name))
            .collect();
        let kind = MatchKind::LeftmostLongest;
        let values = known.iter().map(|(_, value)| value);
        let Ok(finder) = AhoCorasick::builder().match_kind(kind).build(values) else {
            // Too many values for one automaton: one after the other.
            return known
                .iter()
                .fold(text.to_owned(), |text, (name, value)| text.replace(value, name));
        };
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        finder.replace_all(text, &names)
    }

    /// Every name, as it is written.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.values.keys().map(|name| written(name))
    }

    /// The same without these names, as they are written: nothing is restored for them.
    #[must_use]
    pub fn without(mut self, names: &BTreeSet<String>) -> Self {
        self.values.retain(|name, _| !names.contains(&written(name)));
        self
    }

    /// The name of this value, with brackets; the same value has one name.
    pub fn mint(&mut self, label: &str, value: &str) -> String {
        let kind = kind(label);
        let prefix = format!("{kind}_");
        let same = |(name, known): &(&String, &String)| {
            known.as_str() == value && name.starts_with(&prefix)
        };
        if let Some((name, _)) = self.values.iter().find(same) {
            return written(name);
        }
        let number = self.values.keys().filter(|name| name.starts_with(&prefix)).count() + 1;
        let mark = if self.mark.is_empty() { "" } else { "_" };
        let name = format!("{kind}_{number}{mark}{}", self.mark);
        self.values.insert(name.clone(), value.to_owned());
        written(&name)
    }

    /// The value behind a name as somebody wrote it: case, spaces and escapes do not matter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let plain: String = name
            .chars()
            .filter(|letter| !matches!(letter, '[' | ']' | '\\' | '*') && !letter.is_whitespace())
            .map(|letter| if letter == '-' { '_' } else { letter.to_ascii_lowercase() })
            .collect();
        self.values.get(&plain).map(String::as_str)
    }
}

/// The text with names in place of what was found; places are bytes of the text. What overlaps is
/// masked as one, under the name of what begins first.
#[must_use]
pub fn mask(text: &str, findings: &[Finding], placeholders: &mut Placeholders) -> String {
    let mut places: Vec<(usize, usize, &str)> =
        findings.iter().map(|it| (it.start, it.end, it.label)).filter(|it| it.0 < it.1).collect();
    places.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut joined: Vec<(usize, usize, &str)> = Vec::new();
    for (start, end, label) in places {
        match joined.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end, label)),
        }
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, label) in joined {
        let (Some(before), Some(value)) = (text.get(at..start), text.get(start..end)) else {
            continue;
        };
        masked.push_str(before);
        masked.push_str(&placeholders.mint(label, value));
        at = end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

/// The short word of a label: `EMAIL_ADDRESS` is `email`.
fn kind(label: &str) -> String {
    let first = match label {
        "US_SSN" => "ssn",
        "CREDIT_CARD" => "card",
        "NATIONAL_ID" => "id",
        _ => label.split('_').next().unwrap_or_default(),
    };
    first
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Only the kind and the number are in capitals: the mark is read back in any case.
fn written(name: &str) -> String {
    format!("[{}]", name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests;
