//! Words of many languages that stand for one concept, found in one pass over a text. Rules speak of
//! concepts, so a rule holds in every language that has words for them.
//!
//! A lexicon is a text file: `concept: word, two words, stem*`. Words stand alone, a stem may have any
//! ending; after `boundaries: none` both may stand anywhere, for scripts without spaces.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::view::plain_text;

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

#[derive(Clone, Copy, Debug)]
struct Word {
    concept: u8,
    from_border: bool,
    to_border: bool,
}

/// Concepts with their words, ready to be looked for.
#[derive(Debug)]
pub struct Lexicon {
    words: Vec<Word>,
    search: Option<AhoCorasick>,
}

impl Lexicon {
    /// Reads lexicon files. Lines about concepts that are not in the table are left out.
    #[must_use]
    pub fn read(files: &[&str], concepts: &[&str]) -> Self {
        let mut words = Vec::new();
        let mut patterns: Vec<String> = Vec::new();
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
                for word in split(list) {
                    let stem = word.ends_with('*');
                    let pattern = plain_text(word.trim_end_matches('*').trim());
                    let first = pattern.chars().next();
                    let last = pattern.chars().next_back();
                    if first.is_none() {
                        continue;
                    }
                    words.push(Word {
                        concept,
                        from_border: borders && first.is_some_and(char::is_alphanumeric),
                        to_border: borders && !stem && last.is_some_and(char::is_alphanumeric),
                    });
                    patterns.push(pattern);
                }
            }
        }
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)
            .ok();
        Self { words, search }
    }

    /// Whether it could be built; without it nothing is found, which must not pass for clean.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.search.is_some() && !self.words.is_empty()
    }

    /// Every word in a plain text, by place.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let Some(search) = &self.search else { return Vec::new() };
        let mut hits: Vec<Hit> = Vec::new();
        for found in search.find_overlapping_iter(text) {
            let word = self.words[found.pattern().as_usize()];
            let (start, end) = (found.start(), found.end());
            if word.from_border && !starts(text, start) || word.to_border && !ends(text, end) {
                continue;
            }
            let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { break };
            hits.push(Hit { concept: word.concept, start, end, at: 0 });
        }
        hits.sort_unstable_by_key(|hit| (hit.start, hit.end, hit.concept));
        hits.dedup();
        count_words(text, &mut hits);
        hits
    }
}

/// The words of a line; a comma at the end of a word that has one is part of it (`wait,,`).
fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(", ").map(str::trim).filter(|word| !word.is_empty())
}

fn starts(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
}

fn ends(text: &str, at: usize) -> bool {
    !text[at..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Tells each hit how many half words stand before it. Hits are sorted by place.
fn count_words(text: &str, hits: &mut [Hit]) {
    let mut hits = hits.iter_mut().peekable();
    let (mut halves, mut inside, mut before) = (0u32, false, ' ');
    for (at, letter) in text.char_indices() {
        while hits.peek().is_some_and(|hit| hit.start as usize <= at) {
            if let Some(hit) = hits.next() {
                hit.at = halves;
            }
        }
        let word = letter.is_alphanumeric();
        halves += match letter {
            _ if word && is_syllable(letter) => 1,
            _ if word && !inside => 2,
            '\n' if before == '\n' => 12,
            '.' | '!' | '?' | '。' | '！' | '？' | '।' | '\n' => 3,
            _ => 0,
        };
        inside = word;
        before = letter;
    }
    for hit in hits {
        hit.at = halves;
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
}
