//! Words as the index compares them, for every script and for names of programs.
//!
//! `hearth_domain::terms` folds characters and cuts text (scripts without spaces into pairs). Here is
//! what documents need beyond that: words are reduced to their stem by the language of the text, and a
//! name such as `read_file` or `readFile` is indexed whole and by its parts. A question does not tell
//! its language reliably, so it is asked in each language that the index holds.

mod language;
mod query;
mod stop;

use std::{borrow::Cow, collections::HashMap, ops::ControlFlow};

use hearth_domain::terms::{index_text, visit_terms};
use rust_stemmers::Stemmer;

pub use language::Language;
pub use query::{Concept, QueryTerms};

/// Characters of a name that is put together from its parts.
const NAME_CHARACTERS: usize = 64;
/// Stems that are remembered: text repeats its words.
const REMEMBERED: usize = 20_000;

/// Cuts texts of one language into terms.
pub struct TermCutter {
    language: Language,
    stemmer: Option<Stemmer>,
    stems: HashMap<String, String>,
}

/// A word of a text before it is reduced.
struct Word<'a> {
    folded: String,
    /// As it stands in the text.
    written: &'a str,
    start: usize,
    end: usize,
}

impl TermCutter {
    /// For texts in this language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, stemmer: language.stemmer(), stems: HashMap::new() }
    }

    /// The language that it reduces words by.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The terms of a text in their order.
    #[must_use]
    pub fn terms(&mut self, text: &str) -> Vec<String> {
        let words = words_of(text);
        let mut terms = Vec::with_capacity(words.len() + words.len() / 8);
        let mut at = 0;
        while at < words.len() {
            let joined = joined_by_underscores(text, &words[at..]);
            if joined > 1 {
                terms.push(whole_name(&words[at..at + joined]));
            }
            for word in &words[at..at + joined] {
                self.push_word(word, &mut terms);
            }
            at += joined;
        }
        terms
    }

    /// The terms with a space between each two, as the index is given them, and how many there are.
    #[must_use]
    pub fn index_terms(&mut self, text: &str) -> (String, usize) {
        let terms = self.terms(text);
        (terms.join(" "), terms.len())
    }

    fn push_word(&mut self, word: &Word<'_>, terms: &mut Vec<String>) {
        let parts = humps(word.written);
        if parts.len() < 2 {
            terms.push(self.stem(word));
            return;
        }
        terms.push(word.folded.clone());
        for part in parts {
            let part = Word { folded: part.to_lowercase(), written: part, start: 0, end: 0 };
            terms.push(self.stem(&part));
        }
    }

    /// The stem, folded. Stemmers know the accents of their language, so they come before folding.
    fn stem(&mut self, word: &Word<'_>) -> String {
        let Some(stemmer) = &self.stemmer else { return word.folded.clone() };
        let plain = word.written.is_ascii() || word.folded.is_ascii() && self.language.is_plain();
        let lower = match plain {
            true => Cow::Borrowed(word.folded.as_str()),
            false => Cow::Owned(word.written.to_lowercase()),
        };
        if let Some(known) = self.stems.get(lower.as_ref()) {
            return known.clone();
        }
        let stem = stemmer.stem(&lower);
        let stem = if stem.is_ascii() { stem.into_owned() } else { index_text(&stem) };
        // A stem that is several words, or none, is no stem.
        let stem = if stem.is_empty() || stem.contains(' ') { word.folded.clone() } else { stem };
        if self.stems.len() < REMEMBERED {
            self.stems.insert(lower.into_owned(), stem.clone());
        }
        stem
    }
}

fn words_of(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(text.len() / 6);
    visit_terms(text, |term| {
        words.push(Word {
            folded: term.text.to_owned(),
            written: text.get(term.start..term.end).unwrap_or_default(),
            start: term.start,
            end: term.end,
        });
        ControlFlow::Continue(())
    });
    words
}

/// How many words from the first one on are joined by underscores alone; at least 1.
fn joined_by_underscores(text: &str, words: &[Word<'_>]) -> usize {
    let joined = |pair: &[Word<'_>]| {
        let between = text.get(pair[0].end..pair[1].start).unwrap_or_default();
        !between.is_empty() && between.bytes().all(|byte| byte == b'_')
    };
    1 + words.windows(2).take_while(|pair| joined(pair)).count()
}

fn whole_name(words: &[Word<'_>]) -> String {
    words.iter().flat_map(|word| word.folded.chars()).take(NAME_CHARACTERS).collect()
}

/// The parts of a name with capitals inside: `parseHTMLText` is `parse`, `HTML` and `Text`. One part
/// where it is an ordinary word.
fn humps(written: &str) -> Vec<&str> {
    let bytes = written.as_bytes();
    if !written.is_ascii() || !bytes.iter().skip(1).any(u8::is_ascii_uppercase) {
        return vec![written];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len() {
        let (before, here) = (bytes[at - 1], bytes[at]);
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let begins = here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower);
        if begins {
            parts.push(&written[start..at]);
            start = at;
        }
    }
    parts.push(&written[start..]);
    // `NASA`, and a plural such as `URLs`, are words.
    let capitals = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    if parts.iter().any(|part| part.len() > 1) && capitals < bytes.len() - 1 {
        parts.retain(|part| part.len() > 1);
        return parts;
    }
    vec![written]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(language: Language, text: &str) -> String {
        TermCutter::new(language).index_terms(text).0
    }

    #[test]
    fn words_are_reduced_by_the_language_of_the_text() {
        for (language, one, other) in [
            (Language::English, "running studies", "run study"),
            (Language::German, "Häuser Kindern", "Haus Kinder"),
            (Language::Spanish, "canciones españolas", "cancion española"),
            (Language::Russian, "книгами красивый", "книга красивая"),
            (Language::French, "continuellement", "continuelle"),
            (Language::Other, "हिन्दी में", "हिन्दी में"),
        ] {
            assert_eq!(cut(language, one), cut(language, other), "{language:?}");
        }
    }

    #[test]
    fn a_name_of_a_program_is_indexed_whole_and_by_its_parts() {
        for (text, terms) in [
            ("read_file()", "readfile read file"),
            ("parseHTMLText", "parsehtmltext pars html text"),
            ("MAX__SIZE = 3", "maxsize max size 3"),
            ("NASA URLs and plain", "nasa url and plain"),
        ] {
            assert_eq!(cut(Language::English, text), terms, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_stay_pairs_in_any_language() {
        for language in [Language::English, Language::Other] {
            assert_eq!(cut(language, "東京都 ไทย"), "東京 京都 都 ไท ทย ย");
        }
    }
}
