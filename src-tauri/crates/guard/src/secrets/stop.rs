//! What stands where a secret would stand and is none: placeholders, references to where the secret
//! really is, pieces of code. Words of documentation, not of any data set.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::pattern::compile;

/// Pieces that no random value has and every sample has.
const SAMPLES: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "your",
    "insert",
    "changeme",
    "change_me",
    "change-me",
    "dummy",
    "redacted",
    "xxxx",
    "****",
    "....",
    "todo",
    "replace",
    "fake",
    "foobar",
    "${",
    "{{",
    "}}",
    "%(",
    "$(",
    "<%",
    "env[",
    "env.",
    "environ",
    "getenv",
    "secrets.",
    "vault:",
    "arn:aws",
    "\u{2026}",
    "123456789",
    "abcdefgh",
    "not-a-",
    "notreal",
    "-here",
    "_here",
    "goes-here",
    "secretsmanager",
    "lorem",
    "null",
    "undefined",
];

/// Values that are words about secrets, not secrets.
const WORDS: &[&str] = &[
    "password", "passwort", "secret", "token", "test", "testing", "pass", "passwd", "pwd", "admin",
    "root", "user", "username", "none", "true", "false", "string", "str", "bytes", "string,",
    "value", "key", "apikey", "api_key", "required", "optional", "default", "inherit", "bearer",
    "basic", "changeit", "postgres", "guest", "hidden", "masked", "empty", "unset", "any", "self",
    "this", "yes", "no", "xxx",
];

static SAMPLED: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(SAMPLES).ok());
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:\$[A-Za-z_({]|%[A-Za-z_]+%$|@[A-Za-z_]+@$|<[^>]*>?$|\[[^\]]*\]?$|#\{|!(?:Ref|Sub|GetAtt)|\{[^}]*\}$|[&*][A-Za-z_]|\*{3,})",
    )
});
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\(|\)$|::|->|=>|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+;?$|^[A-Za-z_]\w*\[|^&?(?:self|this|config|settings|process|os|env|request|req|ctx)[.\[]|^(?:https?|file|jdbc|s3)://|^\.{0,2}/[\w.]+/|\.(?:pem|key|json|ya?ml|txt|crt|p12|jks|keytab)$",
    )
});

/// Compiles what telling them needs.
pub(super) fn prepare() {
    LazyLock::force(&SAMPLED);
    LazyLock::force(&REFERENCE);
    LazyLock::force(&CODE);
}

/// Whether the value only stands for one.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let mut letters = lower.chars().filter(|letter| letter.is_alphanumeric());
    let first = letters.next();
    let same = letters.all(|letter| Some(letter) == first);
    same || SAMPLED.as_ref().is_some_and(|found| found.is_match(value))
        || WORDS.contains(&lower.trim_matches(|letter: char| !letter.is_alphanumeric()))
        || REFERENCE.is_match(value)
}

/// Whether the value is a piece of code or a path.
pub(super) fn is_code(value: &str) -> bool {
    CODE.is_match(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_and_references_are_told_from_values() {
        for sample in [
            "${MAIL_KEY}",
            "$MAIL_KEY",
            "%(secret)s",
            "{{ secret }}",
            "<your-key>",
            "xxxxxxxxxxxx",
            "paste_your_token",
            "YOUR_API_KEY",
            "changeme",
            "********",
            "\"\"",
            "",
            "process.env.KEY",
            "[REDACTED]",
        ] {
            assert!(is_placeholder(sample) || is_code(sample), "{sample}");
        }
        for value in ["Kj8#mQ2vL", "blue-river-stone-42", "a$b9c!d"] {
            assert!(!is_placeholder(value) && !is_code(value), "{value}");
        }
    }
}
