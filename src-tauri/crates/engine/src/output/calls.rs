//! Calls of tools in an answer: by the parser that llama.cpp makes from the model's own template, or
//! in a plain form for models whose template knows no tools. Not here: making the model call one.

use std::time::{Duration, Instant};

use hearth_domain::ToolCallDelta;
use hearth_llama::chat::{Parsed, ParsedCall, Rendered};
use serde_json::Value;

use super::Added;
use crate::sampling::random_seed;

/// Parsing starts from the beginning each time: it is done at most this often,
const PACE: Duration = Duration::from_millis(30);
/// and takes at most one part in this many of the time.
const SHARE: u32 = 10;

/// Splits an answer by the model's own parser.
pub(crate) struct ParsedSplit {
    rendered: Rendered,
    /// Calls that the answer may have: forms of some templates take more than were asked for.
    most: usize,
    /// All that the model wrote.
    text: String,
    told: Parsed,
    /// Not parsed again before.
    due: Option<Instant>,
}

impl ParsedSplit {
    pub(crate) fn new(rendered: Rendered, most: usize) -> Self {
        Self { rendered, most, text: String::new(), told: Parsed::default(), due: None }
    }

    /// Whether these bytes are a mark that the parser must see.
    pub(super) fn is_mark(&self, bytes: &[u8]) -> bool {
        self.rendered.preserved.iter().any(|mark| mark.as_bytes() == bytes)
    }

    pub(super) fn push(&mut self, text: &str, added: &mut Added) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let began = Instant::now();
        if self.due.is_some_and(|due| began < due) {
            return;
        }
        if let Ok(parsed) = self.rendered.parse(&self.text, true) {
            self.tell(parsed, false, added);
        }
        self.due = Some(began + PACE.max(began.elapsed() * SHARE));
    }

    pub(super) fn finish(&mut self, added: &mut Added) {
        match self.rendered.parse(&self.text, false) {
            Ok(parsed) => self.tell(parsed, true, added),
            // Cut short, or not in the model's form: as much of it as is certain; where nothing is,
            // what was written.
            Err(_) => match self.rendered.parse(&self.text, true) {
                Ok(parsed) if parsed != Parsed::default() => self.tell(parsed, true, added),
                _ if self.told == Parsed::default() => added.text.push_str(&self.text),
                _ => {}
            },
        }
    }

    /// Tells what is new. What was told stays told, so a parser that thinks better of it is waited for.
    fn tell(&mut self, parsed: Parsed, last: bool, added: &mut Added) {
        grow(&mut self.told.reasoning, &parsed.reasoning, &mut added.reasoning);
        grow(&mut self.told.content, &parsed.content, &mut added.text);
        for (at, call) in parsed.calls.into_iter().enumerate() {
            if at >= self.most {
                added.stopped = true;
                break;
            }
            // The name is whole once arguments follow it; the last call may still be named.
            if call.name.is_empty() || (!last && call.arguments.is_empty()) {
                break;
            }
            let index = u32::try_from(at).unwrap_or(u32::MAX);
            let mut delta = ToolCallDelta { index, ..ToolCallDelta::default() };
            if at >= self.told.calls.len() {
                let id = if call.id.is_empty() { new_id() } else { call.id.clone() };
                delta.begins = Some((id, call.name.clone()));
                self.told.calls.push(ParsedCall { arguments: String::new(), ..call.clone() });
            }
            grow(&mut self.told.calls[at].arguments, &call.arguments, &mut delta.arguments);
            if delta.begins.is_some() || !delta.arguments.is_empty() {
                added.calls.push(delta);
            }
        }
    }
}

/// Appends to `new` what `now` has beyond `told`.
fn grow(told: &mut String, now: &str, new: &mut String) {
    if let Some(more) = now.strip_prefix(told.as_str()) {
        new.push_str(more);
        told.push_str(more);
    }
}

/// What the text of calls begins with, in the plain form.
pub(crate) const PLAIN_START: &str = "{\"tool_calls\"";

/// Splits an answer in the plain form: nothing but a JSON object with the calls. Each is told when it
/// is whole, so that an answer that is cut short has those that came before.
#[derive(Debug, Default)]
pub(crate) struct PlainSplit {
    held: String,
    /// It is certain to be text.
    is_text: bool,
    /// Where in `held` the next call begins, once the list of them does.
    next: Option<usize>,
    /// Names and arguments of those that were told.
    told: Vec<(String, String)>,
}

impl PlainSplit {
    pub(super) fn push(&mut self, text: &str, added: &mut Added) {
        self.held.push_str(text);
        let compact: String = self.held.chars().filter(|c| !c.is_whitespace()).take(64).collect();
        let open = PLAIN_START.starts_with(&compact) || compact.starts_with(PLAIN_START);
        if self.is_text || !open {
            self.is_text = true;
            added.text.push_str(&std::mem::take(&mut self.held));
        } else {
            self.tell_whole(added);
        }
    }

    pub(super) fn finish(&mut self, added: &mut Added) {
        let held = std::mem::take(&mut self.held);
        if self.told.is_empty() {
            added.text.push_str(&held);
        }
    }

    /// Tells the calls that are whole. One that was told before ends the answer: a model that knows
    /// no tools by itself repeats a call until it may write no more.
    fn tell_whole(&mut self, added: &mut Added) {
        if self.next.is_none() {
            self.next = self.held.find('[').map(|at| at + 1);
        }
        while let Some((call, end)) = self.next.and_then(|next| whole_call(&self.held, next)) {
            self.next = Some(end);
            if self.told.contains(&call) {
                added.stopped = true;
                return;
            }
            let (name, arguments) = call.clone();
            let index = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
            added.calls.push(ToolCallDelta { index, begins: Some((new_id(), name)), arguments });
            self.told.push(call);
        }
    }
}

/// The name and the arguments of the call that begins here, and where it ends, if it is whole.
fn whole_call(text: &str, from: usize) -> Option<((String, String), usize)> {
    let rest = text.get(from..)?;
    let begin = from + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', ',']).len());
    let mut objects = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
    let call = objects.next()?.ok()?;
    let name = call.get("name")?.as_str()?.to_owned();
    Some(((name, call.get("arguments")?.to_string()), begin + objects.byte_offset()))
}

/// Names a call; it needs to differ from the others of a conversation.
fn new_id() -> String {
    format!("call_{:08x}{:08x}", random_seed(), random_seed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(pieces: &[&str]) -> (Vec<String>, Added) {
        let mut split = PlainSplit::default();
        let mut added = Added::default();
        let mut shown = Vec::new();
        for piece in pieces {
            split.push(piece, &mut added);
            shown.push(added.text.clone());
        }
        split.finish(&mut added);
        (shown, added)
    }

    #[test]
    fn a_plain_call_is_told_as_a_call_and_text_is_told_at_once() {
        let (shown, added) = plain(&[
            "{ \"tool_",
            "calls\": [{\"name\": \"clock\", \"arguments\": {\"zone\": \"UTC\"}}]}",
        ]);
        assert_eq!(shown, ["", ""]);
        let call = &added.calls[0];
        assert_eq!(call.begins.as_ref().map(|(_, name)| name.as_str()), Some("clock"));
        assert_eq!(call.arguments, r#"{"zone":"UTC"}"#);
        let (shown, added) = plain(&["{ \"tool", "box\": 1}"]);
        assert_eq!(shown, ["", "{ \"toolbox\": 1}"]);
        assert!(added.calls.is_empty());
    }

    #[test]
    fn a_plain_call_that_is_cut_short_is_told_as_text() {
        let (_, added) = plain(&["{\"tool_calls\": [{\"name\""]);
        assert_eq!(added.text, "{\"tool_calls\": [{\"name\"");
    }

    #[test]
    fn calls_before_one_that_is_cut_short_are_told_and_a_repeated_one_ends_the_answer() {
        let call =
            |zone: &str| format!(r#"{{"name": "clock", "arguments": {{"zone": "{zone}"}}}}"#);
        let begin = format!("{{\"tool_calls\": [{}, ", call("UTC"));
        let (_, added) = plain(&[&begin, &call("CET"), ", {\"name\""]);
        assert_eq!((added.calls.len(), added.stopped), (2, false));
        assert_eq!((added.calls[1].index, added.text.as_str()), (1, ""));
        let (_, added) = plain(&[&begin, &call("UTC"), ", "]);
        assert_eq!((added.calls.len(), added.stopped), (1, true));
    }
}
