//! The test for garbled text: what comes out where a file does not say what its letters mean and a
//! reader takes the codes of the font for letters. `quality` asks whether another reader shall try;
//! this asks whether what is left may be searched, and where it doubts it says yes, because a page
//! that is called garbled is not read at all. It looks for what such codes look like, never for what a
//! language looks like: a script, a formula or a program that it does not know is text.

use super::quality::is_unknown;

/// Signs below which a page says too little about its codes.
const ENOUGH: u32 = 200;
/// How often each letter is used, per mille of all letters: the mean of twelve languages of Latin
/// script, counted in the translations of Django without accents.
const LATIN: [u16; 26] = [
    108, 15, 26, 42, 115, 11, 25, 15, 79, 10, 19, 50, 33, 80, 67, 24, 2, 59, 60, 71, 41, 15, 8, 2,
    11, 11,
];
/// Likeness to [`LATIN`], of 1. Of 60 languages of Latin script the least like has 0.888 as it stands,
/// and the most like 0.73 with its letters moved; of 36,000 pieces of prose, programs and tables none
/// that is unlike as it stands reaches 0.84 in any way of moving it.
const UNLIKE: f64 = 0.80;
const LIKE: f64 = 0.88;
/// From a capital letter to the small one: no move at all.
const CASE: isize = 32;

/// Whether a page's text is not what the page shows.
pub(super) fn is_garbled(text: &str) -> bool {
    is_misread(text) || is_shifted(text)
}

/// Whether `theirs`, another reader's text of the page, says what `ours` leaves open. Where most
/// letters have no meaning here, that reader has guessed. A guess counts where what it adds accounts
/// for a part of them that is worth having and is words: codes that are taken for letters are mostly
/// lost, or signs of the lower half of ASCII, or accents again and again.
pub(super) fn explains(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (Signs::of(ours), Signs::of(theirs));
    if ours.unknown * 2 <= ours.all {
        return true;
    }
    let known = theirs.all - theirs.unknown;
    let gained = known.saturating_sub(ours.all - ours.unknown);
    let letters = theirs.letters.saturating_sub(ours.letters);
    let accents = theirs.upper * 2 > known && theirs.upper * 3 > theirs.distinct_upper * 4;
    gained * 10 >= ours.unknown && letters * 5 >= gained * 3 && !accents
}

/// Whether most signs of a text are unknown to the reader.
pub(super) fn is_mostly_unknown(text: &str) -> bool {
    let signs = Signs::of(text);
    signs.replaced * 2 > signs.all
}

/// What a text is made of, white space aside.
#[derive(Default)]
struct Signs {
    all: usize,
    unknown: usize,
    /// Of the unknown ones, those that the first reader marks as such. Others may be pictures that a
    /// font of symbols draws.
    replaced: usize,
    letters: usize,
    /// The upper half of Latin 1.
    upper: usize,
    distinct_upper: usize,
}

impl Signs {
    fn of(text: &str) -> Self {
        let mut signs = Self::default();
        let mut seen = [false; 256];
        for sign in text.chars().filter(|sign| !sign.is_whitespace()) {
            signs.all += 1;
            signs.unknown += usize::from(is_unknown(sign));
            signs.replaced += usize::from(sign == char::REPLACEMENT_CHARACTER);
            signs.letters += usize::from(sign.is_alphanumeric());
            if let ('\u{a1}'..='\u{ff}', Some(seen)) = (sign, seen.get_mut(sign as usize)) {
                signs.upper += 1;
                signs.distinct_upper += usize::from(!std::mem::replace(seen, true));
            }
        }
        signs
    }
}

/// The signs of a text, each run of one sign once: rows of dots lead to numbers of pages.
fn runs(text: &str) -> impl Iterator<Item = char> {
    let mut last = None;
    let signs = text.chars().filter(|sign| !sign.is_whitespace());
    signs.filter(move |sign| last.replace(*sign) != Some(*sign))
}

/// Whether bytes of another code page, Chinese or Cyrillic ones, were read as Latin 1: more of its upper
/// half than of everything else, and the same signs again and again. A chart of an alphabet has each
/// sign once or twice, and no language needs accents for half of its letters.
fn is_misread(text: &str) -> bool {
    let mut counts = [0_u32; 95];
    let mut signs = 0;
    for sign in runs(text) {
        signs += 1;
        if let Some(count) = (sign as usize).checked_sub(0xa1).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let upper: u32 = counts.iter().sum();
    let distinct = counts.iter().filter(|count| **count > 0).count() as u32;
    upper >= ENOUGH / 2 && upper * 2 > signs && distinct >= 12 && upper > 3 * distinct
}

/// Whether the letters are those of a language of Latin script, each moved by the same number of
/// codes, as happens where numbers of glyphs are taken for letters. Two things must be true: the
/// letters as they stand are those of no language, and moved back they are.
fn is_shifted(text: &str) -> bool {
    let mut counts = [0_u32; 128];
    let mut signs = 0;
    for sign in runs(text) {
        signs += 1;
        if let Some(count) = counts.get_mut(sign as usize) {
            *count += 1;
        }
    }
    let plain: u32 = counts.iter().sum();
    if plain < ENOUGH || plain * 10 < signs * 8 || likeness(&counts, 0) > UNLIKE {
        return false;
    }
    let mut moves = (-64..=64_isize).filter(|shift| shift.abs() != CASE);
    moves.any(|shift| likeness(&counts, shift) >= LIKE)
}

/// How much the letters are like those of [`LATIN`] when each is moved by `shift` codes: the cosine of
/// the two counts. 0 where fewer than three in four signs become letters.
fn likeness(counts: &[u32; 128], shift: isize) -> f64 {
    let mut letters = [0_u32; 26];
    for (code, count) in counts.iter().enumerate() {
        let moved = code.checked_add_signed(shift).and_then(|code| u8::try_from(code).ok());
        let letter = moved.filter(u8::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase() - b'a');
        if let Some(sum) = letter.and_then(|letter| letters.get_mut(usize::from(letter))) {
            *sum += count;
        }
    }
    let all: u32 = counts.iter().sum();
    if letters.iter().sum::<u32>() * 4 < all * 3 {
        return 0.0;
    }
    let pairs = || letters.iter().zip(LATIN).map(|(a, b)| (f64::from(*a), f64::from(b)));
    let dot: f64 = pairs().map(|(a, b)| a * b).sum();
    let lengths: f64 =
        pairs().map(|(a, _)| a * a).sum::<f64>() * pairs().map(|(_, b)| b * b).sum::<f64>();
    dot / lengths.sqrt().max(1.0)
}

#[cfg(test)]
mod tests;
