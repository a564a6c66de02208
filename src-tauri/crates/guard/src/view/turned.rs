//! Texts written from right to left or with every letter moved by thirteen. The turned form is kept
//! only where it reads better than the text does: it holds common words, several of them.

use super::{Form, OffsetMap, View};
use crate::bits;

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
/// Letters of a common word.
const SHORTEST: usize = 3;
const LONGEST: usize = 12;
/// Common words in a turned text, at least.
const FEWEST: usize = 3;

/// How long the common words are that begin and end with two letters: a bit for each length. Most
/// words of a text are told from all of them by these alone.
static LENGTHS: [[u16; 26]; 26] = lengths();

const fn lengths() -> [[u16; 26]; 26] {
    let mut lengths = [[0; 26]; 26];
    let mut at = 0;
    while at < COMMON.len() {
        let word = COMMON[at].as_bytes();
        let (first, last) = (word[0] - b'a', word[word.len() - 1] - b'a');
        lengths[first as usize][last as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
}

/// The turned form, where there is one.
pub(super) fn turned(plain: &View) -> Option<View> {
    let (mut reversed, mut rotated) = (0, 0);
    for word in words(&plain.text) {
        let (first, last) = (word[0], word[word.len() - 1]);
        reversed += usize::from(
            may_be_common(last, first, word.len()) && is_common(&word.iter().rev().copied()),
        );
        let (first, last) = (rotated_byte(first), rotated_byte(last));
        rotated += usize::from(
            may_be_common(first, last, word.len())
                && is_common(&word.iter().map(|byte| rotated_byte(*byte))),
        );
    }
    if reversed < FEWEST && rotated < FEWEST {
        return None;
    }
    // Beside an ordinary text only a large share of turned words is more than chance.
    let asis = words(&plain.text).filter(|word| is_common(&word.iter().copied())).count();
    if reversed >= FEWEST && reversed * 3 > asis {
        return Some(reverse(plain));
    }
    (rotated >= FEWEST && rotated * 3 > asis).then(|| rotation(plain))
}

/// Words of small letters, as long as the common ones are.
fn words(text: &str) -> impl Iterator<Item = &[u8]> {
    let bytes = text.as_bytes();
    let words = bits::runs(bytes, SHORTEST, |byte| byte.is_ascii_lowercase());
    words.filter(|word| word.len() <= LONGEST).map(|word| &bytes[word])
}

/// Whether a common word of this length begins and ends so.
fn may_be_common(first: u8, last: u8, length: usize) -> bool {
    let place = |letter: u8| usize::from(letter - b'a');
    LENGTHS[place(first)][place(last)] & (1 << length) != 0
}

/// Whether these letters are one of the common words.
fn is_common(letters: &(impl Iterator<Item = u8> + Clone)) -> bool {
    COMMON.binary_search_by(|it| it.bytes().cmp(letters.clone())).is_ok()
}

fn rotated_byte(letter: u8) -> u8 {
    if letter < b'n' { letter + 13 } else { letter - 13 }
}

fn rotate(letter: char) -> char {
    match letter {
        'a'..='z' => char::from(rotated_byte(letter as u8)),
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
            assert!(is_common(&word.bytes()), "{word}");
            assert!(!is_common(&word.bytes().rev()), "{word}");
            assert!(!is_common(&word.bytes().map(rotated_byte)), "{word}");
        }
    }
}
