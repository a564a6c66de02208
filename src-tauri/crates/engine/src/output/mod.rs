//! From the bytes of tokens to text for people: whole characters only, nothing of a stop text,
//! thoughts apart from the answer. Not here: which token comes next, and how text is handed over.

mod calls;
mod reasoning;
mod stop;
mod utf8;

use hearth_domain::ToolCallDelta;
use hearth_llama::chat::Rendered;

use self::{
    calls::{ParsedSplit, PlainSplit},
    reasoning::ReasoningSplit,
    stop::StopFilter,
    utf8::Utf8Stream,
};

pub(crate) use self::{
    calls::PLAIN_START,
    reasoning::{Beginning, ThinkTags},
};

/// What one token added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// To the answer.
    pub(crate) text: String,
    /// To the thoughts before it.
    pub(crate) reasoning: String,
    /// To the calls of tools.
    pub(crate) calls: Vec<ToolCallDelta>,
    /// A stop text came; nothing follows.
    pub(crate) stopped: bool,
}

/// Whether an answer may call tools, and in what form it does.
#[derive(Clone, Debug)]
pub(crate) enum CallForm {
    /// It may not.
    None,
    /// In that of the model's template, and so many calls at most.
    Own(Rendered, usize),
    /// As a JSON object.
    Plain,
}

/// How the text of an answer is taken apart.
enum Split {
    Reasoning(ReasoningSplit),
    Parsed(Box<ParsedSplit>),
    Plain(ReasoningSplit, PlainSplit),
}

/// The way from bytes to text of one answer. However the bytes are cut, the text is the same.
pub(crate) struct Output {
    utf8: Utf8Stream,
    stop: StopFilter,
    split: Split,
}

impl Output {
    /// `beginning` says where the prompt ends.
    pub(crate) fn new(
        stops: Vec<String>,
        tags: Option<ThinkTags>,
        beginning: Beginning,
        calls: CallForm,
    ) -> Self {
        let reasoning = ReasoningSplit::new(tags, beginning);
        let split = match calls {
            CallForm::None => Split::Reasoning(reasoning),
            CallForm::Own(rendered, most) => {
                Split::Parsed(Box::new(ParsedSplit::new(rendered, most)))
            }
            CallForm::Plain => Split::Plain(reasoning, PlainSplit::default()),
        };
        Self { utf8: Utf8Stream::default(), stop: StopFilter::new(stops), split }
    }

    /// Whether these bytes are a mark of thoughts or calls.
    pub(crate) fn is_mark(&self, bytes: &[u8]) -> bool {
        match &self.split {
            Split::Reasoning(split) | Split::Plain(split, _) => split.is_mark(bytes),
            Split::Parsed(split) => split.is_mark(bytes),
        }
    }

    /// The stop text that ended the answer.
    pub(crate) fn stop(&self) -> Option<&str> {
        self.stop.found()
    }

    fn split(&mut self, text: &str, added: &mut Added) {
        match &mut self.split {
            Split::Reasoning(split) => split.push(text, &mut added.text, &mut added.reasoning),
            Split::Parsed(split) => split.push(text, added),
            Split::Plain(split, plain) => {
                let mut answer = String::new();
                split.push(text, &mut answer, &mut added.reasoning);
                plain.push(&answer, added);
            }
        }
    }

    /// Takes the bytes of one token.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Added {
        let mut whole = String::new();
        self.utf8.push(bytes, &mut whole);
        let mut added = Added::default();
        let mut passed = String::new();
        added.stopped = self.stop.push(&whole, &mut passed);
        self.split(&passed, &mut added);
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
        self.split(&passed, &mut added);
        match &mut self.split {
            Split::Reasoning(split) => split.finish(&mut added.text, &mut added.reasoning),
            Split::Parsed(split) => split.finish(&mut added),
            Split::Plain(split, plain) => {
                let mut answer = String::new();
                split.finish(&mut answer, &mut added.reasoning);
                plain.push(&answer, &mut added);
                plain.finish(&mut added);
            }
        }
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
        let mut output = Output::new(stops, Some(tags()), Beginning::Nothing, CallForm::None);
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
            let mut output = Output::new(Vec::new(), None, Beginning::Nothing, CallForm::None);
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
