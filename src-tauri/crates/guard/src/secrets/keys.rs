//! Private keys in armour, and signed tokens (JWT), which show what they are when one looks inside.

use std::ops::RangeInclusive;

use data_encoding::BASE64URL_NOPAD;
use regex::Regex;

use super::Hit;
use crate::pattern::{compile, compile_ascii, letter_before};

/// Letters between head and end of a file of PuTTY, and bytes of its end at most.
const BODY: RangeInclusive<usize> = 40..=4000;
const END: usize = 80;

#[derive(Debug)]
pub(super) struct Keys {
    armour: Regex,
    cut: Regex,
    putty: Regex,
    putty_end: Regex,
    jwt: Regex,
}

impl Keys {
    pub(super) fn new() -> Self {
        let kind = "[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?";
        Self {
            armour: compile(&format!(r"(?s)-----BEGIN {kind}-----.{{32,}}?-----END {kind}-----")),
            cut: compile(&format!(r"-----BEGIN {kind}-----(?:\s|\\[nr]|[A-Za-z0-9+/=:,\- ])*")),
            putty: compile_ascii("PuTTY-User-Key-File-[0-9]:"),
            putty_end: compile_ascii("Private-MAC: [0-9a-f]{40,64}"),
            jwt: compile(r"ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{10,}"),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        if text.contains("PRIVATE KEY") {
            self.armoured(text, hits);
        }
        if text.contains("PuTTY-User-Key") {
            self.putty(text, hits);
        }
        if text.contains("ey") {
            for found in self.jwt.find_iter(text) {
                let inside =
                    letter_before(text, found.start()).is_some_and(|it| it.is_ascii_alphanumeric());
                if !inside && is_jwt(found.as_str()) {
                    hits.push(hit(found.start(), found.end(), "secret.jwt", 0.98));
                }
            }
        }
    }

    /// From the head of a file to the nearest end that lies neither too near nor too far.
    fn putty(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut from = 0;
        while let Some(head) = self.putty.find_at(text, from) {
            from = head.end();
            let letters = |count: usize| {
                text[from..].char_indices().nth(count).map_or(text.len(), |(at, _)| from + at)
            };
            let (nearest, farthest) = (letters(*BODY.start()), letters(*BODY.end()));
            let window = text.ceil_char_boundary(farthest + END);
            let end = self.putty_end.find_at(&text[..window], nearest);
            if let Some(end) = end.filter(|end| end.start() <= farthest) {
                from = end.end();
                hits.push(hit(head.start(), from, "secret.putty_key", 1.0));
            }
        }
    }

    fn armoured(&self, text: &str, hits: &mut Vec<Hit>) {
        for found in self.armour.find_iter(text).filter(|it| has_body(it.as_str())) {
            hits.push(hit(found.start(), found.end(), "secret.private_key", 1.0));
        }
        // The end was not copied: as far as it looks like a key.
        for found in self.cut.find_iter(text) {
            let known = hits.iter().any(|it| it.start <= found.start() && found.start() < it.end);
            if !known && has_body(found.as_str()) {
                let end = found.start() + found.as_str().trim_end().len();
                hits.push(hit(found.start(), end, "secret.private_key", 0.95));
            }
        }
    }
}

fn hit(start: usize, end: usize, rule: &'static str, score: f32) -> Hit {
    Hit { start, end, rule, score }
}

/// A key has a line of letters and digits; a sample has dots.
fn has_body(armour: &str) -> bool {
    let run = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '='));
    armour.split(run).any(|piece| piece.len() >= 40 && super::judge::entropy(piece) > 3.0)
}

fn is_jwt(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    BASE64URL_NOPAD
        .decode(header.as_bytes())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .is_some_and(|json| {
            json.starts_with('{') && (json.contains("\"alg\"") || json.contains("\"typ\""))
        })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static KEYS: LazyLock<Keys> = LazyLock::new(Keys::new);
    /// The whole file as one pattern: what is to be found, only slower.
    static PUTTY: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"(?s)PuTTY-User-Key-File-[0-9]:.{40,4000}?Private-MAC: [0-9a-f]{40,64}")
    });

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn files_of_putty_are_those_of_one_pattern(
            text in "(?:PuTTY-User-Key-File-2:|a{30,45}|\n|é{12,40}|[aé]{3950,4010}|Private-MAC: [0-9a-f]{38,66}){0,8}"
        ) {
            let mut found = Vec::new();
            KEYS.putty(&text, &mut found);
            let found: Vec<_> = found.iter().map(|hit| hit.start..hit.end).collect();
            let matched: Vec<_> = PUTTY.find_iter(&text).map(|it| it.range()).collect();
            prop_assert_eq!(found, matched);
        }
    }
}
