//! A response told by events: each item is begun, filled and ended, and each event has its number.

use axum::response::sse::Event;
use hearth_app::{Completion, CompletionEvent};
use hearth_domain::{FinishReason, ToolCallDelta};
use serde_json::{Map, Value, json};

use super::{
    super::{citations, error},
    object::{self, DONE, Frame, RUNNING, new_id},
};
use crate::programs::{End, Refusal, Words};

pub(super) struct Events {
    frame: Frame,
    number: u64,
    open: Option<Item>,
    /// Items that are whole.
    output: Vec<Value>,
}

/// The item that is being filled.
struct Item {
    id: String,
    kind: Kind,
    text: String,
    /// What it cites, once that is known.
    cited: Vec<Value>,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Thought,
    Text,
    Call { index: u32, id: String, name: String },
}

impl Item {
    fn new(kind: Kind) -> Self {
        let id = new_id(match kind {
            Kind::Thought => "rs",
            Kind::Text => "msg",
            Kind::Call { .. } => "fc",
        });
        Self { id, kind, text: String::new(), cited: Vec::new() }
    }

    fn object(&self, status: &str) -> Value {
        match &self.kind {
            Kind::Thought => object::thought(&self.id, &self.text, status),
            Kind::Text => object::message(&self.id, &self.text, &self.cited, status),
            Kind::Call { id, name, .. } => {
                object::function_call(&self.id, id, name, &self.text, status)
            }
        }
    }

    /// What it is called in events, and its part where it has one.
    fn words(&self) -> (&'static str, Option<Value>) {
        match &self.kind {
            Kind::Thought => ("reasoning_text", Some(object::thought_part(&self.text))),
            Kind::Text => ("output_text", Some(object::text_part(&self.text, &self.cited))),
            Kind::Call { .. } => ("function_call_arguments", None),
        }
    }
}

impl Events {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, number: 0, open: None, output: Vec::new() }
    }

    /// An event with its number; clients read its kind from its name and from the object.
    fn event(&mut self, kind: &str, fields: Value) -> Event {
        let mut object = Map::from_iter([
            ("type".to_owned(), kind.into()),
            ("sequence_number".to_owned(), self.number.into()),
        ]);
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        self.number += 1;
        Event::default().event(kind).data(Value::Object(object).to_string())
    }

    /// Where an event of the open item belongs.
    fn place(&self, item: &Item) -> Value {
        json!({"item_id": item.id, "output_index": self.output.len(), "content_index": 0})
    }

    fn begin(&mut self, kind: Kind, events: &mut Vec<Event>) {
        self.end_item(events);
        let item = Item::new(kind);
        let added = json!({"output_index": self.output.len(), "item": item.object(RUNNING)});
        events.push(self.event("response.output_item.added", added));
        if let (_, Some(part)) = item.words() {
            let mut fields = self.place(&item);
            fields["part"] = part;
            events.push(self.event("response.content_part.added", fields));
        }
        self.open = Some(item);
    }

    fn fill(&mut self, more: &str, events: &mut Vec<Event>) {
        let Some(mut item) = self.open.take().filter(|_| !more.is_empty()) else { return };
        item.text.push_str(more);
        let mut fields = self.place(&item);
        fields["delta"] = more.into();
        if item.kind == Kind::Text {
            fields["logprobs"] = json!([]);
        }
        let (name, _) = item.words();
        events.push(self.event(&format!("response.{name}.delta"), fields));
        self.open = Some(item);
    }

    fn end_item(&mut self, events: &mut Vec<Event>) {
        let Some(item) = self.open.take() else { return };
        let (name, part) = item.words();
        let mut fields = self.place(&item);
        match &item.kind {
            Kind::Thought => fields["text"] = item.text.as_str().into(),
            Kind::Text => {
                fields["text"] = item.text.as_str().into();
                fields["logprobs"] = json!([]);
            }
            Kind::Call { name, .. } => {
                fields["arguments"] = item.text.as_str().into();
                fields["name"] = name.as_str().into();
            }
        }
        events.push(self.event(&format!("response.{name}.done"), fields));
        if let Some(part) = part {
            let mut fields = self.place(&item);
            fields["part"] = part;
            events.push(self.event("response.content_part.done", fields));
        }
        let done = item.object(DONE);
        let fields = json!({"output_index": self.output.len(), "item": done});
        events.push(self.event("response.output_item.done", fields));
        self.output.push(done);
    }

    fn said(&mut self, kind: Kind, more: &str, events: &mut Vec<Event>) {
        if more.is_empty() {
            return;
        }
        if self.open.as_ref().is_none_or(|item| item.kind != kind) {
            self.begin(kind, events);
        }
        self.fill(more, events);
    }

    fn call(&mut self, delta: ToolCallDelta, events: &mut Vec<Event>) {
        if let Some((id, name)) = delta.begins {
            self.begin(Kind::Call { index: delta.index, id, name }, events);
        }
        let open = self.open.as_ref().map(|item| &item.kind);
        if matches!(open, Some(Kind::Call { index, .. }) if *index == delta.index) {
            self.fill(&delta.arguments, events);
        }
    }

    /// Tells what the open text cites.
    fn cite(&mut self, cited: Vec<Value>, events: &mut Vec<Event>) {
        let Some(mut item) = self.open.take() else { return };
        if item.kind == Kind::Text {
            for (at, annotation) in cited.iter().enumerate() {
                let mut fields = self.place(&item);
                fields["annotation_index"] = at.into();
                fields["annotation"] = annotation.clone();
                events.push(self.event("response.output_text.annotation.added", fields));
            }
            item.cited = cited;
        }
        self.open = Some(item);
    }

    fn end(&mut self, end: &End, completion: &Completion) -> Vec<Event> {
        let mut events = Vec::new();
        self.cite(citations::flat(completion), &mut events);
        self.end_item(&mut events);
        let response = self.frame.ended(std::mem::take(&mut self.output), end, completion);
        let whole = end.reason == FinishReason::Stop;
        let kind = if whole { "response.completed" } else { "response.incomplete" };
        events.push(self.event(kind, json!({ "response": response })));
        events
    }
}

impl Words for Events {
    type Piece = Event;

    fn opening(&mut self, completion: &Completion) -> Vec<Event> {
        let response = json!({"response": self.frame.running(completion)});
        vec![
            self.event("response.created", response.clone()),
            self.event("response.in_progress", response),
        ]
    }

    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Event> {
        let mut events = Vec::new();
        match event {
            CompletionEvent::Delta { text, reasoning } => {
                self.said(Kind::Thought, &reasoning, &mut events);
                self.said(Kind::Text, &text, &mut events);
            }
            CompletionEvent::ToolCalls(deltas) => {
                deltas.into_iter().for_each(|delta| self.call(delta, &mut events));
            }
            // What was sent as text cannot be taken back.
            CompletionEvent::TakenBack
            | CompletionEvent::Logprobs(_)
            | CompletionEvent::Omitted(_) => {}
            CompletionEvent::Finished { reason, stop, usage, timing } => {
                return self.end(&End { reason, stop, usage, timing }, completion);
            }
        }
        events
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Event> {
        let mut events = Vec::new();
        self.end_item(&mut events);
        let error = &error::object(refusal)["error"];
        let response = self.frame.failed(std::mem::take(&mut self.output), error);
        events.push(self.event("response.failed", json!({ "response": response })));
        events
    }
}
