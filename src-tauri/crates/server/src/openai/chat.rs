//! `POST /v1/chat/completions`: one answer, whole or as a stream.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response, sse::Event},
};
use futures::StreamExt;
use hearth_api::Caller;
use hearth_app::{Completion, CompletionEvent};
use serde_json::Value;

use super::{chunk::Frame, citations, error, request::ChatRequest};
use crate::{
    body,
    port::Shared,
    programs::{self, Refusal, Result, Words, guard},
    reply::Shape,
    routes,
};

pub(crate) async fn chat_completions(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::OpenAi.answer(answer(&shared, &caller, body).await)
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Response> {
    let ChatRequest { asked, include_usage } = ChatRequest::read(&body::json(body).await?)?;
    let completion = programs::begin(shared, caller, &asked).await?;
    let frame = Frame::new(&asked.model, wall_clock());
    let found = guard::header(&completion);
    if asked.stream {
        let words = Chunks::new(frame, include_usage, asked.warnings);
        let chunks = programs::pieces(words, completion).map(Ok::<_, Infallible>);
        let answer = routes::sse(chunks.take_until(shared.closing.clone().wait()));
        return Ok(guard::with_header(answer, found));
    }
    let whole = programs::whole(completion).await?;
    let mut answer = frame.whole(&whole.said, &whole.end);
    let cited = citations::nested(&whole.completion);
    if !cited.is_empty() {
        answer["choices"][0]["message"]["annotations"] = cited.into();
    }
    guard::tell(&mut answer, &whole.completion);
    warn(&mut answer, &asked.warnings);
    let found = guard::header(&whole.completion);
    Ok(guard::with_header(Json(answer).into_response(), found))
}

/// Since 1970; programs get it as `created` and nothing here depends on it.
pub(super) fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Says what was asked in vain, where something was.
pub(super) fn warn(answer: &mut Value, warnings: &[String]) {
    if !warnings.is_empty() {
        answer["warnings"] = warnings.into();
    }
}

/// An answer in chunks.
struct Chunks {
    frame: Frame,
    with_usage: bool,
    warnings: Vec<String>,
    /// The answer called a tool.
    called: bool,
    taken_back: bool,
}

impl Chunks {
    fn new(frame: Frame, with_usage: bool, warnings: Vec<String>) -> Self {
        Self { frame, with_usage, warnings, called: false, taken_back: false }
    }
}

impl Words for Chunks {
    type Piece = Event;

    fn opening(&mut self, completion: &Completion) -> Vec<Event> {
        let mut opening = self.frame.opening(self.with_usage);
        guard::tell(&mut opening, completion);
        warn(&mut opening, &self.warnings);
        vec![data(&opening)]
    }

    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Event> {
        match event {
            CompletionEvent::Delta { text, reasoning } => {
                vec![data(&self.frame.delta(&text, &reasoning, self.with_usage))]
            }
            // What was sent cannot be taken back; `guard.taken_back` of the last chunk says it.
            CompletionEvent::TakenBack => {
                self.taken_back = true;
                Vec::new()
            }
            CompletionEvent::ToolCalls(deltas) => {
                self.called = true;
                vec![data(&self.frame.calls(&deltas, self.with_usage))]
            }
            CompletionEvent::Logprobs(tokens) => {
                vec![data(&self.frame.logprobs(&tokens, self.with_usage))]
            }
            CompletionEvent::Omitted(_) => Vec::new(),
            CompletionEvent::Finished { reason, usage, timing, .. } => {
                let mut closing = self.frame.closing(reason, self.called, self.with_usage);
                guard::tell(&mut closing, completion);
                if self.taken_back {
                    closing["guard"]["taken_back"] = true.into();
                }
                let mut events = Vec::new();
                let cited = citations::nested(completion);
                if !cited.is_empty() {
                    events.push(data(&self.frame.annotations(&cited, self.with_usage)));
                }
                events.push(data(&closing));
                if self.with_usage {
                    events.push(data(&self.frame.usage(usage, timing)));
                }
                events.push(done());
                events
            }
        }
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Event> {
        vec![data(&error::object(refusal)), done()]
    }
}

pub(super) fn data(object: &Value) -> Event {
    Event::default().data(object.to_string())
}

pub(super) fn done() -> Event {
    Event::default().data("[DONE]")
}
