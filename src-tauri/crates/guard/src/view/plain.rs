//! The plain form: small letters, marks gone from Latin, Greek and Cyrillic letters, and look-alikes
//! of other scripts replaced in words that mix scripts. Rules about words read this one.

use unicode_normalization::UnicodeNormalization;

use super::{Form, OffsetMap, View, confusable};
use crate::prefix;

/// The plain form of a folded one.
pub(super) fn plain(folded: &View, form: Form) -> View {
    let mut text = String::with_capacity(folded.text.len());
    let mut map = OffsetMap::default();
    let source = folded.text.as_str();
    let mut at = 0;
    while at < source.len() {
        let ascii = ascii_words(&source[at..]);
        text.push_str(&source[at..at + ascii]);
        let small = text.len() - ascii;
        text[small..].make_ascii_lowercase();
        map.keep(at, ascii);
        at += ascii;
        let end = at + word(&source[at..]);
        let piece = &source[at..end];
        if piece.is_ascii() {
            text.extend(piece.chars().map(|letter| letter.to_ascii_lowercase()));
            map.keep(at, piece.len());
        } else {
            let mixed = confusable::is_mixed(piece);
            for (offset, letter) in piece.char_indices() {
                let start = at + offset;
                let before = text.len();
                push_plain(if mixed { confusable::latin(letter) } else { letter }, &mut text);
                let length = text.len() - before;
                if length == letter.len_utf8() && text[before..].chars().nth(1).is_none() {
                    map.keep(start, length);
                } else {
                    map.replace(start..start + letter.len_utf8(), length);
                }
            }
        }
        at = end;
    }
    View { form, text, map: map.through(&folded.map) }
}

/// Bytes of the words at the beginning that are of ASCII letters throughout.
fn ascii_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ascii = prefix::ascii(bytes);
    let space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
    bytes[..ascii].iter().rposition(space).map_or(0, |at| at + 1)
}

/// Bytes up to and with the next white space.
fn word(text: &str) -> usize {
    text.find(char::is_whitespace)
        .map_or(text.len(), |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// A text as the plain form would have it; what lexicons are written in.
#[must_use]
pub fn plain_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkc() {
        push_plain(letter, &mut out);
    }
    out
}

fn push_plain(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return;
    }
    for small in letter.to_lowercase() {
        match small {
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'ς' => out.push('σ'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ø' => out.push('o'),
            'أ' | 'إ' | 'آ' => out.push('ا'),
            'ى' => out.push('ي'),
            'ـ' | '\u{64b}'..='\u{652}' => {}
            _ if has_marks(small) => {
                out.extend(std::iter::once(small).nfd().filter(|part| !is_mark(*part)));
            }
            _ => out.push(small),
        }
    }
}

fn has_marks(letter: char) -> bool {
    matches!(letter, '\u{c0}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}
