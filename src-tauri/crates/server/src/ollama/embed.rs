//! `POST /api/embed`, and `/api/embeddings`, its older form for one text.

use std::{sync::Arc, time::Instant};

use axum::{Extension, Json, body::Body, extract::State, response::Response};
use hearth_api::Caller;
use hearth_app::{Embeddings, LongText};
use hearth_domain::Priority;
use serde_json::json;

use crate::{
    body, openai,
    port::Shared,
    programs::{self, Fields, Refusal, Result, models},
    reply::Shape,
    request_log::note_tokens,
};

/// Fields that ask nothing of a vector.
pub(super) const HARMLESS: [&str; 2] = ["keep_alive", "options"];

pub(crate) async fn embed(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let answered = async {
        let (body, begin) = (body::json(body).await?, Instant::now());
        let ((model, texts, long), warnings) = programs::read(&body, &HARMLESS, several)?;
        let made = make(&shared, &caller, &model, texts, long).await?;
        let took = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut answer = json!({
            "model": model,
            "embeddings": made.vectors,
            "total_duration": took,
            "load_duration": 0,
            "prompt_eval_count": made.tokens,
        });
        if !warnings.is_empty() {
            answer["warnings"] = warnings.into();
        }
        Ok(Json(answer))
    };
    Shape::Ollama.answer(answered.await)
}

/// What is asked: the model, the texts, and what becomes of one that is too long.
pub(super) fn several(fields: Fields<'_>) -> Result<(String, Vec<String>, LongText)> {
    // Ollama cuts unless told otherwise.
    let cut = fields.flag("truncate")?.unwrap_or(true);
    let long = if cut { LongText::Cut } else { LongText::Refuse };
    fields.without(&["dimensions"])?;
    Ok((fields.model()?, openai::input(fields)?, long))
}

pub(crate) async fn embed_one(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let answered = async {
        let body = body::json(body).await?;
        let ((model, text), _) = programs::read(&body, &HARMLESS, one)?;
        let made = make(&shared, &caller, &model, vec![text], LongText::Cut).await?;
        Ok(Json(json!({ "embedding": made.vectors.first() })))
    };
    Shape::Ollama.answer(answered.await)
}

/// What is asked by the older form: the model and the text.
pub(super) fn one(fields: Fields<'_>) -> Result<(String, String)> {
    let text = fields.text("prompt")?.ok_or_else(|| Refusal::field("prompt", "a text"))?;
    Ok((fields.model()?, text.to_owned()))
}

async fn make(
    shared: &Shared,
    caller: &Caller,
    model: &str,
    texts: Vec<String>,
    long: LongText,
) -> Result<Embeddings> {
    let model = models::find_embedder(shared, caller, model).await?.model;
    let made = shared.app.embed_texts(caller.grant(), model, texts, long, Priority::Stream).await;
    let made = made.map_err(|error| Refusal::from(error).at("input"))?;
    note_tokens(made.tokens, 0);
    Ok(made)
}
