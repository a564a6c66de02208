//! Runs the table of providers. A key is a row of letters without a space, so its word is looked for in
//! such rows alone, and its form in those rows alone that have the word.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use super::{
    Hit, checksum, judge,
    stop::is_placeholder,
    table::{Check, PROVIDERS, Provider},
};
use crate::{
    bits,
    pattern::{compile_ascii, letter_at, letter_before},
};

/// Letters of a key at least, of which none is a space.
const SHORTEST: usize = 12;

/// A provider whose word is no part of the row of letters that its key is: it stands before it, or
/// somewhere in the text.
#[derive(Debug)]
struct Around {
    rule: &'static str,
    /// The row has so many letters at least, and this sign.
    least: usize,
    sign: &'static str,
    /// Whether the form goes from the word to the key, with spaces between them.
    spaced: bool,
}

const fn around(rule: &'static str, least: usize, sign: &'static str, spaced: bool) -> Around {
    Around { rule, least, sign, spaced }
}

const AROUND: &[Around] = &[
    around("secret.beamer_token", 46, "_", true),
    around("secret.discord_bot", 57, ".", false),
    around("secret.facebook_token", 94, "EAA", false),
    around("secret.finicity_secret", 20, "", true),
    around("secret.freemius_key", 32, "_", true),
    around("secret.mailgun_signing", 50, "-", false),
    around("secret.salesforce_token", 96, "!", false),
    around("secret.snyk_token", 36, "-", true),
    around("secret.telegram_bot", 41, ":", false),
];

#[derive(Debug)]
pub(super) struct Providers {
    /// The words that are part of every key of their provider.
    words: Option<AhoCorasick>,
    /// Which provider a word belongs to, and the word.
    owners: Vec<(usize, &'static str)>,
    around: Vec<Elsewhere>,
    /// The form of each provider.
    forms: Vec<Regex>,
}

/// A provider whose word is to be looked for elsewhere.
#[derive(Debug)]
struct Elsewhere {
    owner: usize,
    around: &'static Around,
    words: Option<AhoCorasick>,
}

impl Providers {
    pub(super) fn new() -> Self {
        let (mut owners, mut elsewhere) = (Vec::new(), Vec::new());
        for (owner, provider) in PROVIDERS.iter().enumerate() {
            match AROUND.iter().find(|it| it.rule == provider.rule) {
                Some(around) => {
                    let words = search(provider.words, AhoCorasickKind::ContiguousNFA);
                    elsewhere.push(Elsewhere { owner, around, words });
                }
                None => owners.extend(provider.words.iter().map(|word| (owner, *word))),
            }
        }
        let words: Vec<&str> = owners.iter().map(|(_, word)| *word).collect();
        Self {
            words: search(&words, AhoCorasickKind::DFA),
            owners,
            around: elsewhere,
            forms: PROVIDERS.iter().map(|provider| compile_ascii(provider.form)).collect(),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        for (owner, place) in self.wanted(text) {
            let (provider, from) = (&PROVIDERS[owner], place.start);
            for found in self.forms[owner].captures_iter(&text[place]) {
                let Some(value) = found.get(1).or_else(|| found.get(0)) else { continue };
                let (start, end) = (from + value.start(), from + value.end());
                if let Some(score) = judged(text, provider, start, end) {
                    hits.push(Hit { start, end, rule: provider.rule, score });
                }
            }
        }
    }

    /// Whose forms are looked for, and where; by provider, then by place.
    fn wanted(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let rows: Vec<Range<usize>> =
            bits::runs(text.as_bytes(), SHORTEST, |byte| byte.is_ascii_graphic()).collect();
        let mut wanted = Vec::new();
        for row in &rows {
            let letters = &text[row.clone()];
            for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(letters)) {
                let (owner, word) = self.owners[found.pattern().as_usize()];
                if !is_exact(&PROVIDERS[owner]) || &letters[found.range()] == word {
                    wanted.push((owner, row.clone()));
                }
            }
        }
        for elsewhere in &self.around {
            self.elsewhere(elsewhere, text, &rows, &mut wanted);
        }
        wanted.sort_unstable_by_key(|(owner, place)| (*owner, place.start));
        wanted.dedup();
        wanted
    }

    /// The same for a provider whose word is elsewhere.
    fn elsewhere(
        &self,
        Elsewhere { owner, around, words }: &Elsewhere,
        text: &str,
        rows: &[Range<usize>],
        wanted: &mut Vec<(usize, Range<usize>)>,
    ) {
        let mut rows = rows
            .iter()
            .filter(|row| row.len() >= around.least && text[(*row).clone()].contains(around.sign));
        if around.spaced {
            wanted.extend(rows.next().map(|_| (*owner, 0..text.len())));
            return;
        }
        let form = &self.forms[*owner];
        let matching = rows.filter(|row| form.is_match(&text[(*row).clone()]));
        let said = || words.as_ref().is_some_and(|words| words.is_match(text));
        wanted.extend(matching.filter(|_| said()).map(|row| (*owner, row.clone())));
    }
}

fn search(words: &[&str], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(words).ok()
}

/// Whether the word counts in its own case alone.
fn is_exact(provider: &Provider) -> bool {
    !provider.form.contains("(?i)")
}

fn judged(text: &str, provider: &Provider, start: usize, end: usize) -> Option<f32> {
    let value = text.get(start..end)?;
    let word = |letter: Option<char>| letter.is_some_and(|it| it.is_ascii_alphanumeric());
    if word(letter_before(text, start)) || word(letter_at(text, end)) || is_placeholder(value) {
        return None;
    }
    // The part that was drawn begins after the last sign of the prefix.
    let drawn = judge::entropy(value) > provider.entropy;
    match provider.check {
        Check::None => drawn.then_some(0.95),
        Check::Crc => drawn.then_some(if checksum::is_right(value) { 1.0 } else { 0.7 }),
        Check::Digits => {
            (drawn && value.bytes().filter(u8::is_ascii_digit).count() > 4).then_some(0.95)
        }
        Check::Mixed => {
            let both = value.bytes().any(|it| it.is_ascii_digit())
                && value.bytes().any(|it| it.is_ascii_uppercase())
                && value.bytes().any(|it| it.is_ascii_lowercase());
            (drawn && both).then_some(0.8)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{
        strategy::{Strategy, ValueTree},
        string::string_regex,
        test_runner::TestRunner,
    };

    use super::*;

    #[test]
    fn every_pattern_of_the_table_compiles_and_every_word_is_part_of_it() {
        for provider in PROVIDERS {
            compile_ascii(provider.form);
            assert!(!provider.words.is_empty(), "{}", provider.rule);
            assert!(provider.rule.starts_with("secret."), "{}", provider.rule);
        }
    }

    #[test]
    fn a_form_is_looked_for_in_every_text_that_it_can_match() {
        let providers = Providers::new();
        let mut runner = TestRunner::deterministic();
        for (at, provider) in PROVIDERS.iter().enumerate() {
            let elsewhere = AROUND.iter().any(|it| it.rule == provider.rule && !it.spaced);
            let said = if elsewhere { provider.words[0] } else { "" };
            let texts = string_regex(&provider.form.replace("(?i)", "")).unwrap();
            for _ in 0..40 {
                let key = texts.new_tree(&mut runner).unwrap().current();
                let text = format!("{said} {key} {said}");
                let found = providers.wanted(&text).into_iter().any(|(owner, place)| {
                    owner == at && providers.forms[at].find(&text[place]).is_some()
                });
                assert!(found, "{}: {text}", provider.rule);
            }
        }
    }
}
