//! `POST /v1/chat/completions`: one answer, whole or as a stream.
//!
//! A closed socket cancels: hyper drops the body (or the handler), that drops the completion, and
//! the engine stops.

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
use futures::{Stream, StreamExt, stream};
use hearth_api::{ApiError, Caller};
use hearth_app::{Completion, CompletionEvent, CompletionRequest};
use hearth_domain::{ErrorCode, Priority};
use serde_json::Value;

use super::{
    Refusal,
    chunk::{End, Frame, Said},
    guard, models,
    request::ChatRequest,
};
use crate::{body, port::Shared, routes};

pub(crate) async fn chat_completions(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let answered = async {
        let request = ChatRequest::read(&body::json(body).await?)?;
        let completion = begin(&shared, &caller, &request).await?;
        let frame = Frame::new(&request.model, wall_clock());
        if request.stream {
            let found = guard::header(&completion);
            let chunks = Pieces::new(frame, completion, request.include_usage).chunks();
            let answer = routes::sse(chunks.take_until(shared.closing.clone().wait()));
            return Ok(guard::with_header(answer, found));
        }
        whole(&frame, completion).await
    };
    let answered: Result<Response, Refusal> = answered.await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn begin(
    shared: &Shared,
    caller: &Caller,
    request: &ChatRequest,
) -> Result<Completion, Refusal> {
    let model = models::resolve(&shared.app, &request.model).await?;
    let completion = shared.app.complete(CompletionRequest {
        model,
        turns: request.turns.clone(),
        sampling: request.sampling.clone(),
        options: request.options.clone(),
        caller: caller.asks_as(),
        priority: if request.stream { Priority::Stream } else { Priority::Batch },
    });
    Ok(completion.await?)
}

async fn whole(frame: &Frame, mut completion: Completion) -> Result<Response, Refusal> {
    let mut said = Said::default();
    while let Some(event) = completion.next().await? {
        match event {
            CompletionEvent::Delta { text, reasoning } => {
                said.text.push_str(&text);
                said.reasoning.push_str(&reasoning);
            }
            CompletionEvent::ToolCalls(deltas) => {
                deltas.into_iter().for_each(|delta| said.call(delta));
            }
            CompletionEvent::Logprobs(tokens) => {
                said.logprobs.get_or_insert_default().extend(tokens);
            }
            CompletionEvent::Omitted(_) => {}
            CompletionEvent::TakenBack => {
                let text = std::mem::take(&mut said.text);
                said.reasoning.push_str(&text);
            }
            CompletionEvent::Finished { reason, usage, timing } => {
                let mut answer = frame.whole(&said, &End { reason, usage, timing });
                answer["guard"] = guard::object(&completion);
                let found = guard::header(&completion);
                return Ok(guard::with_header(Json(answer).into_response(), found));
            }
        }
    }
    Err(broke_off())
}

/// Since 1970; programs get it as `created` and nothing here depends on it.
fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// An answer without an end: the engine went away.
fn broke_off() -> Refusal {
    ApiError::new(ErrorCode::ShuttingDown, "the answer broke off").into()
}

/// An answer in pieces.
struct Pieces {
    frame: Frame,
    completion: Completion,
    with_usage: bool,
    opened: bool,
    /// The answer called a tool.
    called: bool,
    ended: bool,
    taken_back: bool,
}

impl Pieces {
    fn new(frame: Frame, completion: Completion, with_usage: bool) -> Self {
        Self {
            frame,
            completion,
            with_usage,
            opened: false,
            called: false,
            ended: false,
            taken_back: false,
        }
    }

    fn chunks(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        let batches = stream::unfold(self, |mut pieces| async move {
            let events = pieces.next().await?;
            Some((stream::iter(events.into_iter().map(Ok)), pieces))
        });
        batches.flatten()
    }

    async fn next(&mut self) -> Option<Vec<Event>> {
        if self.ended {
            return None;
        }
        if !self.opened {
            self.opened = true;
            let mut opening = self.frame.opening(self.with_usage);
            opening["guard"] = guard::object(&self.completion);
            return Some(vec![data(&opening)]);
        }
        let next = self.completion.next().await.map_err(Refusal::from);
        let event = match next.and_then(|event| event.ok_or_else(broke_off)) {
            Ok(event) => event,
            Err(refusal) => return Some(self.end(vec![data(&refusal.to_json())])),
        };
        Some(match event {
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
            CompletionEvent::Finished { reason, usage, timing } => {
                let mut closing = self.frame.closing(reason, self.called, self.with_usage);
                closing["guard"] = guard::object(&self.completion);
                if self.taken_back {
                    closing["guard"]["taken_back"] = true.into();
                }
                let mut events = vec![data(&closing)];
                if self.with_usage {
                    events.push(data(&self.frame.usage(usage, timing)));
                }
                self.end(events)
            }
        })
    }

    fn end(&mut self, mut events: Vec<Event>) -> Vec<Event> {
        self.ended = true;
        events.push(Event::default().data("[DONE]"));
        events
    }
}

fn data(object: &Value) -> Event {
    Event::default().data(object.to_string())
}
