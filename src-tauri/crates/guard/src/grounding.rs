//! Whether an answer follows from the passages that it cites: a score of shared words for each sentence
//! and passage. Words only: a sentence that says the opposite with the same words scores as high.
//! Not the reading of marks while an answer streams, and not the search for passages.

use std::collections::{BTreeMap, HashSet};

use hearth_domain::terms::visit_terms;

/// The longest mark that is waited for: `[12, 13]`.
const LONGEST_MARK: usize = 24;
/// Letters of a bracket that belongs to the sentence before it.
const LONGEST_BRACKET: usize = 120;
/// From this share of common words on, a passage counts as what a sentence without a mark is from.
const SURELY: f32 = 0.5;
/// Fewer words say nothing about where a sentence is from.
const FEWEST_WORDS: usize = 3;
/// A name or a number counts as so many other words: what was asked is in most passages that are
/// found, who and how much is in those that answer.
const TELLING: f32 = 2.0;

/// What a bracket begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A mark of citation.
    Whole {
        /// The passages that it names.
        numbers: Vec<u32>,
        /// Its bytes, with the brackets.
        length: usize,
    },
    /// What may become one.
    Begun,
    /// Something else.
    None,
}

/// The mark at the beginning of a text that begins with `[`.
#[must_use]
pub fn mark(text: &str) -> Mark {
    let Some(inner) = text.strip_prefix('[') else { return Mark::None };
    let end = inner.find(|c: char| !c.is_ascii_digit() && !", ".contains(c));
    let Some(end) = end else {
        return if text.len() > LONGEST_MARK { Mark::None } else { Mark::Begun };
    };
    if !inner[end..].starts_with(']') {
        return Mark::None;
    }
    let numbers: Option<Vec<u32>> =
        inner[..end].split(',').map(|it| it.trim().parse().ok()).collect();
    match numbers {
        Some(numbers) => Mark::Whole { numbers, length: end + 2 },
        None => Mark::None,
    }
}

/// The words of a passage, to compare sentences with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(HashSet<String>);

impl Words {
    /// Of this passage.
    #[must_use]
    pub fn of(passage: &str) -> Self {
        Self(words_of(passage).into_iter().map(|word| word.text).collect())
    }

    /// The share of these words that the passage has, by what they count; without words nothing is
    /// unsupported.
    fn share(&self, said: &[Word]) -> f32 {
        let common = said.iter().filter(|word| self.0.contains(&word.text));
        let common: f32 = common.map(|word| word.weight).sum();
        let all: f32 = said.iter().map(|word| word.weight).sum();
        if said.is_empty() { 1.0 } else { common / all }
    }
}

/// A word of a sentence, folded, and how much it counts.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    weight: f32,
}

/// How far a passage supports an answer that cites it as a whole: 0 to 1, that of the sentence which
/// it supports least.
#[must_use]
pub fn score(answer: &str, passage: &str) -> f32 {
    let words = Words::of(passage);
    let shares = sentences(answer).into_iter().map(|sentence| {
        let (text, _) = without_marks(sentence);
        words.share(&words_of(&text))
    });
    shares.fold(1.0, f32::min)
}

/// How far each passage that an answer cites supports the sentences that cite it: the least share of
/// the words of one of them that are in the passage. Where nothing is cited, the passages that
/// sentences are surely from. Passages are counted from 1.
#[must_use]
pub fn support(answer: &str, passages: &[&str]) -> BTreeMap<u32, f32> {
    let words: Vec<Words> = passages.iter().map(|text| Words::of(text)).collect();
    let mut cited: BTreeMap<u32, f32> = BTreeMap::new();
    let mut likely: BTreeMap<u32, f32> = BTreeMap::new();
    for sentence in sentences(answer) {
        let (text, numbers) = without_marks(sentence);
        let said = words_of(&text);
        let share = |number: u32| Some(words.get(number as usize - 1)?.share(&said));
        for number in numbers.iter().copied().filter(|number| *number > 0) {
            if let Some(share) = share(number) {
                let least = cited.entry(number).or_insert(share);
                *least = least.min(share);
            }
        }
        if numbers.is_empty() && said.len() >= FEWEST_WORDS {
            let all =
                (1..=passages.len() as u32).filter_map(|number| Some((number, share(number)?)));
            let best = all.fold(None, |best: Option<(u32, f32)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
            if let Some((number, share)) = best.filter(|(_, share)| *share >= SURELY) {
                likely.entry(number).and_modify(|least| *least = least.min(share)).or_insert(share);
            }
        }
    }
    if cited.is_empty() { likely } else { cited }
}

/// Sentences with the marks behind them.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut from, mut ended) = (0, false);
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        match c {
            '.' | '!' | '?' => ended = next.is_none_or(|next| next.is_whitespace() || next == '['),
            '。' | '！' | '？' | '؟' | '।' => ended = true,
            '\n' => {
                sentences.push(&text[from..at]);
                (from, ended) = (at, false);
            }
            // What stands in brackets belongs to the sentence before it, marks above all.
            '[' if ended => {
                let close = text[at..].chars().take(LONGEST_BRACKET).position(|it| it == ']');
                letters.by_ref().take(close.unwrap_or(0)).for_each(drop);
            }
            _ if ended && c.is_alphanumeric() => {
                sentences.push(&text[from..at]);
                (from, ended) = (at, false);
            }
            _ => {}
        }
    }
    sentences.push(&text[from..]);
    sentences.retain(|sentence| !sentence.trim().is_empty());
    sentences
}

fn without_marks(sentence: &str) -> (String, Vec<u32>) {
    let (mut text, mut numbers, mut rest) = (String::new(), Vec::new(), sentence);
    while let Some(at) = rest.find('[') {
        text.push_str(&rest[..at]);
        match mark(&rest[at..]) {
            Mark::Whole { numbers: more, length } => {
                numbers.extend(more);
                rest = &rest[at + length..];
            }
            Mark::Begun | Mark::None => {
                text.push('[');
                rest = &rest[at + 1..];
            }
        }
    }
    text.push_str(rest);
    (text, numbers)
}

/// Words that carry meaning, folded; pairs of characters where a script has no words. The first word of
/// a sentence is no name: it would be written so anyhow.
fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    visit_terms(text, |term| {
        if term.text.chars().count() > 2 || term.text.chars().any(|c| !c.is_ascii_lowercase()) {
            let capital = text[term.start..].starts_with(char::is_uppercase) && !words.is_empty();
            let telling = capital || term.text.contains(char::is_numeric);
            let weight = if telling { TELLING } else { 1.0 };
            words.push(Word { text: term.text.to_owned(), weight });
        }
        std::ops::ControlFlow::Continue(())
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_compared_with_the_passage_that_it_cites() {
        let passages = ["The depot opens at nine in the morning.", "Snipers use the long rifle."];
        let found =
            support("The depot opens at nine. [1] Bananas grow in warm countries [2].", &passages);
        assert!(found[&1] > 0.9, "{found:?}");
        assert!(found[&2] < 0.3, "{found:?}");
    }

    #[test]
    fn where_nothing_is_cited_a_sentence_belongs_to_what_it_says_word_for_word() {
        let passages = ["Snipers use the long rifle.", "The depot opens at nine in the morning."];
        let found = support("The depot opens at nine.", &passages);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [2]);
        assert!(support("I do not know anything about that subject.", &passages).is_empty());
    }

    #[test]
    fn a_missing_name_or_number_counts_more_than_another_word() {
        let passage = "The mill by the river was built by Ada Miller in 1846.";
        let right = score("The mill was built by Ada Miller in 1846.", passage);
        let word = score("The mill was painted by Ada Miller in 1846.", passage);
        let name = score("The mill was built by Ada Baker in 1846.", passage);
        let number = score("The mill was built by Ada Miller in 1871.", passage);
        assert!(right == 1.0 && word < right && name < word && number < word);
        assert_eq!(score("", passage), 1.0);
    }

    #[test]
    fn an_answer_is_supported_as_far_as_its_least_supported_sentence() {
        let passage = "The depot opens at nine.";
        assert!(score("The depot opens at nine. Bananas grow in warm countries.", passage) < 0.1);
    }

    #[test]
    fn a_bracket_that_begins_no_mark_is_none_and_so_is_a_text_without_one() {
        assert_eq!(mark("[1, 2] x"), Mark::Whole { numbers: vec![1, 2], length: 6 });
        assert_eq!((mark("[1"), mark("[x]"), mark("")), (Mark::Begun, Mark::None, Mark::None));
    }

    #[test]
    fn a_mark_behind_the_stop_belongs_to_the_sentence_before_it() {
        assert_eq!(sentences("One. [1] Two 3.5 is [2].\nThree").len(), 3);
        assert_eq!(sentences("一。[1]二。").len(), 2);
        assert_eq!(sentences("One. [see note 3] Two.").len(), 2);
        assert_eq!(sentences(&format!("One. [ Two. {}", "Three. ".repeat(30))).len(), 32);
    }
}
