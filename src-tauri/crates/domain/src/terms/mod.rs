//! Text as search compares it: cut into terms that look the same however a person types them.
//!
//! What is indexed and what is asked for go through the same steps: compatibility forms and
//! capitals are folded, accents are dropped (`Grüße` is `grusse`), and text is cut at everything
//! that is neither letter nor digit. Scripts that put no space between words (Chinese, Japanese,
//! Thai and others) are cut into overlapping pairs of characters, the last one of a run alone: a
//! word of any length is then a row of pairs, and a single character is the beginning of a pair.

mod fold;
mod query;

pub use query::{Hit, Query};

use std::ops::ControlFlow;

use self::fold::Fold;

/// Characters of a term; what is longer is no word that anybody types whole.
const TERM_CHARACTERS: usize = 64;

/// One term and the bytes of the text it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// What is compared: letters and digits, no ASCII but `a-z0-9`.
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// The byte after its first character; that of a word is `end`.
    pub head: usize,
    /// The byte after its last one.
    pub end: usize,
}

/// Visits the terms of a text in their order until `visit` breaks.
pub fn visit_terms(text: &str, mut visit: impl FnMut(Term<'_>) -> ControlFlow<()>) {
    let mut run = Run::default();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        for folded in Fold::new(c) {
            let broke = match fold::class(folded) {
                fold::Class::Nothing => {
                    run.extend(end);
                    ControlFlow::Continue(())
                }
                fold::Class::Separator => run.end_with(&mut visit),
                class => run.push(folded, class, start, end, &mut visit),
            };
            if broke.is_break() {
                return;
            }
        }
    }
    // Nothing follows that could be kept from happening.
    let _ = run.end_with(&mut visit);
}

/// The terms of a text with a space between each two: what the full-text index is given.
#[must_use]
pub fn index_text(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    visit_terms(text, |term| {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(term.text);
        ControlFlow::Continue(())
    });
    all
}

/// Whether a term is a single character of a script without spaces: also the beginning of a pair.
fn is_one_of_pairs(term: &str) -> bool {
    let mut characters = term.chars();
    let first = characters.next();
    first.is_some_and(|c| fold::class(c) == fold::Class::Pairs) && characters.next().is_none()
}

/// A character of a run without spaces.
#[derive(Clone, Copy)]
struct Unit {
    c: char,
    start: usize,
    end: usize,
}

/// Characters of one kind that stand together.
#[derive(Default)]
struct Run {
    /// Whether it is cut into pairs.
    pairs: bool,
    /// A word, or the pair that is handed out.
    text: String,
    characters: usize,
    start: usize,
    end: usize,
    /// The characters of a run that is cut into pairs.
    units: Vec<Unit>,
}

impl Run {
    fn is_empty(&self) -> bool {
        self.characters == 0
    }

    /// A mark that is dropped belongs to the character before it.
    fn extend(&mut self, end: usize) {
        self.end = self.end.max(end);
        if let Some(last) = self.units.last_mut() {
            last.end = end;
        }
    }

    fn push(
        &mut self,
        c: char,
        class: fold::Class,
        start: usize,
        end: usize,
        visit: &mut impl FnMut(Term<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        // A mark goes with whatever it stands on.
        let pairs = match class {
            fold::Class::Mark if !self.is_empty() => self.pairs,
            _ => class == fold::Class::Pairs,
        };
        if pairs != self.pairs && !self.is_empty() {
            self.end_with(visit)?;
        }
        if self.is_empty() {
            (self.pairs, self.start) = (pairs, start);
        }
        self.end = end;
        if self.composes(c, end) {
            return ControlFlow::Continue(());
        }
        self.characters += 1;
        if pairs {
            self.units.push(Unit { c, start, end });
        } else if self.characters <= TERM_CHARACTERS {
            self.text.push(c);
        }
        ControlFlow::Continue(())
    }

    /// Puts a character back together with the one before it, as in Hangul and kana.
    fn composes(&mut self, c: char, end: usize) -> bool {
        let last =
            if self.pairs { self.units.last().map(|u| u.c) } else { self.text.chars().last() };
        let Some(whole) = last.and_then(|last| fold::compose(last, c)) else { return false };
        if let Some(unit) = self.units.last_mut() {
            (unit.c, unit.end) = (whole, end);
        } else {
            self.text.pop();
            self.text.push(whole);
        }
        true
    }

    /// Hands out what was collected and begins anew.
    fn end_with(&mut self, visit: &mut impl FnMut(Term<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        if self.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut flow = ControlFlow::Continue(());
        if self.pairs {
            for (index, unit) in self.units.iter().enumerate() {
                let next = self.units.get(index + 1);
                self.text.clear();
                self.text.push(unit.c);
                self.text.extend(next.map(|next| next.c));
                let end = next.map_or(unit.end, |next| next.end);
                let term = Term { text: &self.text, start: unit.start, head: unit.end, end };
                flow = visit(term);
                if flow.is_break() {
                    break;
                }
            }
        } else if !self.text.is_empty() {
            let Self { start, end, .. } = *self;
            flow = visit(Term { text: &self.text, start, head: end, end });
        }
        self.text.clear();
        self.units.clear();
        self.characters = 0;
        flow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_look_the_same_however_they_are_typed() {
        for (text, terms) in [
            ("Grüße, STRASSE & Straße!", "grusse strasse strasse"),
            ("Gru\u{308}ße", "grusse"),
            ("don't stop_it v1.2", "don t stop it v1 2"),
            ("İstanbul ΣΊΣΥΦΟΣ ﬁne Ⅷ ℌ", "istanbul σισυφοσ fine viii h"),
            ("Москва ёлка", "москва елка"),
            ("مُحَمَّد أحمد", "محمد احمد"),
            ("हिन्दी", "हिन्दी"),
            ("\u{ad}soft\u{ad}hyphen", "softhyphen"),
            ("  \u{0} \u{202e}§$%\"*:^()  ", ""),
        ] {
            assert_eq!(index_text(text), terms, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_become_pairs_and_a_last_single_character() {
        for (text, terms) in [
            ("東京都", "東京 京都 都"),
            ("我用Rust写代码", "我用 用 rust 写代 代码 码"),
            ("ｶﾞｷﾞ か\u{3099}", "ガギ ギ が"),
            ("한국어", "한국 국어 어"),
            ("ไทย", "ไท ทย ย"),
            ("字", "字"),
        ] {
            assert_eq!(index_text(text), terms, "{text}");
        }
    }

    #[test]
    fn a_term_knows_its_place_in_the_text() {
        let text = "x Gru\u{308}ße 東京";
        let mut places = Vec::new();
        visit_terms(text, |term| {
            places.push((
                text[term.start..term.end].to_owned(),
                text[term.start..term.head].to_owned(),
            ));
            ControlFlow::Continue(())
        });
        let expected = [("x", "x"), ("Gru\u{308}ße", "Gru\u{308}ße"), ("東京", "東"), ("京", "京")];
        assert_eq!(places, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_line_without_end_is_one_short_term() {
        let terms = index_text(&"a1".repeat(1 << 20));
        assert_eq!(terms.len(), TERM_CHARACTERS);
    }
}
