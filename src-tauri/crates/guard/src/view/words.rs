//! Words that were taken apart or spelled with digits: `i g n o r e`, `d-i-s-r-e-g-a-r-d`, `1gn0re`.
//! Works on the plain form, so letters are small and ASCII ones are most of them.

use std::ops::Range;

use super::{Form, OffsetMap, View};

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
    let (mut at, mut changed) = (0, false);
    while at < source.len() {
        if let Some((range, word)) = spelled(source, at) {
            map.replace(range.clone(), word.len());
            text.push_str(&word);
            at = range.end;
            changed = true;
            continue;
        }
        let end = at + piece(&source[at..]);
        match digits_for_letters(&source[at..end]) {
            Some(word) => {
                map.replace(at..end, word.len());
                text.push_str(&word);
                // `u64` and `win10` alone are words as they are.
                changed |= has_inner_digit(&source[at..end]);
            }
            None => {
                map.keep(at, end - at);
                text.push_str(&source[at..end]);
            }
        }
        at = end;
    }
    let map = map.through(&plain.map);
    changed.then_some(View { form: Form::Joined, text, map })
}

/// Bytes of the next word or of what stands between words.
fn piece(text: &str) -> usize {
    let mut letters = text.char_indices();
    let word = letters.next().is_some_and(|(_, first)| belongs(first));
    letters.find(|(_, letter)| belongs(*letter) != word).map_or(text.len(), |(at, _)| at)
}

fn belongs(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '@' | '$')
}

/// A run of single letters from `at` on, joined to words: the commonest gap stands between letters,
/// every other one between words.
fn spelled(source: &str, at: usize) -> Option<(Range<usize>, String)> {
    if source[..at].chars().next_back().is_some_and(belongs) {
        return None;
    }
    let mut letters: Vec<(char, &str)> = Vec::new();
    let mut end = at;
    loop {
        let mut rest = source[end..].chars();
        let Some(letter) = rest.next().filter(|letter| belongs(*letter)) else { break };
        if rest.next().is_some_and(belongs) {
            break;
        }
        let after = end + letter.len_utf8();
        let gap = gap(&source[after..]);
        letters.push((letter, &source[after..after + gap]));
        end = after + gap;
        if gap == 0 {
            break;
        }
    }
    if letters.len() < FEWEST {
        return None;
    }
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

/// Bytes of signs and spaces, at most `WIDEST`.
fn gap(text: &str) -> usize {
    let signs =
        |letter: &char| matches!(letter, ' ' | '-' | '_' | '.' | '*' | '/' | '|' | '~' | ',');
    let gap = text.chars().take_while(signs).count();
    if gap > WIDEST { 0 } else { gap }
}

/// A word in which digits and signs stand for letters, read as letters.
fn digits_for_letters(word: &str) -> Option<String> {
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let stand_in = word.chars().filter(|letter| letter_of(*letter).is_some()).count();
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
