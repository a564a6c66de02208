//! From the bytes of tokens to text for people: whole characters only, nothing of a stop text,
//! thoughts apart from the answer. Not here: which token comes next, and how text is handed over.

mod reasoning;
mod stop;
mod utf8;

use self::{reasoning::ReasoningSplit, stop::StopFilter, utf8::Utf8Stream};

pub(crate) use self::reasoning::{Beginning, ThinkTags};

/// What one token added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// To the answer.
    pub(crate) text: String,
    /// To the thoughts before it.
    pub(crate) reasoning: String,
    /// A stop text came; nothing follows.
    pub(crate) stopped: bool,
}

/// The way from bytes to text of one answer. However the bytes are cut, the text is the same.
#[derive(Debug)]
pub(crate) struct Output {
    utf8: Utf8Stream,
    stop: StopFilter,
    split: ReasoningSplit,
}

impl Output {
    /// `beginning` says where the prompt ends.
    pub(crate) fn new(stops: Vec<String>, tags: Option<ThinkTags>, beginning: Beginning) -> Self {
        let split = ReasoningSplit::new(tags, beginning);
        Self { utf8: Utf8Stream::default(), stop: StopFilter::new(stops), split }
    }

    /// Whether these bytes are a mark of thoughts.
    pub(crate) fn is_mark(&self, bytes: &[u8]) -> bool {
        self.split.is_mark(bytes)
    }

    /// Takes the bytes of one token.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Added {
        let mut whole = String::new();
        self.utf8.push(bytes, &mut whole);
        let mut added = Added::default();
        let mut passed = String::new();
        added.stopped = self.stop.push(&whole, &mut passed);
        self.split.push(&passed, &mut added.text, &mut added.reasoning);
        added
    }

    /// The model ended: gives out what was held back.
    pub(crate) fn finish(&mut self) -> Added {
        let mut added = Added::default();
        let mut whole = String::new();
        self.utf8.finish(&mut whole);
        let mut passed = String::new();
        added.stopped = self.stop.push(&whole, &mut passed);
        self.stop.finish(&mut passed);
        self.split.push(&passed, &mut added.text, &mut added.reasoning);
        self.split.finish(&mut added.text, &mut added.reasoning);
        added
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags() -> ThinkTags {
        ThinkTags { start: "<think>".into(), end: "</think>".into() }
    }

    fn run(chunks: &[&[u8]], stops: &[&str]) -> (String, String) {
        let stops = stops.iter().map(ToString::to_string).collect();
        let mut output = Output::new(stops, Some(tags()), Beginning::Nothing);
        let (mut text, mut reasoning) = (String::new(), String::new());
        for chunk in chunks {
            let added = output.push(chunk);
            text.push_str(&added.text);
            reasoning.push_str(&added.reasoning);
            if added.stopped {
                break;
            }
        }
        let added = output.finish();
        (text + &added.text, reasoning + &added.reasoning)
    }

    /// Cuts `whole` before each of the places.
    fn cut<'a>(whole: &'a [u8], places: &[prop::sample::Index]) -> Vec<&'a [u8]> {
        let mut ends: Vec<usize> = places.iter().map(|i| i.index(whole.len() + 1)).collect();
        ends.push(whole.len());
        ends.sort_unstable();
        let mut start = 0;
        ends.into_iter().map(|end| &whole[std::mem::replace(&mut start, end)..end]).collect()
    }

    fn part() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            4 => "[ab \n]{0,4}".prop_map(String::into_bytes),
            2 => Just("<think>".as_bytes().to_vec()),
            2 => Just("</think>".as_bytes().to_vec()),
            1 => Just("</thi".as_bytes().to_vec()),
            1 => Just("STOP".as_bytes().to_vec()),
            1 => Just("TOP".as_bytes().to_vec()),
            2 => Just("äß€😀".as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..4),
        ]
    }

    proptest! {
        #[test]
        fn any_way_of_cutting_gives_the_same_text(
            parts in prop::collection::vec(part(), 0..12),
            places in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let whole = parts.concat();
            let stops = ["STOP", "TO", "bb"];
            let at_once = run(&[&whole], &stops);
            prop_assert_eq!(run(&cut(&whole, &places), &stops), at_once.clone());
            let bytes: Vec<&[u8]> = whole.chunks(1).collect();
            prop_assert_eq!(run(&bytes, &stops), at_once);
        }

        #[test]
        fn without_stop_texts_and_thoughts_every_byte_comes_out(
            whole in prop::collection::vec(any::<u8>(), 0..64),
            places in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut output = Output::new(Vec::new(), None, Beginning::Nothing);
            let mut text = String::new();
            for chunk in cut(&whole, &places) {
                text.push_str(&output.push(chunk).text);
            }
            text.push_str(&output.finish().text);
            prop_assert_eq!(text, String::from_utf8_lossy(&whole));
        }
    }

    #[test]
    fn a_stop_text_inside_a_thought_ends_the_answer_too() {
        let whole = "<think>one STOP two</think>three".as_bytes();
        assert_eq!(run(&[whole], &["STOP"]), (String::new(), "one".into()));
    }
}
