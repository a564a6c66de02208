//! Citations while an answer streams: numbers that nobody gave out are dropped. What a finished answer
//! says is compared with its passages in `hearth_guard::grounding`.
//!
//! A number means a passage only here: nothing in a document can make a citation.

use hearth_guard::grounding::{Mark, mark};

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
}
