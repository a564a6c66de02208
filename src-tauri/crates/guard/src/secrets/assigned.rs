//! Values given to names that speak of secrets: `DB_PASSWORD=…`, `"client_secret": "…"`. The name says
//! that it may be one, the value whether it is.

use std::ops::Range;

use regex::Regex;

use super::{
    Hit,
    judge::{is_password, is_token},
};
use crate::pattern::{after, compile};

/// One of these occurs in every name that speaks of a secret.
pub(super) const WORDS: &[&str] =
    &["pass", "pwd", "pw", "secret", "token", "key", "auth", "cred", "webhook_url"];

/// Names are this long at most, on each side of the word.
const NAME: usize = 60;

/// Endings of names whose value is about a secret and none.
const ABOUT: &[&str] = &[
    "url",
    "uri",
    "id",
    "ids",
    "type",
    "name",
    "path",
    "file",
    "hash",
    "length",
    "size",
    "expires",
    "expiry",
    "ttl",
    "count",
    "second",
    "seconds",
    "audience",
    "issuer",
    "endpoint",
    "policy",
    "hint",
    "field",
    "label",
    "regex",
    "pattern",
    "column",
    "header",
    "algorithm",
    "version",
    "prefix",
    "format",
    "limit",
    "max",
    "min",
    "required",
    "enabled",
    "ref",
    "store",
    "provider",
    "manager",
    "service",
    "class",
    "index",
    "usage",
    "host",
    "port",
    "user",
    "username",
    "email",
    "title",
    "description",
    "text",
    "message",
    "error",
    "page",
    "form",
    "input",
    "reset",
    "change",
    "changed",
    "strength",
    "rotation",
    "digest",
    "checksum",
    "fingerprint",
    "public",
];

#[derive(Debug)]
pub(super) struct Assigned {
    kind: Regex,
    sign: Regex,
}

impl Assigned {
    pub(super) fn new() -> Self {
        let kind = r"(?i)pass(?:word|wd|wort|phrase|code)?|pwd|pw|secret|token|(?:api|app|access|auth|private|priv|encryption|signing|hmac|master|account|storage|secret|service|shared|admin|deploy|crypt|cipher|session|jwt|license|subscription|consumer|client|webhook|bot|age|aes|data|ssh)[_.-]?key|apikey|cred|auth|webhook_url";
        let sign = r#"^["'`\])]{0,2}[ \t]{0,4}(?::[ \t]?&?(?:'static )?[A-Za-z]{2,12}[ \t]?=|:=|=>|==|[:=]|\|)[ \t]{0,4}((?:[bBrRuUfF]{1,2})?["'`]{1,3})?"#;
        Self { kind: compile(kind), sign: compile(sign) }
    }

    pub(super) fn find(&self, text: &str, words: &[Range<usize>], hits: &mut Vec<Hit>) {
        let mut last = 0;
        for word in words {
            if word.start < last {
                continue;
            }
            let (start, end) = name(text, word.start, word.end);
            last = end;
            hits.extend(self.named(text, start, end));
        }
    }

    fn named(&self, text: &str, start: usize, end: usize) -> Option<Hit> {
        let name = text.get(start..end)?;
        let rest = after(text, end, 48);
        let sign = may_give(rest).then(|| self.sign.captures(rest))??;
        if !self.kind.is_match(name) {
            return None;
        }
        let quote = sign.get(1).map_or("", |quote| quote.as_str());
        let quote = quote.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let (start, end) = value(text, end + sign.get(0)?.end(), quote);
        let score = judged(name, text.get(start..end)?, !quote.is_empty())?;
        Some(Hit { start, end, rule: "secret.assigned", score })
    }
}

/// A quick look whether a sign of giving may follow a name: most names are words of a sentence.
fn may_give(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let count = |from: usize, most: usize, of: &[u8]| {
        bytes[from..].iter().take(most).take_while(|byte| of.contains(byte)).count()
    };
    let quoted = count(0, 2, b"\"'`])");
    let at = quoted + count(quoted, 4, b" \t");
    bytes.get(at).is_some_and(|byte| matches!(byte, b':' | b'=' | b'|'))
}

/// The whole name around a word.
fn name(text: &str, start: usize, end: usize) -> (usize, usize) {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let bytes = text.as_bytes();
    let before = bytes[..start].iter().rev().take(NAME).take_while(|byte| part(byte)).count();
    let after = bytes[end..].iter().take(NAME).take_while(|byte| part(byte)).count();
    (start - before, end + after)
}

/// Where the value ends: at its quote, or where a bare one stops.
fn value(text: &str, start: usize, quote: &str) -> (usize, usize) {
    let rest = after(text, start, 1024);
    let length = match quote.chars().next() {
        Some(quote) => rest.find([quote, '\n']).unwrap_or(rest.len()),
        None => rest
            .find(|letter: char| {
                letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '`' | ';' | '|')
            })
            .unwrap_or(rest.len()),
    };
    let value = &rest[..length];
    let kept = if quote.is_empty() { trimmed(value).len() } else { value.len() };
    (start, start + kept)
}

/// Without what belongs to the sentence, the list or the query around it.
pub(super) fn trimmed(value: &str) -> &str {
    let value = match value.split_once('&') {
        Some((first, rest)) if rest.contains('=') => first,
        _ => value,
    };
    value.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '"', '\'', '`'])
}

/// Names of values that everybody may see, or that guard a form of a page and not a person.
pub(super) fn is_nobodys(lower: &str) -> bool {
    [
        "csrf",
        "xsrf",
        "authenticity",
        "public",
        "publishable",
        "tokens_per",
        "token_type",
        "keyboard",
    ]
    .iter()
    .any(|it| lower.contains(it))
}

fn judged(name: &str, value: &str, quoted: bool) -> Option<f32> {
    let lower = name.to_lowercase();
    let last = lower.rsplit(['_', '.', '-']).next().unwrap_or_default();
    let camel = ABOUT.iter().any(|it| {
        it.len() > 1
            && name.len() > it.len()
            && name.is_char_boundary(name.len() - it.len())
            && name[name.len() - it.len()..].eq_ignore_ascii_case(it)
            && name[name.len() - it.len()..].starts_with(|letter: char| letter.is_ascii_uppercase())
            && !name.bytes().all(|byte| !byte.is_ascii_lowercase())
    });
    let about = (ABOUT.contains(&last) || camel) && last != "webhook_url";
    if about || is_nobodys(&lower) || value.contains(['\n', '\t']) || value.contains("://") {
        return None;
    }
    let password =
        ["pass", "pwd", "pw"].iter().any(|it| lower.contains(it)) && !lower.contains("passive");
    let secret =
        password || ["secret", "cred", "token", "auth"].iter().any(|it| lower.contains(it));
    let symbols = value.contains(['!', '@', '#', '$', '%', '^', '&', '*', '?']);
    match () {
        () if value.contains(' ') && !(password && quoted) => None,
        () if is_token(value) => Some(0.9),
        () if password && is_password(value) => Some(if quoted { 0.9 } else { 0.8 }),
        () if secret && symbols && value.len() >= 8 && is_password(value) => Some(0.7),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static ASSIGNED: LazyLock<Assigned> = LazyLock::new(Assigned::new);

    proptest! {
        #[test]
        fn the_quick_look_lets_every_sign_of_giving_pass(
            rest in r#"["'`\])]{0,3}[ \t]{0,5}(?:: ?[a-z]{2,4} ?=|:=|=>|==|[:=|-])?[ a"]{0,4}"#
        ) {
            prop_assert!(!ASSIGNED.sign.is_match(&rest) || may_give(&rest), "{rest}");
        }
    }
}
