//! Citations while an answer streams and after it: numbers that nobody gave out are dropped, and each
//! sentence that cites a passage is compared with it.
//!
//! A number means a passage only here: nothing in a document can make a citation.

use std::collections::{BTreeMap, HashSet};

use hearth_domain::terms::visit_terms;

/// The longest mark that is waited for: `[12, 13]`.
const LONGEST_MARK: usize = 24;
/// From this share of common words on, a passage counts as what a sentence without a mark is from.
const SURELY: f32 = 0.5;
/// Fewer words say nothing about where a sentence is from.
const FEWEST_WORDS: usize = 3;

/// Lets an answer through and takes out marks of passages that there are none of.
#[derive(Debug)]
pub(crate) struct MarkFilter {
    passages: u32,
    held: String,
    /// The last character that went through.
    before: Option<char>,
}

impl MarkFilter {
    pub(crate) fn new(passages: u32) -> Self {
        Self { passages, held: String::new(), before: None }
    }

    /// Takes the next piece, and gives what can be said already.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        let mut out = String::with_capacity(self.held.len());
        while let Some(at) = self.held.find('[') {
            let (text, rest) = self.held.split_at(at);
            self.before = text.chars().next_back().or(self.before);
            out.push_str(text);
            let rest = rest.to_owned();
            match mark(&rest) {
                Mark::Whole { numbers, length } => {
                    out.push_str(&self.allowed(&rest[..length], &numbers));
                    self.before = Some(']');
                    self.held = rest[length..].to_owned();
                }
                Mark::Begun => {
                    self.held = rest;
                    return out;
                }
                Mark::None => {
                    out.push('[');
                    self.before = Some('[');
                    self.held = rest[1..].to_owned();
                }
            }
        }
        let text = std::mem::take(&mut self.held);
        self.before = text.chars().next_back().or(self.before);
        out.push_str(&text);
        out
    }

    /// What is left at the end.
    pub(crate) fn end(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The mark with the numbers that were given out, in the one form that is shown.
    fn allowed(&self, mark: &str, numbers: &[u32]) -> String {
        // `list[3]` in a piece of code is no citation.
        if self.before.is_some_and(|c| c == '_' || c == ')' || c.is_ascii_alphanumeric()) {
            let known = numbers.iter().all(|number| self.is_known(*number));
            if !known || numbers.len() > 1 {
                return mark.to_owned();
            }
        }
        let known = numbers.iter().filter(|number| self.is_known(**number));
        known.map(|number| format!("[{number}]")).collect()
    }

    fn is_known(&self, number: u32) -> bool {
        (1..=self.passages).contains(&number)
    }
}

/// What a bracket begins.
enum Mark {
    Whole { numbers: Vec<u32>, length: usize },
    Begun,
    None,
}

fn mark(text: &str) -> Mark {
    let inner = &text[1..];
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

/// How far each passage that an answer cites supports the sentences that cite it: the least share of
/// the words of one of them that are in the passage. Where nothing is cited, the passages that
/// sentences are surely from.
pub(crate) fn support(answer: &str, passages: &[&str]) -> BTreeMap<u32, f32> {
    let words: Vec<HashSet<String>> =
        passages.iter().map(|text| words_of(text).collect()).collect();
    let mut cited: BTreeMap<u32, f32> = BTreeMap::new();
    let mut likely: BTreeMap<u32, f32> = BTreeMap::new();
    for sentence in sentences(answer) {
        let (text, numbers) = without_marks(sentence);
        let said: Vec<String> = words_of(&text).collect();
        let share = |number: u32| {
            let passage = words.get(number as usize - 1)?;
            let common = said.iter().filter(|word| passage.contains(*word)).count();
            Some(if said.is_empty() { 1.0 } else { common as f32 / said.len() as f32 })
        };
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
            // A mark, and what is between two of them, belongs to the sentence before it.
            '[' if ended => while letters.next_if(|(_, next)| *next != ']').is_some() {},
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

/// Words that carry meaning, folded; pairs of characters where a script has no words.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    visit_terms(text, |term| {
        if term.text.chars().count() > 2 || term.text.chars().any(|c| !c.is_ascii_lowercase()) {
            words.push(term.text.to_owned());
        }
        std::ops::ControlFlow::Continue(())
    });
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(passages: u32, pieces: &[&str]) -> String {
        let mut filter = MarkFilter::new(passages);
        let mut out: String = pieces.iter().map(|piece| filter.push(piece)).collect();
        out.push_str(&filter.end());
        out
    }

    #[test]
    fn marks_that_were_given_out_stay_and_others_go_however_they_are_cut() {
        assert_eq!(
            through(3, &["It opens at nine [1][7]. Then [", "2", ", 9", "]."]),
            "It opens at nine [1]. Then [2]."
        );
        assert_eq!(through(3, &["One [1, 3] and [4]"]), "One [1][3] and ");
    }

    #[test]
    fn brackets_that_are_no_marks_stay_as_they_are() {
        for text in ["a list[12] of [things] and [1", "[x](y) [] [,]", "row[7] = col[0]"] {
            let pieces: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            assert_eq!(through(2, &pieces), text);
        }
    }

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
    fn a_mark_behind_the_stop_belongs_to_the_sentence_before_it() {
        assert_eq!(sentences("One. [1] Two 3.5 is [2].\nThree").len(), 3);
        assert_eq!(sentences("一。[1]二。").len(), 2);
    }
}
