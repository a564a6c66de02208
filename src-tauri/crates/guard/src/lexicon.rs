//! Words of many languages that stand for one concept, found in one pass over a text. Rules speak of
//! concepts, so a rule holds in every language that has words for them.
//!
//! A lexicon is a text file: `concept: word, two words, stem*`. Words stand alone, a stem may have any
//! ending; after `boundaries: none` both may stand anywhere, for scripts without spaces.

use crate::{trie::Trie, view::plain_text};

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
    /// Those that begin anywhere.
    anywhere: Trie,
    /// Bytes that only go on with a word, and bytes that only go on with what stands between two.
    inner: [bool; 256],
    between: [bool; 256],
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
        let (mut inner, mut between) = ([false; 256], [false; 256]);
        for byte in (0..128u8).filter(|byte| !anywhere.begins(*byte)) {
            let word = byte.is_ascii_alphanumeric();
            inner[usize::from(byte)] = word;
            between[usize::from(byte)] = !word && !b".!?\n".contains(&byte);
        }
        Self { words, from_border, anywhere, inner, between }
    }

    /// Whether it could be read; without words nothing is found, which must not pass for clean.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.words.is_empty()
    }

    /// Every word in a plain text, by place. One pass: the work grows with the text.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut passed = Passed::default();
        let mut at = 0;
        loop {
            if passed.inside {
                at += count(&text.as_bytes()[at..], &self.inner);
            }
            let between = count(&text.as_bytes()[at..], &self.between);
            if between > 0 {
                passed.count(' ', false);
                at += between;
            }
            let Some(letter) = text[at..].chars().next() else { break };
            let word = letter.is_alphanumeric();
            let anywhere = self.anywhere.begins(text.as_bytes()[at]);
            let before = hits.len();
            if word && !passed.inside {
                self.begin(&self.from_border, text, at, passed.halves, &mut hits);
            }
            if anywhere {
                self.begin(&self.anywhere, text, at, passed.halves, &mut hits);
            }
            if hits.len() > before + 1 {
                hits[before..].sort_unstable_by_key(|hit| (hit.end, hit.concept));
            }
            passed.count(letter, word);
            at += letter.len_utf8();
        }
        hits.dedup();
        hits
    }

    /// Adds the words that begin here.
    fn begin(&self, trie: &Trie, text: &str, start: usize, halves: u32, hits: &mut Vec<Hit>) {
        trie.at_start(&text.as_bytes()[start..], |word, length| {
            let word = &self.words[word as usize];
            let end = start + length;
            if word.to_border && !ends(text, end) {
                return;
            }
            if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) {
                hits.push(Hit { concept: word.concept, start, end, at: halves });
            }
        });
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

/// How many of the first bytes are of these.
fn count(bytes: &[u8], of: &[bool; 256]) -> usize {
    bytes.iter().take_while(|byte| of[usize::from(**byte)]).count()
}

fn ends(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        _ => !text[at..].chars().next().is_some_and(char::is_alphanumeric),
    }
}

/// How many half words of a text lie behind, and what the last letter was.
#[derive(Default)]
struct Passed {
    halves: u32,
    inside: bool,
    line_ended: bool,
}

impl Passed {
    fn count(&mut self, letter: char, word: bool) {
        self.halves += match letter {
            _ if word && is_syllable(letter) => 1,
            _ if word && !self.inside => 2,
            '\n' if self.line_ended => 12,
            '.' | '!' | '?' | '。' | '！' | '？' | '।' | '\n' => 3,
            _ => 0,
        };
        self.inside = word;
        self.line_ended = letter == '\n';
    }
}

/// Letters of scripts that write no spaces: each counts as half a word.
fn is_syllable(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONCEPTS: &[&str] = &["open", "door"];

    fn lexicon() -> Lexicon {
        let european = "# comment\nopen: open, öffn*, let in\ndoor: door, tür\nother: x";
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
        fn words_are_found_where_a_look_at_every_place_finds_them(text in "(?:[ .!\n]|open|öffn|en|let in|door|tur|门|é|1){0,12}") {
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
