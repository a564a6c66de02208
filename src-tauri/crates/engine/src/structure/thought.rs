//! Whether the model thinks just now, by the tokens it writes. Not here: the text for people.

use crate::output::{Beginning, ThinkTags};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Inside,
    After,
}

/// Follows one answer.
#[derive(Clone, Debug)]
pub(crate) struct Thought {
    tags: Option<ThinkTags>,
    place: Place,
    tail: Vec<u8>,
}

impl Thought {
    pub(crate) fn new(tags: Option<ThinkTags>, beginning: Beginning) -> Self {
        let place = match (&tags, beginning) {
            (None, _) | (Some(_), Beginning::Answer) => Place::After,
            (Some(_), Beginning::Nothing) => Place::Before,
            (Some(_), Beginning::Opened | Beginning::Thought) => Place::Inside,
        };
        Self { tags, place, tail: Vec::new() }
    }

    /// Whether it thinks.
    pub(crate) fn is_open(&self) -> bool {
        self.place == Place::Inside
    }

    /// Whether it may still begin to.
    pub(crate) fn may_begin(&self) -> bool {
        self.place == Place::Before
    }

    /// Whether these bytes begin a thought.
    pub(crate) fn begins(&self, bytes: &[u8]) -> bool {
        let start = self.tags.as_ref().map(|tags| tags.start.as_bytes());
        self.place == Place::Before && start.is_some_and(|start| bytes.trim_ascii() == start)
    }

    pub(crate) fn end_tag(&self) -> Option<&str> {
        self.tags.as_ref().map(|tags| tags.end.as_str())
    }

    /// Takes the bytes of a token; gives what stands behind the thought that they ended.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let Some(tags) = &self.tags else { return None };
        match self.place {
            Place::After => None,
            Place::Before => {
                self.tail.extend_from_slice(bytes);
                let seen = self.tail.trim_ascii_start();
                let start = tags.start.as_bytes();
                if seen.starts_with(start) {
                    let rest = seen[start.len()..].to_vec();
                    self.place = Place::Inside;
                    self.tail.clear();
                    return self.push(&rest);
                }
                if !start.starts_with(seen) {
                    self.place = Place::After;
                    self.tail.clear();
                }
                None
            }
            Place::Inside => {
                self.tail.extend_from_slice(bytes);
                let end = tags.end.as_bytes();
                if let Some(at) = find(&self.tail, end) {
                    self.place = Place::After;
                    return Some(self.tail.split_off(at + end.len()));
                }
                let kept = self.tail.len().min(end.len());
                self.tail.drain(..self.tail.len() - kept);
                None
            }
        }
    }
}

/// Where a text stands in another.
pub(crate) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len().max(1)).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thought(beginning: Beginning) -> Thought {
        let tags = ThinkTags { start: "<think>".into(), end: "</think>".into() };
        Thought::new(Some(tags), beginning)
    }

    #[test]
    fn a_thought_is_followed_however_its_tags_are_cut() {
        let mut one = thought(Beginning::Nothing);
        for bytes in [&b" <th"[..], b"ink>\na </thin"] {
            assert_eq!(one.push(bytes), None);
        }
        assert!(one.is_open());
        assert_eq!(one.push(b"k>\n\n{").as_deref(), Some(&b"\n\n{"[..]));
        assert!(!one.is_open());
    }

    #[test]
    fn an_answer_without_a_thought_never_opens_one_later() {
        let mut one = thought(Beginning::Nothing);
        assert_eq!(one.push(b"Hello"), None);
        assert_eq!(one.push(b"<think>"), None);
        assert!(!one.is_open() && !one.may_begin());
    }
}
