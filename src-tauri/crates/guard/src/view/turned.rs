//! Texts written from right to left or with every letter moved by thirteen. The turned form is kept
//! only where it reads better than the text does: it holds common words, several of them.

use super::{Form, OffsetMap, View};

/// Common words of English that are no words when turned.
const COMMON: &[&str] = &[
    "about",
    "above",
    "access",
    "after",
    "all",
    "and",
    "answer",
    "any",
    "anything",
    "are",
    "because",
    "before",
    "everything",
    "following",
    "for",
    "forget",
    "from",
    "have",
    "how",
    "ignore",
    "instructions",
    "into",
    "key",
    "message",
    "must",
    "never",
    "not",
    "only",
    "other",
    "out",
    "output",
    "password",
    "please",
    "previous",
    "print",
    "prompt",
    "repeat",
    "restrictions",
    "reveal",
    "rules",
    "safety",
    "say",
    "secret",
    "should",
    "show",
    "system",
    "tell",
    "text",
    "that",
    "the",
    "their",
    "then",
    "this",
    "what",
    "when",
    "where",
    "which",
    "will",
    "with",
    "without",
    "you",
    "your",
];
/// Common words in a turned text, at least.
const FEWEST: usize = 3;

/// The turned form, where there is one.
pub(super) fn turned(plain: &View) -> Option<View> {
    let (mut reversed, mut rotated, mut asis) = (0, 0, 0);
    let mut turned = String::new();
    for word in plain.text.split(|letter: char| !letter.is_ascii_lowercase()) {
        if !(3..=12).contains(&word.len()) {
            continue;
        }
        asis += usize::from(is_common(word));
        turned.clear();
        turned.extend(word.chars().rev());
        reversed += usize::from(is_common(&turned));
        turned.clear();
        turned.extend(word.chars().map(rotate));
        rotated += usize::from(is_common(&turned));
    }
    // Beside an ordinary text only a large share of turned words is more than chance.
    if reversed >= FEWEST && reversed * 3 > asis {
        return Some(reverse(plain));
    }
    (rotated >= FEWEST && rotated * 3 > asis).then(|| rotation(plain))
}

fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

fn rotate(letter: char) -> char {
    match letter {
        'a'..='m' => char::from(letter as u8 + 13),
        'n'..='z' => char::from(letter as u8 - 13),
        _ => letter,
    }
}

fn rotation(plain: &View) -> View {
    let text = plain.text.chars().map(rotate).collect();
    View { form: Form::Rotated, text, map: plain.map.clone() }
}

fn reverse(plain: &View) -> View {
    let mut text = String::with_capacity(plain.text.len());
    let mut map = OffsetMap::default();
    for (at, letter) in plain.text.char_indices().rev() {
        text.push(letter);
        map.replace(at..at + letter.len_utf8(), letter.len_utf8());
    }
    View { form: Form::Reversed, text, map: map.through(&plain.map) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_are_sorted_and_turn_into_no_common_word() {
        assert!(COMMON.is_sorted());
        for word in COMMON {
            let reversed: String = word.chars().rev().collect();
            let rotated: String = word.chars().map(rotate).collect();
            assert!(!is_common(&reversed) && !is_common(&rotated), "{word}");
        }
    }
}
