//! `POST /v1/chat/completions`: one answer or several (`n`), whole or as a stream.

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
use futures::{Stream, StreamExt, future::try_join_all, stream};
use hearth_api::Caller;
use hearth_app::{Completion, CompletionEvent};
use serde_json::Value;

use super::{
    choices::{self, Tally},
    chunk::Frame,
    citations, error,
    request::ChatRequest,
};
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
    let request = ChatRequest::read(&body::json(body).await?)?;
    let completions = choices::begin(shared, caller, &request.asked, request.choices).await?;
    let frame = Frame::new(&request.asked.model, wall_clock());
    if request.asked.stream {
        let found = completions.first().and_then(guard::header);
        let chunks = chunks(&frame, completions, &request).map(Ok::<_, Infallible>);
        let answer = routes::sse(chunks.take_until(shared.closing.clone().wait()));
        return Ok(guard::with_header(answer, found));
    }
    let wholes = try_join_all(completions.into_iter().map(programs::whole)).await?;
    let mut answer = choices::whole(&frame, &wholes);
    warn(&mut answer, &request.asked.warnings);
    let found = wholes.first().and_then(|whole| guard::header(&whole.completion));
    Ok(guard::with_header(Json(answer).into_response(), found))
}

/// The answers in chunks, as they come.
fn chunks(
    frame: &Frame,
    completions: Vec<Completion>,
    request: &ChatRequest,
) -> impl Stream<Item = Event> + Send + 'static {
    let tally = Arc::new(Tally::new(completions.len()));
    let told = completions.into_iter().enumerate().map(|(index, completion)| {
        // Said once.
        let warnings = if index == 0 { request.asked.warnings.clone() } else { Vec::new() };
        let chunks = Chunks {
            frame: frame.of_choice(index),
            with_usage: request.include_usage,
            warnings,
            tally: Arc::clone(&tally),
            called: false,
            taken_back: false,
        };
        programs::pieces(chunks, completion).boxed()
    });
    stream::select_all(told.collect::<Vec<_>>())
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
    /// Shared with the other answers of the request.
    tally: Arc<Tally>,
    /// The answer called a tool.
    called: bool,
    taken_back: bool,
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
        if self.tally.is_over() {
            return Vec::new();
        }
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
                if let Some(usage) = self.tally.end(usage) {
                    if self.with_usage {
                        events.push(data(&self.frame.usage(usage, timing)));
                    }
                    events.push(done());
                }
                events
            }
        }
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Event> {
        // One error ends all; nothing comes after the end.
        if self.tally.break_off() {
            vec![data(&error::object(refusal)), done()]
        } else {
            Vec::new()
        }
    }
}

pub(super) fn data(object: &Value) -> Event {
    Event::default().data(object.to_string())
}

pub(super) fn done() -> Event {
    Event::default().data("[DONE]")
}
