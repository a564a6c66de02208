//! Words that were taken apart or spelled with digits: `i g n o r e`, `d-i-s-r-e-g-a-r-d`, `1gn0re`.
//! Works on the plain form, so letters are small and ASCII ones are most of them.

use std::ops::Range;

use super::{Form, OffsetMap, View};
use crate::{bits, letters};

/// Single letters in a row, at least; fewer are initials or a list.
const FEWEST: usize = 6;
/// Bytes between two letters of a word at most.
const WIDEST: usize = 8;
/// Letters of a run of words with digits in it at most; longer ones are hashes and tokens.
const LONGEST: usize = 24;

/// The joined form, where something could be joined or read otherwise.
pub(super) fn joined(plain: &View) -> Option<View> {
    let source = plain.text.as_str();
    let mut text = String::with_capacity(source.len());
    let mut map = OffsetMap::default();
    let (mut at, mut kept, mut changed) = (0, 0, false);
    loop {
        at += plain_words(&source.as_bytes()[at..]);
        if at == source.len() {
            break;
        }
        let piece = piece(source, at);
        let mut end = piece.end;
        let mut instead = None;
        if piece.word {
            if let Some((range, word)) = spelled(source, at, end) {
                (end, changed, instead) = (range.end, true, Some(word));
            } else if piece.stand_in
                && let Some(word) = digits_for_letters(&source[at..end])
            {
                // `u64` and `win10` alone are words as they are.
                changed |= has_inner_digit(&source[at..end]);
                instead = Some(word);
            }
        }
        if let Some(word) = instead {
            text.push_str(&source[kept..at]);
            map.keep(kept, at - kept);
            text.push_str(&word);
            map.replace(at..end, word.len());
            kept = end;
        }
        at = end;
    }
    if !changed {
        return None;
    }
    text.push_str(&source[kept..]);
    map.keep(kept, source.len() - kept);
    Some(View { form: Form::Joined, text, map: map.through(&plain.map) })
}

/// Bytes at the beginning that stay as they are: words of several ASCII letters, and what stands
/// between them.
fn plain_words(bytes: &[u8]) -> usize {
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    let sign = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'@' | b'$') || !byte.is_ascii();
    let mut before = 0;
    for at in (0..bytes.len()).step_by(bits::WIDTH) {
        let rest = &bytes[at..];
        let letters = bits::word(rest, letter);
        let last = bits::WIDTH - 1;
        let after = u64::from(rest.get(bits::WIDTH).is_some_and(|byte| letter(*byte)));
        let alone = letters & !(letters << 1 | before) & !(letters >> 1 | after << last);
        let signs = bits::word(rest, sign);
        if alone | signs != 0 {
            let found = at + (alone | signs).trailing_zeros() as usize;
            // A sign belongs to the letters before it.
            return found - bytes[..found].iter().rev().take_while(|byte| letter(**byte)).count();
        }
        before = letters >> last;
    }
    bytes.len()
}

/// A word, or what stands between two words.
struct Piece {
    end: usize,
    word: bool,
    /// Whether it has digits or signs that may stand for letters.
    stand_in: bool,
}

fn piece(text: &str, start: usize) -> Piece {
    let bytes = text.as_bytes();
    let mut piece = Piece { end: start, word: belongs_at(text, start), stand_in: false };
    while let Some(byte) = bytes.get(piece.end) {
        match SIGNS[usize::from(*byte)] {
            Sign::Letter if piece.word => piece.end += 1,
            Sign::StandIn if piece.word => {
                piece.stand_in = true;
                piece.end += 1;
            }
            Sign::Other if !piece.word => piece.end += 1,
            Sign::Wide if belongs_at(text, piece.end) == piece.word => {
                piece.end += letter_at(text, piece.end).map_or(1, char::len_utf8);
            }
            _ => break,
        }
    }
    piece
}

/// What a byte is to a word.
#[derive(Clone, Copy)]
enum Sign {
    Letter,
    StandIn,
    Other,
    /// Part of a letter of several bytes.
    Wide,
}

static SIGNS: [Sign; 256] = signs();

const fn signs() -> [Sign; 256] {
    let mut signs = [Sign::Wide; 256];
    let mut byte = 0;
    while byte < 128 {
        signs[byte as usize] = match byte {
            b'0'..=b'9' | b'@' | b'$' => Sign::StandIn,
            b'a'..=b'z' | b'A'..=b'Z' => Sign::Letter,
            _ => Sign::Other,
        };
        byte += 1;
    }
    signs
}

/// The letter that begins here; most are of one byte.
fn letter_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text[at..].chars().next(),
    }
}

fn belongs_at(text: &str, at: usize) -> bool {
    letter_at(text, at).is_some_and(belongs)
}

fn belongs(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '@' | '$' => true,
        _ => !letter.is_ascii() && letters::is_alphanumeric(letter),
    }
}

/// A run of single letters that begins with the word `at..first`, joined to words: the commonest gap
/// stands between letters, every other one between words.
fn spelled(source: &str, at: usize, first: usize) -> Option<(Range<usize>, String)> {
    if letter_at(source, at)?.len_utf8() < first - at {
        return None;
    }
    // Most single letters stand alone in a sentence.
    if singles(&source[at..]).take(FEWEST).count() < FEWEST {
        return None;
    }
    let letters: Vec<(char, &str)> = singles(&source[at..]).collect();
    let end = at + letters.iter().map(|(letter, gap)| letter.len_utf8() + gap.len()).sum::<usize>();
    let between = &letters[..letters.len() - 1];
    let narrow = between.iter().map(|(_, gap)| *gap).min_by_key(|gap| gap.len()).unwrap_or(" ");
    let mut word = String::new();
    for (letter, gap) in &letters {
        word.push(*letter);
        if gap.len() != narrow.len() {
            word.push(' ');
        }
    }
    let word: String = word.chars().map(|letter| letter_of(letter).unwrap_or(letter)).collect();
    Some((at..end, word))
}

/// The single letters in a row at the beginning, each with the gap after it.
fn singles(text: &str) -> impl Iterator<Item = (char, &str)> {
    let mut next = Some(text);
    std::iter::from_fn(move || {
        let mut rest = next.take()?.chars();
        let letter = rest.next().filter(|letter| belongs(*letter))?;
        let after = rest.as_str();
        if rest.next().is_some_and(belongs) {
            return None;
        }
        let (gap, others) = after.split_at(gap(after));
        next = (!gap.is_empty()).then_some(others);
        Some((letter, gap))
    })
}

/// Bytes of signs and spaces, at most `WIDEST`.
fn gap(text: &str) -> usize {
    let signs =
        |letter: &char| matches!(letter, ' ' | '-' | '_' | '.' | '*' | '/' | '|' | '~' | ',');
    let gap = text.chars().take_while(signs).count();
    if gap > WIDEST { 0 } else { gap }
}

/// A word in which digits and signs stand for letters, read as letters.
fn digits_for_letters(word: &str) -> Option<String> {
    let stand_in = word.chars().filter(|letter| letter_of(*letter).is_some()).count();
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    if letters == 0 || stand_in == 0 || letters + stand_in > LONGEST {
        return None;
    }
    Some(word.chars().map(|letter| letter_of(letter).unwrap_or(letter)).collect())
}

/// Whether a digit or sign stands before a letter.
fn has_inner_digit(word: &str) -> bool {
    word.trim_end_matches(|letter: char| !letter.is_alphabetic())
        .chars()
        .any(|letter| letter_of(letter).is_some())
}

fn letter_of(sign: char) -> Option<char> {
    Some(match sign {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words and what stands between them one after the other, up to the first that may change.
    fn slow_plain_words(text: &str) -> usize {
        let mut at = 0;
        while at < text.len() {
            let piece = piece(text, at);
            let plain = text[at..piece.end].is_ascii() && !piece.stand_in;
            if piece.word && !(plain && piece.end > at + 1) {
                break;
            }
            at = piece.end;
        }
        at
    }

    proptest! {
        #[test]
        fn no_word_that_may_change_is_passed_over(text in "(?:[a ,é。1@]|words|words and words, |a-b|[a-z]{60}){0,20}") {
            let from = plain_words(text.as_bytes());
            let passed = &text[..from];
            // A sign that is not ASCII stops it too, and belongs to no word.
            prop_assert!(slow_plain_words(&text) >= from, "{from}");
            prop_assert!(slow_plain_words(passed) == from, "{from}");
        }
    }
}
