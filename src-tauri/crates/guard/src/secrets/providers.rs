//! Runs the table of providers: a search for their words first, and only the patterns whose word
//! occurs, each compiled when it is first needed.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use super::{
    Hit, checksum, judge,
    stop::is_placeholder,
    table::{Check, PROVIDERS, Provider},
};
use crate::pattern::{compile_ascii, letter_at, letter_before};

#[derive(Debug)]
pub(super) struct Providers {
    words: Option<AhoCorasick>,
    /// Which provider a word belongs to, and the word.
    owners: Vec<(usize, &'static str)>,
    compiled: Vec<OnceLock<Regex>>,
}

impl Providers {
    pub(super) fn new() -> Self {
        let rows = || {
            PROVIDERS
                .iter()
                .enumerate()
                .flat_map(|(at, it)| it.words.iter().map(move |word| (at, *word)))
        };
        Self {
            words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA))
                .build(rows().map(|(_, word)| word))
                .ok(),
            owners: rows().collect(),
            compiled: PROVIDERS.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let wanted = self.wanted(text);
        for ((provider, compiled), _) in
            PROVIDERS.iter().zip(&self.compiled).zip(wanted).filter(|(_, wanted)| *wanted)
        {
            let form = compiled.get_or_init(|| compile_ascii(provider.form));
            for found in form.captures_iter(text) {
                let Some(value) = found.get(1).or_else(|| found.get(0)) else { continue };
                if let Some(score) = judged(text, provider, value.start(), value.end()) {
                    hits.push(Hit {
                        start: value.start(),
                        end: value.end(),
                        rule: provider.rule,
                        score,
                    });
                }
            }
        }
    }
}

impl Providers {
    /// Whose forms are looked for.
    fn wanted(&self, text: &str) -> Vec<bool> {
        let mut wanted = vec![false; PROVIDERS.len()];
        for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(text)) {
            let Some((owner, word)) = self.owners.get(found.pattern().as_usize()) else { continue };
            let (Some(wanted), Some(provider)) = (wanted.get_mut(*owner), PROVIDERS.get(*owner))
            else {
                continue;
            };
            *wanted = *wanted || !is_exact(provider) || text.get(found.range()) == Some(word);
        }
        wanted
    }
}

/// Whether one of the words, in its own case, is a part of every match. Else it stands around them.
fn is_exact(provider: &Provider) -> bool {
    const AROUND: &[&str] = &[
        "secret.discord_bot",
        "secret.facebook_token",
        "secret.mailgun_signing",
        "secret.salesforce_token",
    ];
    !provider.form.contains("(?i)") && !AROUND.contains(&provider.rule)
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
        for (at, provider) in PROVIDERS.iter().enumerate().filter(|(_, it)| is_exact(it)) {
            let texts = string_regex(provider.form).unwrap();
            for _ in 0..40 {
                let text = texts.new_tree(&mut runner).unwrap().current();
                assert!(providers.wanted(&text)[at], "{}: {text}", provider.rule);
            }
        }
    }
}
