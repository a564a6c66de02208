//! What a head reads: pieces of words, words and pairs of words, hashed to numbers; and flags of the
//! rules. No text is kept.

use std::collections::BTreeSet;

use crate::lexicon::Hit;

/// Features are hashed to this many bits.
pub const BITS: u32 = 17;
/// Letters of a form that are read; what is beyond is left to the rules.
const MOST: usize = 64 * 1024;
/// Words after a word of a lexicon that are paired with it.
const NEIGHBOURS: usize = 8;
/// What a pair counts.
const PAIR: f32 = 0.5;
/// Lengths of the pieces of words.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;

/// Numbers and their values, each number once.
#[derive(Clone, Debug, Default)]
pub struct Features {
    pieces: Vec<u32>,
    flags: Vec<(u32, f32)>,
}

impl Features {
    /// Adds the pieces of words, words and pairs of words of a plain text.
    pub fn text(&mut self, text: &str) {
        let mut before: u64 = 0;
        let mut borders: Vec<usize> = Vec::new();
        let mut padded = String::new();
        let mut read = 0;
        for word in words(text) {
            read += word.len();
            if read > MOST {
                break;
            }
            let this = hash(word.as_bytes());
            self.pieces.push(fold(this ^ 0x51));
            self.pieces.push(fold(this.rotate_left(17) ^ before));
            before = this;
            padded.clear();
            padded.push('_');
            padded.push_str(word);
            padded.push('_');
            borders.clear();
            borders.extend(padded.char_indices().map(|(at, _)| at));
            borders.push(padded.len());
            for length in PIECES {
                for ends in borders.windows(length + 1).take(24) {
                    let piece = &padded.as_bytes()[ends[0]..ends[length]];
                    self.pieces.push(fold(hash(piece)));
                }
            }
        }
        self.pieces.sort_unstable();
        self.pieces.dedup();
    }

    /// Adds a flag of a group.
    pub fn flag(&mut self, group: &str, number: usize, value: f32) {
        if value != 0.0 {
            let index = fold(hash(group.as_bytes()) ^ hash(&number.to_le_bytes()).rotate_left(7));
            self.flags.push((index, value));
        }
    }

    /// Adds how often something is there, in steps: once, a few times, often.
    fn count(&mut self, group: &str, number: usize, count: u32) {
        for (step, least) in [1, 2, 4, 8].into_iter().enumerate() {
            if count >= least {
                self.flag(group, number * 4 + step, 0.5);
            }
        }
    }

    /// Adds which concepts are named, how often, and which stand near which, within so many half words.
    pub fn concepts(&mut self, hits: &[Hit], reach: u32) {
        let mut counts = [0u32; 256];
        let mut pairs = BTreeSet::new();
        for (at, hit) in hits.iter().enumerate() {
            counts[usize::from(hit.concept)] += 1;
            for other in hits.iter().skip(at + 1).take(NEIGHBOURS) {
                let apart = other.at.saturating_sub(hit.at);
                if apart <= reach && other.start >= hit.end {
                    pairs.insert((hit.concept, other.concept, apart <= reach / 2));
                }
            }
        }
        for (concept, count) in counts.iter().enumerate() {
            self.count("concept", concept, *count);
        }
        for (one, other, close) in pairs {
            let number = usize::from(one) << 9 | usize::from(other) << 1 | usize::from(close);
            self.flag("pair", number, PAIR);
        }
    }

    /// Adds the build of a text: its length, its lines, its signs.
    pub fn shape(&mut self, text: &str) {
        let letters = text.chars().count().max(1);
        let of = |belongs: fn(char) -> bool| text.chars().filter(|it| belongs(*it)).count();
        let length = letters.ilog2() as usize;
        self.flag("length", length, 0.5);
        let share = |part: usize| part * 20 / letters;
        self.flag("capitals", share(of(char::is_uppercase)), 0.3);
        self.flag("signs", share(of(|it| it.is_ascii_punctuation())), 0.3);
        self.flag("digits", share(of(char::is_numeric)), 0.3);
        self.flag("lines", of(|it| it == '\n').min(8), 0.3);
        self.flag("question", 0, if text.trim_end().ends_with(['?', '？']) { 0.5 } else { 0.0 });
    }

    /// Every number with its value. Pieces of words count together as one vector of length 3.
    pub fn values(&self) -> impl Iterator<Item = (u32, f32)> {
        // Far below what a float holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let each = 3.0 / (self.pieces.len().max(1) as f32).sqrt();
        let pieces = self.pieces.iter().map(move |index| (*index, each));
        pieces.chain(self.flags.iter().copied())
    }
}

/// Words, and letters of scripts without spaces one by one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .filter(|word| !word.is_empty())
}

fn fold(hash: u64) -> u32 {
    // The upper bits of the product are the well mixed ones.
    let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> (64 - BITS)).unwrap_or(0)
}

/// FNV-1a.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
