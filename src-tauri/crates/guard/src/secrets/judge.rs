//! Whether a value can be a secret, by itself: random enough for a token, no mere word for a
//! password. What stands around it is the rules' business.

use std::sync::LazyLock;

use regex::Regex;

use super::stop::{is_code, is_placeholder};
use crate::pattern::compile_ascii;

// The folded form has no letters that only Unicode takes for small or capital ASCII.
static UUID: LazyLock<Regex> =
    LazyLock::new(|| compile_ascii(r"(?i)^\{?[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}\}?$"));
static DIGEST: LazyLock<Regex> =
    LazyLock::new(|| compile_ascii(r"(?i)^(?:sha(?:1|224|256|384|512)|md5|h1)[-:]"));

/// Compiles what judging needs, so that no scan waits for it.
pub(super) fn prepare() {
    LazyLock::force(&UUID);
    LazyLock::force(&DIGEST);
    super::stop::prepare();
}

/// Bits a letter, by how often each occurs (Shannon).
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens are small")]
pub(super) fn entropy(text: &str) -> f32 {
    let mut counts = [0_usize; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = text.len().max(1) as f32;
    let share = |count: &usize| *count as f32 / length;
    -counts.iter().filter(|it| **it > 0).map(|it| share(it) * share(it).log2()).sum::<f32>()
}

fn has(value: &str, test: fn(&char) -> bool) -> bool {
    value.chars().any(|letter| test(&letter))
}

/// Whether all of it are digits of a hash.
pub(super) fn is_hex(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether it has the form of a unique number.
pub(super) fn is_uuid(value: &str) -> bool {
    UUID.is_match(value)
}

/// A value that was drawn, not thought up: long, of several kinds of letters, unlike a word.
pub(super) fn is_token(value: &str) -> bool {
    let mixed = has(value, |it| it.is_ascii_digit()) && has(value, char::is_ascii_alphabetic);
    let both = has(value, char::is_ascii_lowercase) && has(value, char::is_ascii_uppercase);
    if value.len() < 16 || is_placeholder(value) || is_code(value) || DIGEST.is_match(value) {
        return false;
    }
    if is_hex(value) {
        return value.len() >= 28 && mixed && entropy(value) > 2.8;
    }
    if is_uuid(value) {
        return true;
    }
    (mixed && entropy(value) > 3.0 && !is_worded(value))
        || (both && value.len() >= 24 && entropy(value) > 4.2 && !is_worded(value))
}

/// Made of words and small numbers, as names of things are: `release-2024-final`, `UserProfileV2`.
fn is_worded(value: &str) -> bool {
    let mut words = 0;
    let mut lettered = 0;
    let pieces = value.split(|letter: char| !letter.is_ascii_alphanumeric());
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let alphabetic = piece.bytes().all(|byte| byte.is_ascii_alphabetic());
        let title = piece.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
        let upper = piece.bytes().all(|byte| byte.is_ascii_uppercase());
        if alphabetic && (title || upper) && piece.len() > 2 {
            words += piece.len();
        }
        lettered += piece.bytes().filter(u8::is_ascii_alphabetic).count();
    }
    lettered > 0 && words * 10 >= lettered * 9
}

/// A value that somebody would set as a password: not a bare word, not a number, not code.
pub(super) fn is_password(value: &str) -> bool {
    let letters = has(value, |it| it.is_alphabetic());
    let digits = has(value, |it| it.is_ascii_digit());
    let symbols = has(value, |it| "!@#$%^&*?~+=".contains(*it));
    let both = has(value, |it| it.is_lowercase()) && has(value, |it| it.is_uppercase());
    let length = value.chars().count();
    if !(6..=128).contains(&length) || is_placeholder(value) || is_uuid(value) {
        return false;
    }
    let strong = letters && symbols && (digits || both) && length >= 8;
    (letters && (digits || symbols) && !is_code(value))
        || (strong && !value.contains("::") && !value.contains("->") && !value.contains(['(', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_values_are_tokens_and_names_are_not() {
        assert!(is_token("q8Zr1LmX0vTb7KpWc3Nd"));
        assert!(is_token("0f9a1b7c3d5e8f2a4b6c0d1e9f8a7b6c"));
        for name in [
            "release-2024-final-build",
            "ACCESS_TOKEN_EXPIRED",
            "short1",
            "00000000000000000000",
            "user.profile.token_value",
        ] {
            assert!(!is_token(name), "{name}");
        }
    }

    #[test]
    fn passwords_are_more_than_a_word() {
        for password in ["hunter2", "blue-stone-42", "Tr0ub4dor&3", "S!cher3s"] {
            assert!(is_password(password), "{password}");
        }
        for word in ["String", "correct", "41.7", "********", "${DB_PASSWORD}", "read_password()"] {
            assert!(!is_password(word), "{word}");
        }
    }
}
