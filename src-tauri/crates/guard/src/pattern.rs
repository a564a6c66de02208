//! Small things that all rules of form share: compiling a pattern, looking at what stands around a
//! place, words as context. Patterns are constants of this crate, and a test compiles each of them.

use regex::{Regex, RegexBuilder};

/// The compiled pattern. Only for constants of this crate.
pub(crate) fn compile(pattern: &str) -> Regex {
    match Regex::new(pattern) {
        Ok(compiled) => compiled,
        Err(error) => unreachable!("a constant pattern does not compile: {error}"),
    }
}

/// The same for a pattern of plain ASCII, which compiles many times faster.
pub(crate) fn compile_ascii(pattern: &str) -> Regex {
    match RegexBuilder::new(pattern).unicode(false).build() {
        Ok(compiled) => compiled,
        Err(error) => unreachable!("a constant pattern does not compile: {error}"),
    }
}

/// Up to `bytes` of the text before `at`, from a border of letters on.
pub(crate) fn before(text: &str, at: usize, bytes: usize) -> &str {
    let mut from = at.saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..at).unwrap_or_default()
}

/// Up to `bytes` of the text from `at` on, to a border of letters.
pub(crate) fn after(text: &str, at: usize, bytes: usize) -> &str {
    let mut to = at.saturating_add(bytes).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(at..to).unwrap_or_default()
}

/// The letter that ends just before `at`.
pub(crate) fn letter_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The letter that begins at `at`.
pub(crate) fn letter_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Words to look for near a place: `whole` ones between borders of words, `anywhere` in scripts
/// that write no spaces. Both are alternatives of a pattern.
#[derive(Debug)]
pub(crate) struct Words(Regex);

impl Words {
    pub(crate) fn new(whole: &str, anywhere: &str) -> Self {
        let border = r"(?:^|[^\p{L}])";
        let pattern = if anywhere.is_empty() {
            format!(r"(?i){border}(?:{whole})(?:[^\p{{L}}]|$)")
        } else {
            format!(r"(?i){border}(?:{whole})(?:[^\p{{L}}]|$)|{anywhere}")
        };
        Self(compile(&pattern))
    }

    pub(crate) fn stand_in(&self, window: &str) -> bool {
        self.0.is_match(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_place_is_cut_at_borders_of_letters() {
        let text = "äöü12äöü";
        assert_eq!(before(text, 6, 3), "ü");
        assert_eq!(after(text, 8, 3), "ä");
        assert_eq!(before(text, 0, 9), "");
        assert_eq!(after(text, text.len(), 9), "");
    }

    #[test]
    fn a_word_inside_another_word_is_no_context() {
        let words = Words::new("tel|phone", "電話");
        assert!(words.stand_in("Tel: "));
        assert!(words.stand_in("my_phone="));
        assert!(words.stand_in("この電話は"));
        assert!(!words.stand_in("hotel "));
    }
}
