//! How far into a text a word stands, in half words: letters of scripts without spaces count as half
//! a word, and ends of sentences and paragraphs as several, so that they keep words apart.

use crate::bits;

/// What keeps words apart, in half words.
const WORD: u32 = 2;
const STOP: u32 = 3;
const PARAGRAPH: u32 = 12;

/// How many half words of a text lie behind, and what the last letter was.
#[derive(Default)]
pub(crate) struct Passed {
    pub(crate) halves: u32,
    pub(crate) inside: bool,
    line_ended: bool,
}

/// What counts in a piece of ASCII, by its bits.
pub(crate) struct Steps {
    /// Letters and digits, and those with which words begin.
    pub(crate) letters: u64,
    pub(crate) words: u64,
    /// Where sentences and lines end, and where a paragraph does.
    stops: u64,
    paragraphs: u64,
}

impl Steps {
    /// How many half words of the piece lie before one of its bytes, or before its end.
    pub(crate) fn before(&self, at: usize) -> u32 {
        let below = u64::MAX.checked_shr(u32::try_from(bits::WIDTH - at).unwrap_or(0)).unwrap_or(0);
        let count = |steps: u64| (steps & below).count_ones();
        count(self.words) * WORD
            + count(self.stops) * STOP
            + count(self.paragraphs) * (PARAGRAPH - STOP)
    }
}

impl Passed {
    /// Goes on by one letter, of a word or of what stands between two.
    pub(crate) fn count(&mut self, letter: char, word: bool) {
        self.halves += match letter {
            _ if word && is_syllable(letter) => 1,
            _ if word && !self.inside => WORD,
            '\n' if self.line_ended => PARAGRAPH,
            '.' | '!' | '?' | '。' | '！' | '？' | '।' | '\n' => STOP,
            _ => 0,
        };
        self.inside = word;
        self.line_ended = letter == '\n';
    }

    /// Goes on by a piece of ASCII, all but the distance, which its steps tell.
    pub(crate) fn ascii(&mut self, piece: &[u8]) -> Steps {
        let letters = bits::word(piece, |byte| byte.is_ascii_alphanumeric());
        let lines = bits::word(piece, |byte| byte == b'\n');
        let steps = Steps {
            letters,
            words: letters & !(letters << 1 | u64::from(self.inside)),
            stops: bits::word(piece, |byte| matches!(byte, b'.' | b'!' | b'?' | b'\n')),
            paragraphs: lines & (lines << 1 | u64::from(self.line_ended)),
        };
        let last = 1 << (piece.len() - 1);
        (self.inside, self.line_ended) = (letters & last != 0, lines & last != 0);
        steps
    }
}

/// Letters of scripts that write no spaces: each counts as half a word.
fn is_syllable(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_piece_of_ascii_counts_as_its_letters_do(text in "(?:[a ]|[.!?\n,]|ab{20}|\n\n){1,12}") {
            for piece in [&text[..text.len().min(7)], &text[..text.len().min(bits::WIDTH)]] {
                let (mut whole, mut each) = (Passed::default(), Passed::default());
                let steps = whole.ascii(piece.as_bytes());
                for (at, letter) in piece.char_indices() {
                    prop_assert_eq!(steps.before(at), each.halves);
                    each.count(letter, letter.is_alphanumeric());
                }
                prop_assert_eq!(steps.before(piece.len()), each.halves);
                prop_assert_eq!((whole.inside, whole.line_ended), (each.inside, each.line_ended));
            }
        }
    }
}
