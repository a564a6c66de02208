//! Words of many languages that stand for one concept, found in one pass over a text. Rules speak of
//! concepts, so a rule holds in every language that has words for them.
//!
//! A lexicon is a text file: `concept: word, two words, stem*`. Words stand alone, a stem may have any
//! ending; after `boundaries: none` both may stand anywhere, for scripts without spaces.

use std::ops::Range;

use crate::{
    bits, distance::Passed, letters, opening::Openings, prefix, trie::Trie, view::plain_text,
};

/// A word of a lexicon in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its concept, as a place in the table of the lexicon.
    pub concept: u8,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
    /// How far into the text it stands, in half words; sentences and paragraphs keep apart.
    pub at: u32,
}

#[derive(Debug)]
struct Word {
    concept: u8,
    letters: String,
    from_border: bool,
    to_border: bool,
}

/// Concepts with their words, ready to be looked for.
#[derive(Debug)]
pub struct Lexicon {
    words: Vec<Word>,
    /// Those that begin where a word of the text does.
    from_border: Trie,
    openings: Openings,
    /// Those that begin anywhere.
    anywhere: Trie,
}

impl Lexicon {
    /// Reads lexicon files. Lines about concepts that are not in the table are left out.
    #[must_use]
    pub fn read(files: &[&str], concepts: &[&str]) -> Self {
        let mut words = Vec::new();
        for file in files {
            let mut borders = true;
            for line in file.lines().filter(|line| !line.starts_with('#')) {
                let Some((name, list)) = line.split_once(':') else { continue };
                if name == "boundaries" {
                    borders = false;
                    continue;
                }
                let concept = concepts.iter().position(|known| *known == name);
                let Some(concept) = concept.and_then(|at| u8::try_from(at).ok()) else { continue };
                words.extend(split(list).filter_map(|word| Word::of(concept, word, borders)));
            }
        }
        let trie = |from_border: bool| {
            let words = (0..).zip(&words).filter(|(_, word)| word.from_border == from_border);
            Trie::new(words.map(|(at, word)| (at, word.letters.as_str())))
        };
        let (from_border, anywhere) = (trie(true), trie(false));
        let bordered = words.iter().filter(|word| word.from_border);
        let openings = Openings::of(bordered.map(|word| (word.letters.as_str(), !word.to_border)));
        Self { words, from_border, openings, anywhere }
    }

    /// Whether it could be read; without words nothing is found, which must not pass for clean.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.words.is_empty()
    }

    /// Every word in a plain text, by place. One pass: the work grows with the text.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut passed = Passed::default();
        let mut at = 0;
        loop {
            let ascii = prefix::ascii(&text.as_bytes()[at..]);
            let end = at + ascii;
            for from in (at..end).step_by(bits::WIDTH) {
                self.ascii(text, from..end.min(from + bits::WIDTH), &mut passed, &mut hits);
            }
            at = end;
            let Some(letter) = text[at..].chars().next() else { break };
            let word = letters::is_alphanumeric(letter);
            self.begin(text, at, word && !passed.inside, passed.halves, &mut hits);
            passed.count(letter, word);
            at += letter.len_utf8();
        }
        hits.dedup();
        hits
    }

    /// Adds the words that begin in a piece of ASCII, no longer than a word of bits.
    fn ascii(&self, text: &str, piece: Range<usize>, passed: &mut Passed, hits: &mut Vec<Hit>) {
        let block = &text.as_bytes()[piece.clone()];
        let rest = &text.as_bytes()[piece.start..];
        let steps = passed.ascii(block);
        let from_border = bits::kept(steps.words, |at| {
            let letters = (steps.letters >> at).trailing_ones() as usize;
            // Where the piece cuts a word off, its length is not known.
            at + letters == block.len() || self.openings.may_begin(&rest[at..], letters)
        });
        let anywhere = bits::word(block, |byte| self.anywhere.begins(byte));
        let anywhere = bits::kept(anywhere, |at| self.anywhere.may_begin(&rest[at..]));
        for at in bits::places(from_border | anywhere) {
            let word = from_border & 1 << at != 0;
            self.begin(text, piece.start + at, word, passed.halves + steps.before(at), hits);
        }
        passed.halves += steps.before(block.len());
    }

    /// Adds the words that begin here, whether or not at the border of a word of the text.
    fn begin(&self, text: &str, start: usize, border: bool, halves: u32, hits: &mut Vec<Hit>) {
        let before = hits.len();
        let mut add = |word: u32, length: usize| {
            let word = &self.words[word as usize];
            let end = start + length;
            if word.to_border && !ends(text, end) {
                return;
            }
            if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) {
                hits.push(Hit { concept: word.concept, start, end, at: halves });
            }
        };
        let rest = &text.as_bytes()[start..];
        if border {
            self.from_border.at_start(rest, &mut add);
        }
        if self.anywhere.begins(rest[0]) {
            self.anywhere.at_start(rest, &mut add);
        }
        if hits.len() > before + 1 {
            hits[before..].sort_unstable_by_key(|hit| (hit.end, hit.concept));
        }
    }
}

impl Word {
    /// A word as a line has it; none where it has no letter.
    fn of(concept: u8, word: &str, borders: bool) -> Option<Self> {
        let stem = word.ends_with('*');
        let letters = plain_text(word.trim_end_matches('*').trim());
        let (first, last) = (letters.chars().next()?, letters.chars().next_back()?);
        let from_border = borders && first.is_alphanumeric();
        let to_border = borders && !stem && last.is_alphanumeric();
        Some(Self { concept, letters, from_border, to_border })
    }
}

/// The words of a line; a comma at the end of a word that has one is part of it (`wait,,`).
fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(", ").map(str::trim).filter(|word| !word.is_empty())
}

fn ends(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        _ => !text[at..].chars().next().is_some_and(letters::is_alphanumeric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONCEPTS: &[&str] = &["open", "door"];

    fn lexicon() -> Lexicon {
        let european = "# comment\nopen: open, öffn*, let in, unl*\ndoor: door, tür\nother: x";
        Lexicon::read(&[european, "boundaries: none\ndoor: 门"], CONCEPTS)
    }

    fn found(text: &str) -> Vec<(u8, u32, u32)> {
        lexicon().hits(text).iter().map(|hit| (hit.concept, hit.start, hit.end)).collect()
    }

    #[test]
    fn words_stand_alone_and_stems_take_endings() {
        assert_eq!(found("open doors"), [(0, 0, 4)]);
        assert_eq!(found(&plain_text("Öffnet die Tür")), [(0, 0, 4), (1, 11, 14)]);
        assert_eq!(found("reopen let in"), [(0, 7, 13)]);
    }

    #[test]
    fn scripts_without_spaces_are_found_inside() {
        assert_eq!(found("请开门吧"), [(1, 6, 9)]);
    }

    #[test]
    fn paragraphs_keep_words_apart() {
        let near = lexicon().hits("open the door");
        let far = lexicon().hits("open the.\n\ndoor");
        assert!(near[1].at - near[0].at < 6);
        assert!(far[1].at - far[0].at > 12);
    }

    proptest::proptest! {
        #[test]
        fn words_are_found_where_a_look_at_every_place_finds_them(text in "(?:[ .!\n]|open|öffn|unl|en|let in|door|tur|ope|门|é|1){0,60}") {
            let lexicon = lexicon();
            let border = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
            let mut all = Vec::new();
            for word in &lexicon.words {
                for (start, _) in text.char_indices().filter(|(at, _)| text[*at..].starts_with(&word.letters)) {
                    let end = start + word.letters.len();
                    if (!word.from_border || border(text[..start].chars().next_back()))
                        && (!word.to_border || border(text[end..].chars().next()))
                    {
                        all.push((word.concept, u32::try_from(start).unwrap(), u32::try_from(end).unwrap()));
                    }
                }
            }
            all.sort_unstable_by_key(|(concept, start, end)| (*start, *end, *concept));
            all.dedup();
            proptest::prop_assert_eq!(found(&text), all);
        }
    }
}
