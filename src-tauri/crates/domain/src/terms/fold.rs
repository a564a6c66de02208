//! Single characters as search compares them.

use unicode_normalization::{
    UnicodeNormalization,
    char::{compose as canonical, is_combining_mark},
};

/// What a folded character does to the term it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// It is dropped: an accent, a vowel point, an invisible character.
    Nothing,
    /// It ends the term.
    Separator,
    /// It stands in a word.
    Letter,
    /// It is of a script without spaces.
    Pairs,
    /// It changes the character before it and is kept.
    Mark,
}

/// What a character becomes: none, one or a few.
pub(super) enum Fold {
    /// Nearly all text is this, and this is nearly all the time that indexing takes.
    One(Option<char>),
    /// Everything else.
    Many(std::vec::IntoIter<char>),
}

impl Fold {
    pub(super) fn new(c: char) -> Self {
        if c.is_ascii() || is_plain(c) {
            return Self::One(Some(c.to_ascii_lowercase()));
        }
        let folded: Vec<char> =
            c.nfkd().flat_map(char::to_lowercase).flat_map(spelled_out).collect();
        Self::Many(folded.into_iter())
    }
}

impl Iterator for Fold {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(c) => c.take(),
            Self::Many(folded) => folded.next(),
        }
    }
}

/// Characters that fold to themselves, of which texts have many.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e32}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Letters that Unicode does not take apart and keyboards of others do not have.
fn spelled_out(c: char) -> impl Iterator<Item = char> {
    let [first, second] = match c {
        'ß' => ['s', 's'],
        'æ' => ['a', 'e'],
        'œ' => ['o', 'e'],
        'ø' => ['o', '\0'],
        'ł' => ['l', '\0'],
        'đ' => ['d', '\0'],
        'ı' => ['i', '\0'],
        'ς' => ['σ', '\0'],
        other => [other, '\0'],
    };
    std::iter::once(first).chain((second != '\0').then_some(second))
}

pub(super) fn class(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Class::Letter } else { Class::Separator };
    }
    if is_dropped(c) {
        Class::Nothing
    } else if is_without_spaces(c) {
        Class::Pairs
    } else if is_combining_mark(c) {
        Class::Mark
    } else if c.is_alphanumeric() {
        Class::Letter
    } else {
        Class::Separator
    }
}

/// Accents and points of scripts that are commonly typed without them, and what nobody sees.
/// Vowel signs of Indic scripts are not among them: they are half of the word.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}'
        | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}'
        | '\u{6ea}'..='\u{6ed}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn is_without_spaces(c: char) -> bool {
    matches!(c,
        // Thai, Lao, Myanmar, Khmer; not their digits
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ece}'
        | '\u{edc}'..='\u{edf}' | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}'
        | '\u{1780}'..='\u{17d3}' | '\u{a9e0}'..='\u{a9ef}' | '\u{aa60}'..='\u{aa7f}'
        // Hangul: has spaces, but joins particles to words
        | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        // Kana, Bopomofo
        | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}'
        | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        // Han
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Two characters as the one that they are written as.
pub(super) fn compose(first: char, second: char) -> Option<char> {
    if second.is_ascii() { None } else { canonical(first, second) }
}
