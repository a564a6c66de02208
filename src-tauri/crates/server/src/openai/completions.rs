//! `POST /v1/completions`: a text that the model goes on with, without a template around it. What
//! looks like a mark of the model in it stays text.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response, sse::Event},
};
use futures::StreamExt;
use hearth_api::Caller;
use hearth_app::{Completion, CompletionEvent, PromptForm, Turn};
use hearth_domain::{FinishReason, Role, Usage};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chat::{data, done, wall_clock, warn},
    chunk::{finish_reason, usage_object},
    error, options,
    request::{HARMLESS, include_usage, sampling},
};
use crate::{
    body,
    port::Shared,
    programs::{self, Asked, COLLECTIONS, Fields, Refusal, Result, Words, guard},
    reply::Shape,
    routes,
};

/// Tokens of an answer unless told otherwise, as OpenAI has it.
const USUAL_TOKENS: u32 = 16;
/// Fields of this interface that Hearth does not have.
const NOT_YET: [&str; 3] = ["suffix", "logprobs", COLLECTIONS];

pub(crate) async fn completions(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::OpenAi.answer(answer(&shared, &caller, body).await)
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Response> {
    let body = body::json(body).await?;
    let ((asked, with_usage), warnings) = programs::read(&body, &HARMLESS, read)?;
    let asked = Asked { warnings, ..asked };
    let completion = programs::begin(shared, caller, &asked).await?;
    let words = Texts::new(&asked, with_usage);
    let found = guard::header(&completion);
    if asked.stream {
        let chunks = programs::pieces(words, completion).map(Ok::<_, Infallible>);
        let answer = routes::sse(chunks.take_until(shared.closing.clone().wait()));
        return Ok(guard::with_header(answer, found));
    }
    let whole = programs::whole(completion).await?;
    let mut answer = words.object(&whole.said.text, Some(whole.end.reason));
    answer["usage"] = usage_object(whole.end.usage);
    guard::tell(&mut answer, &whole.completion);
    let found = guard::header(&whole.completion);
    Ok(guard::with_header(Json(answer).into_response(), found))
}

/// A request, and whether its stream is to end with what it took.
pub(super) fn read(fields: Fields<'_>) -> Result<(Asked, bool)> {
    fields.without(&NOT_YET)?;
    // More answers at once are not supported here.
    for name in ["n", "best_of"] {
        fields.integer(name, 1..=1)?;
    }
    if fields.flag("echo")?.unwrap_or(false) {
        return Err(Refusal::not_supported("echo"));
    }
    let mut sampling = sampling(fields)?;
    sampling.max_tokens.get_or_insert(USUAL_TOKENS);
    let stream = fields.flag("stream")?.unwrap_or(false);
    let asked = Asked {
        model: fields.model()?,
        collections: Vec::new(),
        turns: vec![Turn::new(Role::User, prompt(fields)?)],
        form: PromptForm::Raw,
        sampling,
        thinking: false,
        options: options::read(fields)?,
        stream,
        warnings: Vec::new(),
    };
    let with_usage = include_usage(fields, stream)?;
    Ok((asked, with_usage))
}

fn prompt(fields: Fields<'_>) -> Result<String> {
    match fields.get("prompt") {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(texts)) if texts.len() == 1 && texts[0].is_string() => {
            Ok(texts[0].as_str().unwrap_or_default().to_owned())
        }
        _ => Err(Refusal::field("prompt", "a text; several, or numbers of tokens, are not read")),
    }
}

/// The answer, whole or in chunks of one form.
struct Texts {
    id: String,
    created: u64,
    model: String,
    warnings: Vec<String>,
    with_usage: bool,
}

impl Texts {
    fn new(asked: &Asked, with_usage: bool) -> Self {
        Self {
            id: format!("cmpl-{}", Uuid::new_v4().simple()),
            created: wall_clock().as_secs(),
            model: asked.model.clone(),
            warnings: asked.warnings.clone(),
            with_usage,
        }
    }

    fn object(&self, text: &str, end: Option<FinishReason>) -> Value {
        let finish = end.map(|reason| finish_reason(reason, false));
        let choice = json!({"index": 0, "text": text, "logprobs": null, "finish_reason": finish});
        let mut object = json!({
            "id": self.id,
            "object": "text_completion",
            "created": self.created,
            "model": self.model,
            "choices": [choice],
        });
        warn(&mut object, &self.warnings);
        object
    }

    fn usage(&self, usage: Usage) -> Value {
        let mut object = self.object("", None);
        object["choices"] = json!([]);
        object["usage"] = usage_object(usage);
        object
    }
}

impl Words for Texts {
    type Piece = Event;

    fn opening(&mut self, _completion: &Completion) -> Vec<Event> {
        Vec::new()
    }

    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Event> {
        match event {
            CompletionEvent::Delta { text, .. } => vec![data(&self.object(&text, None))],
            CompletionEvent::Finished { reason, usage, .. } => {
                let mut closing = self.object("", Some(reason));
                guard::tell(&mut closing, completion);
                let usage = self.with_usage.then(|| data(&self.usage(usage)));
                [data(&closing)].into_iter().chain(usage).chain([done()]).collect()
            }
            CompletionEvent::ToolCalls(_)
            | CompletionEvent::TakenBack
            | CompletionEvent::Logprobs(_)
            | CompletionEvent::Omitted(_) => Vec::new(),
        }
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Event> {
        vec![data(&error::object(refusal)), done()]
    }
}
