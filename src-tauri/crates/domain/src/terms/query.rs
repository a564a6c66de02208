//! What a person looks for, and where a text has it.

use std::ops::{ControlFlow, Range};

use super::visit_terms;

/// Characters of a query that are looked at; nobody types more.
const CHARACTERS: usize = 512;
/// Words that are looked for at once.
const PHRASES: usize = 16;
/// Terms of one of them.
const TERMS: usize = 32;
/// Places in one text that are told.
const HITS: usize = 64;
/// Bytes that are read behind the first place in a text.
const READ_ON: usize = 64 * 1024;

/// Words that must all occur, in any order. What stands without a space (`don't`, `v1.2`, a line
/// of Chinese) must occur as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    phrases: Vec<Phrase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Phrase {
    terms: Vec<String>,
    /// Whether the last term may be the beginning of one.
    prefix: bool,
}

/// Where a text has a word that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its bytes.
    pub place: Range<usize>,
    /// Which word.
    pub phrase: usize,
}

impl Query {
    /// Reads what was typed. Every character is text: there is no syntax.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let end = typed.char_indices().nth(CHARACTERS).map_or(typed.len(), |(end, _)| end);
        let mut phrases: Vec<_> =
            typed[..end].split_whitespace().filter_map(Phrase::parse).take(PHRASES).collect();
        if let Some(last) = phrases.last_mut() {
            last.prefix = true;
        }
        Self { phrases }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The query for SQLite's full-text index of [`super::index_text`].
    #[must_use]
    pub fn to_fts(&self) -> String {
        let phrases = self.phrases.iter().map(|phrase| {
            // Terms have no quotation marks.
            let star = if phrase.prefix { " *" } else { "" };
            format!("\"{}\"{star}", phrase.terms.join(" "))
        });
        phrases.collect::<Vec<_>>().join(" AND ")
    }

    /// Where a text has the words, in the order of the text; the first ones of a long text.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        // For each phrase, the places where its beginning was just read.
        let mut begun: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.phrases.len()];
        let mut hits: Vec<Hit> = Vec::new();
        visit_terms(text, |term| {
            for (number, phrase) in self.phrases.iter().enumerate() {
                let mut going = std::mem::take(&mut begun[number]);
                going.push((0, term.start));
                going.retain_mut(|(read, _)| {
                    let fits = phrase.fits(*read, term.text);
                    *read += 1;
                    fits
                });
                if let Some(done) = going.iter().position(|(read, _)| *read == phrase.terms.len()) {
                    let (_, start) = going.remove(done);
                    let whole = phrase.terms.last().is_some_and(|last| last.chars().count() > 1);
                    let end = if whole { term.end } else { term.head };
                    hits.push(Hit { place: start..end, phrase: number });
                }
                begun[number] = going;
            }
            let far = hits.first().is_some_and(|hit| term.start > hit.place.start + READ_ON);
            if far || hits.len() >= HITS {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        hits.sort_by_key(|hit| (hit.place.start, hit.place.end));
        hits
    }
}

impl Phrase {
    fn parse(chunk: &str) -> Option<Self> {
        let mut terms: Vec<(String, bool)> = Vec::new();
        visit_terms(chunk, |term| {
            // The single character that ends a run is the second half of the pair before it.
            let pair = term.head < term.end;
            terms.push((term.text.to_owned(), pair));
            ControlFlow::Continue(())
        });
        if matches!(terms[..], [.., (_, true), _]) {
            terms.pop();
        }
        terms.truncate(TERMS);
        let prefix = terms.last().is_some_and(|(last, _)| super::is_one_of_pairs(last));
        let terms: Vec<_> = terms.into_iter().map(|(text, _)| text).collect();
        (!terms.is_empty()).then_some(Self { terms, prefix })
    }

    fn fits(&self, index: usize, term: &str) -> bool {
        let Some(wanted) = self.terms.get(index) else { return false };
        let last = index + 1 == self.terms.len();
        if last && self.prefix { term.starts_with(wanted.as_str()) } else { term == wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(query: &str, text: &'a str) -> Vec<&'a str> {
        Query::parse(query).hits(text).into_iter().map(|hit| &text[hit.place]).collect()
    }

    #[test]
    fn every_sign_is_text_and_the_last_word_may_go_on() {
        for (typed, fts) in [
            ("hello wor", r#""hello" AND "wor" *"#),
            (r#"" OR * NEAR(a) title:x -- ^"#, r#""or" AND "near a" AND "title x" *"#),
            ("don't", r#""don t" *"#),
            ("東 京都府", r#""東" * AND "京都 都府" *"#),
            ("用Rust写", r#""用 rust 写" *"#),
            ("  ", ""),
            ("***", ""),
        ] {
            assert_eq!(Query::parse(typed).to_fts(), fts, "{typed}");
        }
    }

    #[test]
    fn a_query_without_end_is_cut() {
        assert!(Query::parse(&"word ".repeat(200_000)).to_fts().len() < 1000);
        assert!(Query::parse(&"x".repeat(1 << 20)).to_fts().len() < 1000);
        assert!(Query::parse(&"字".repeat(1 << 20)).to_fts().len() < 1000);
    }

    #[test]
    fn hits_are_told_where_the_text_has_them() {
        assert_eq!(found("gruss wor", "Grüße, Gruß and WORLD"), ["Gruß", "WORLD"]);
        assert_eq!(found("京都", "東京都と京都"), ["京都", "京都"]);
        assert_eq!(found("東", "東京 東"), ["東", "東"]);
        assert_eq!(found("don't", "I don't; dont; don to"), ["don't", "don to"]);
        assert_eq!(found("用Rust写", "我用Rust写代码"), ["用Rust写"]);
        assert_eq!(found("a a b", "a a a b"), ["a", "a", "a", "a", "a", "a", "b"]);
        assert_eq!(found("x", ""), Vec::<&str>::new());
    }
}
