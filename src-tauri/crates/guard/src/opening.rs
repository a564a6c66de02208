//! A quick look at the first letters of a word of a text: whether any word of a lexicon begins so. It
//! may let too many pass and never too few, and it does not branch.

/// Letters of a word that are looked at; of a stem, which may go on with others, fewer.
const WORD: usize = 6;
const STEM: usize = 3;
/// Marks what was made of a stem.
const STEM_MARK: u64 = 1 << 63;
/// Bits of the numbers that openings are hashed to.
const BITS: u32 = 15;

/// The openings of words, hashed: a bit for each number.
#[derive(Debug)]
pub(crate) struct Openings {
    bits: Vec<u64>,
    /// Whether a stem is too short to be told: then every word of a text passes.
    every: bool,
}

impl Openings {
    /// Of these words; a stem may go on with any letters.
    pub(crate) fn of<'a>(words: impl Iterator<Item = (&'a str, bool)>) -> Self {
        let mut openings = Self { bits: vec![0; 1 << (BITS - 6)], every: false };
        for (word, stem) in words {
            let bytes = word.as_bytes();
            let letters = bytes.iter().take_while(|byte| is_letter(**byte)).count();
            let eight = eight(bytes);
            if letters >= WORD || letters < bytes.len() || !stem {
                openings.set(first(eight, letters.min(WORD)));
            } else if letters >= STEM {
                openings.set(first(eight, STEM) | STEM_MARK);
            } else {
                openings.every = true;
            }
        }
        openings
    }

    /// Whether a word may begin where a word of a text does that has so many letters.
    pub(crate) fn may_begin(&self, text: &[u8], letters: usize) -> bool {
        let eight = eight(text);
        let word = self.has(first(eight, letters.min(WORD)));
        self.every | word | self.has(first(eight, STEM) | STEM_MARK)
    }

    fn set(&mut self, opening: u64) {
        let at = hash(opening);
        self.bits[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, opening: u64) -> bool {
        let at = hash(opening);
        self.bits[at / 64] & 1 << (at % 64) != 0
    }
}

/// Letters and digits of ASCII, and whatever is not ASCII.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// The first eight bytes, the first one lowest.
fn eight(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or_else(
        || bytes.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte)),
        |eight| u64::from_le_bytes(*eight),
    )
}

/// The first of eight bytes, fewer than all.
fn first(eight: u64, count: usize) -> u64 {
    eight & ((1 << (8 * count)) - 1)
}

fn hash(opening: u64) -> usize {
    // The upper bits of the product are the well mixed ones.
    (opening.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BITS)) as usize
}
