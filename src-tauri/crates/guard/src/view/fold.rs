//! The folded form: invisible letters gone, NFKC, plain dashes, quotes and spaces. Case stays, since
//! keys and names need it.

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick,
};

use super::{Form, OffsetMap, View};
use crate::prefix;

/// The folded form, and how many invisible letters it left out.
pub(super) fn folded(original: &str) -> (View, usize) {
    let mut text = String::with_capacity(original.len());
    let mut map = OffsetMap::default();
    let mut invisible = 0;
    let mut at = 0;
    while at < original.len() {
        let plain = plain_run(&original[at..]);
        if plain > 0 {
            text.push_str(&original[at..at + plain]);
            map.keep(at, plain);
            at += plain;
            continue;
        }
        let cluster = cluster(&original[at..]);
        let piece = &original[at..at + cluster];
        let before = text.len();
        invisible += fold_into(piece, &original[at + cluster..], &mut text);
        if text.len() - before == piece.len() && text[before..] == *piece {
            map.keep(at, piece.len());
        } else {
            map.replace(at..at + piece.len(), text.len() - before);
        }
        at += cluster;
    }
    (View { form: Form::Folded, text, map }, invisible)
}

/// Bytes of plain ASCII at the beginning, less the last where a combining mark follows it.
fn plain_run(text: &str) -> usize {
    let plain = prefix::ascii(text.as_bytes());
    let marked = text[plain..].chars().next().is_some_and(is_combining_mark);
    if marked { plain.saturating_sub(1) } else { plain }
}

/// A letter with its combining marks, which NFKC may join. Bounded: a tower of marks is cut.
fn cluster(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    let end = letters.by_ref().take(30).find(|(_, letter)| !is_combining_mark(*letter));
    match end {
        Some((at, _)) => at,
        None => letters.next().map_or(text.len(), |(at, _)| at),
    }
}

/// Appends the folded form of a letter with its marks; returns the invisible ones left out.
fn fold_into(piece: &str, after: &str, out: &mut String) -> usize {
    let mut invisible = 0;
    let push = |letter: char| {
        if !is_invisible(letter) {
            out.push(plain(letter));
        } else if joins(letter, out.chars().next_back(), after) {
            out.push(letter);
        } else {
            invisible += 1;
        }
    };
    // Most letters are normal already, which is told many times faster than it is made.
    if is_nfkc_quick(piece.chars()) == IsNormalized::Yes {
        piece.chars().for_each(push);
    } else {
        piece.nfkc().for_each(push);
    }
    invisible
}

/// Letters that take no room: format controls, fillers, variation selectors, tags.
#[must_use]
pub(crate) fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a joiner does real work here: between Arabic or Indic letters, in a family of emoji.
fn joins(letter: char, before: Option<char>, after: &str) -> bool {
    let Some(before) = before else { return false };
    match letter {
        '\u{200c}' | '\u{200d}' => {
            let next = after.chars().find(|letter| !matches!(letter, '\u{fe00}'..='\u{fe0f}'));
            let next = next.unwrap_or(' ');
            (is_joined_script(before) && is_joined_script(next))
                || (letter == '\u{200d}' && is_pictograph(before) && is_pictograph(next))
        }
        '\u{fe0e}' | '\u{fe0f}' => is_pictograph(before) || before.is_ascii_digit(),
        _ => false,
    }
}

fn is_joined_script(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{1800}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}')
}

fn is_pictograph(letter: char) -> bool {
    matches!(letter, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{fe0f}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Dashes, quotes, spaces and full stops as a keyboard writes them.
fn plain(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{2043}' => '-',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{2b9}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ' '
        }
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        _ => letter,
    }
}

/// What the tags in a text spell, each run in the place where it stands; none where there are none.
pub(super) fn tags(original: &str) -> Option<View> {
    // Every tag begins with this byte, and hardly any other letter.
    if !original.as_bytes().contains(&0xf3) {
        return None;
    }
    let mut text = String::new();
    let mut map = OffsetMap::default();
    for (at, letter) in original.char_indices() {
        if let tag @ '\u{e0020}'..='\u{e007e}' = letter
            && let Some(plain) = char::from_u32(tag as u32 - 0xe0000)
        {
            text.push(plain);
            map.replace(at..at + tag.len_utf8(), plain.len_utf8());
        }
    }
    (!text.is_empty()).then_some(View { form: Form::Tags, text, map })
}
