//! What `/v1/messages` answers with: a message, whole or told by events.

use axum::response::sse::Event;
use hearth_app::{Completion, CompletionEvent};
use hearth_domain::{Citation, FinishReason, ToolCallDelta, Usage};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::error;
use crate::programs::{Asked, End, Refusal, Said, Words, guard};

/// What all that is told of one message has in common.
pub(super) struct Frame {
    id: String,
    model: String,
    /// The stop texts of the request, without those of the model's template.
    stops: Vec<String>,
    warnings: Vec<String>,
}

impl Frame {
    pub(super) fn new(asked: &Asked) -> Self {
        Self {
            id: format!("msg_{}", Uuid::new_v4().simple()),
            model: asked.model.clone(),
            stops: asked.sampling.stop.clone(),
            warnings: asked.warnings.clone(),
        }
    }

    /// The message with this content; without an end while it is being written.
    fn message(
        &self,
        content: &[Value],
        end: Option<(&End, bool)>,
        completion: &Completion,
    ) -> Value {
        let (reason, sequence) = end.map_or((None, None), |(end, called)| self.reason(end, called));
        let mut message = json!({
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": sequence,
            "usage": usage(end.map(|(end, _)| end.usage).unwrap_or_default()),
        });
        guard::tell(&mut message, completion);
        if !self.warnings.is_empty() {
            message["warnings"] = self.warnings.as_slice().into();
        }
        message
    }

    /// The whole message.
    pub(super) fn whole(&self, said: &Said, end: &End, completion: &Completion) -> Value {
        let mut content = Vec::new();
        if !said.reasoning.is_empty() {
            content.push(thought(&said.reasoning));
        }
        if !said.text.is_empty() {
            content.push(text_block(&said.text, &citations(completion)));
        }
        for call in &said.calls {
            let input = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
            content.push(tool_use(&call.id, &call.name, &input));
        }
        let called = !said.calls.is_empty();
        self.message(&content, Some((end, called)), completion)
    }

    /// Why it ended, in the words of this interface, and the stop text that came.
    fn reason<'a>(&self, end: &'a End, called: bool) -> (Option<&'static str>, Option<&'a str>) {
        let stop = end.stop.as_deref().filter(|stop| self.stops.iter().any(|it| it == stop));
        let reason = match end.reason {
            _ if called => "tool_use",
            FinishReason::Stop if stop.is_some() => "stop_sequence",
            FinishReason::Stop => "end_turn",
            FinishReason::Length | FinishReason::Cancelled | FinishReason::Error => "max_tokens",
        };
        (Some(reason), stop.filter(|_| !called))
    }
}

/// No signature: thoughts of a local model are not sent back to be checked.
fn thought(text: &str) -> Value {
    json!({"type": "thinking", "thinking": text, "signature": ""})
}

/// Text, with what it cites where that is known.
fn text_block(text: &str, cited: &[Value]) -> Value {
    let mut block = json!({"type": "text", "text": text});
    if !cited.is_empty() {
        block["citations"] = cited.into();
    }
    block
}

/// Citations as places in the text of documents; `number` and `support` are ours.
fn citations(completion: &Completion) -> Vec<Value> {
    let all = completion.sources.iter().flat_map(|sources| &sources.citations);
    let citation = |it: &Citation| {
        json!({
            "type": "char_location",
            "cited_text": it.text,
            "document_index": it.number.saturating_sub(1),
            "document_title": it.document,
            "start_char_index": it.start,
            "end_char_index": it.end,
            "file_id": it.file,
            "number": it.number,
            "support": it.support,
        })
    };
    all.map(citation).collect()
}

fn tool_use(id: &str, name: &str, input: &Value) -> Value {
    json!({"type": "tool_use", "id": id, "name": name, "input": input})
}

/// Tokens read anew and read from the cache are counted apart.
fn usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.prompt_tokens.saturating_sub(usage.cached_tokens),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
    })
}

/// A message told by events: each of its blocks is begun, filled and ended.
pub(super) struct Events {
    frame: Frame,
    /// The block that is being filled.
    open: Option<Block>,
    /// Blocks that were begun.
    begun: usize,
    called: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Thought,
    Text,
    Call(u32),
}

impl Events {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, open: None, begun: 0, called: false }
    }

    /// Sees to it that this block is the open one.
    fn in_block(&mut self, block: Block, empty: impl FnOnce() -> Value, events: &mut Vec<Event>) {
        if self.open == Some(block) {
            return;
        }
        self.end_block(events);
        self.open = Some(block);
        let begin = json!({"index": self.begun, "content_block": empty()});
        events.push(event("content_block_start", begin));
        self.begun += 1;
    }

    fn end_block(&mut self, events: &mut Vec<Event>) {
        if self.open.take().is_some() {
            events.push(event("content_block_stop", json!({"index": self.begun - 1})));
        }
    }

    fn fill(&self, delta: &Value) -> Event {
        event("content_block_delta", json!({"index": self.begun - 1, "delta": delta}))
    }

    fn said(&mut self, text: &str, reasoning: &str) -> Vec<Event> {
        let mut events = Vec::new();
        if !reasoning.is_empty() {
            self.in_block(Block::Thought, || thought(""), &mut events);
            events.push(self.fill(&json!({"type": "thinking_delta", "thinking": reasoning})));
        }
        if !text.is_empty() {
            let empty = || text_block("", &[]);
            self.in_block(Block::Text, empty, &mut events);
            events.push(self.fill(&json!({"type": "text_delta", "text": text})));
        }
        events
    }

    fn call(&mut self, delta: &ToolCallDelta, events: &mut Vec<Event>) {
        if let Some((id, name)) = &delta.begins {
            self.called = true;
            let empty = || tool_use(id, name, &json!({}));
            self.in_block(Block::Call(delta.index), empty, events);
        }
        let is_open = self.open == Some(Block::Call(delta.index));
        if is_open && !delta.arguments.is_empty() {
            let more = json!({"type": "input_json_delta", "partial_json": delta.arguments});
            events.push(self.fill(&more));
        }
    }

    fn end(&mut self, end: &End, completion: &Completion) -> Vec<Event> {
        let mut events = Vec::new();
        if self.open == Some(Block::Text) {
            for citation in citations(completion) {
                events.push(self.fill(&json!({"type": "citations_delta", "citation": citation})));
            }
        }
        self.end_block(&mut events);
        let (reason, sequence) = self.frame.reason(end, self.called);
        let mut delta = json!({
            "delta": {"stop_reason": reason, "stop_sequence": sequence},
            "usage": usage(end.usage),
        });
        guard::tell(&mut delta, completion);
        events.push(event("message_delta", delta));
        events.push(event("message_stop", json!({})));
        events
    }
}

impl Words for Events {
    type Piece = Event;

    fn opening(&mut self, completion: &Completion) -> Vec<Event> {
        let message = self.frame.message(&[], None, completion);
        vec![event("message_start", json!({ "message": message }))]
    }

    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Event> {
        match event {
            CompletionEvent::Delta { text, reasoning } => self.said(&text, &reasoning),
            CompletionEvent::ToolCalls(deltas) => {
                let mut events = Vec::new();
                deltas.iter().for_each(|delta| self.call(delta, &mut events));
                events
            }
            // What was sent as text cannot be taken back.
            CompletionEvent::TakenBack
            | CompletionEvent::Logprobs(_)
            | CompletionEvent::Omitted(_) => Vec::new(),
            CompletionEvent::Finished { reason, stop, usage, timing } => {
                self.end(&End { reason, stop, usage, timing }, completion)
            }
        }
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Event> {
        vec![Event::default().event("error").data(error::object(refusal).to_string())]
    }
}

/// An event; clients read its kind from its name and from the object.
fn event(kind: &str, fields: Value) -> Event {
    let mut object = Map::from_iter([("type".to_owned(), kind.into())]);
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Event::default().event(kind).data(Value::Object(object).to_string())
}
