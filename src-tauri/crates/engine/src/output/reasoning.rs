//! Thoughts apart from the answer, by the tags that the model's template uses.
//!
//! A thought is only one at the very beginning; the same tag later is text. White space around a
//! thought belongs to neither side. Not here: formats with channels or tools.

use super::stop::overlap;

/// How a model marks its thoughts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThinkTags {
    pub(crate) start: String,
    pub(crate) end: String,
}

/// Where the text that is split begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// Nothing was said or thought.
    #[default]
    Nothing,
    /// The prompt opened a thought.
    Opened,
    /// In a thought, part of which was told before.
    Thought,
    /// In the answer, part of which was told before.
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing but white space, or part of the opening tag, has come.
    Before,
    /// In a thought, of which nothing is shown yet.
    Opened,
    /// In a thought.
    Inside,
    /// After a thought; nothing but white space has come.
    Closed,
    /// In the answer.
    Answer,
}

/// Splits the text of one answer.
#[derive(Debug)]
pub(crate) struct ReasoningSplit {
    tags: Option<ThinkTags>,
    place: Place,
    held: String,
}

impl ReasoningSplit {
    pub(crate) fn new(tags: Option<ThinkTags>, beginning: Beginning) -> Self {
        let place = match (&tags, beginning) {
            (None, _) | (Some(_), Beginning::Answer) => Place::Answer,
            (Some(_), Beginning::Nothing) => Place::Before,
            (Some(_), Beginning::Opened) => Place::Opened,
            (Some(_), Beginning::Thought) => Place::Inside,
        };
        Self { tags, place, held: String::new() }
    }

    /// Whether these bytes are one of the tags.
    pub(crate) fn is_mark(&self, bytes: &[u8]) -> bool {
        let tags = self.tags.as_ref();
        tags.is_some_and(|tags| [&tags.start, &tags.end].iter().any(|tag| tag.as_bytes() == bytes))
    }

    /// Appends to `answer` and `thought` what is certain now.
    pub(crate) fn push(&mut self, text: &str, answer: &mut String, thought: &mut String) {
        self.held.push_str(text);
        let Some(tags) = self.tags.clone() else {
            answer.push_str(&std::mem::take(&mut self.held));
            return;
        };
        loop {
            let before = self.place;
            match before {
                Place::Before => self.look_for_start(&tags.start),
                Place::Opened => self.skip_space(Place::Inside),
                Place::Inside => self.think(&tags.end, thought),
                Place::Closed => self.skip_space(Place::Answer),
                Place::Answer => answer.push_str(&std::mem::take(&mut self.held)),
            }
            if self.place == before {
                return;
            }
        }
    }

    /// Nothing follows: gives out what was held back.
    pub(crate) fn finish(&mut self, answer: &mut String, thought: &mut String) {
        let held = std::mem::take(&mut self.held);
        match self.place {
            Place::Before | Place::Answer => answer.push_str(&held),
            Place::Inside => thought.push_str(held.trim_end()),
            Place::Opened | Place::Closed => {}
        }
    }

    fn look_for_start(&mut self, start: &str) {
        let seen = self.held.trim_start();
        if let Some(rest) = seen.strip_prefix(start) {
            self.held = rest.to_owned();
            self.place = Place::Opened;
        } else if !start.starts_with(seen) {
            self.place = Place::Answer;
        }
    }

    fn skip_space(&mut self, next: Place) {
        let space = self.held.len() - self.held.trim_start().len();
        self.held.drain(..space);
        if !self.held.is_empty() {
            self.place = next;
        }
    }

    fn think(&mut self, end: &str, thought: &mut String) {
        if let Some(at) = self.held.find(end) {
            thought.push_str(self.held[..at].trim_end());
            self.held.drain(..at + end.len());
            self.place = Place::Closed;
            return;
        }
        let certain = self.held.len() - overlap(&self.held, end);
        let certain = self.held[..certain].trim_end().len();
        thought.extend(self.held.drain(..certain));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, opened: bool) -> (String, String) {
        run_from(text, if opened { Beginning::Opened } else { Beginning::Nothing })
    }

    fn run_from(text: &str, beginning: Beginning) -> (String, String) {
        let tags = ThinkTags { start: "<think>".into(), end: "</think>".into() };
        let mut split = ReasoningSplit::new(Some(tags), beginning);
        let (mut answer, mut thought) = (String::new(), String::new());
        for c in text.chars() {
            split.push(c.encode_utf8(&mut [0; 4]), &mut answer, &mut thought);
        }
        split.finish(&mut answer, &mut thought);
        (answer, thought)
    }

    #[test]
    fn a_thought_is_told_from_the_answer() {
        let (answer, thought) = run("<think>\nlet me see\n\n</think>\n\nParis.\n", false);
        assert_eq!((answer.as_str(), thought.as_str()), ("Paris.\n", "let me see"));
    }

    #[test]
    fn a_thought_that_the_prompt_opened_needs_no_tag() {
        assert_eq!(run("hm </think> Paris", true), ("Paris".into(), "hm".into()));
    }

    #[test]
    fn an_empty_thought_leaves_only_the_answer() {
        assert_eq!(run("<think>\n\n</think>\n\nParis", false), ("Paris".into(), String::new()));
    }

    #[test]
    fn a_tag_later_on_is_text() {
        let text = "Use <think> like </think> this";
        assert_eq!(run(text, false), (text.into(), String::new()));
    }

    #[test]
    fn what_goes_on_keeps_its_spaces_and_its_side() {
        let thought = run_from(" see.\n</think>\n\nParis", Beginning::Thought);
        assert_eq!(thought, ("Paris".into(), " see.".into()));
        let answer = run_from("\n\n<think>", Beginning::Answer);
        assert_eq!(answer, ("\n\n<think>".into(), String::new()));
    }

    #[test]
    fn a_thought_without_an_end_is_a_thought() {
        assert_eq!(run("<think>still </th", false), (String::new(), "still </th".into()));
    }
}
