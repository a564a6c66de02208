//! `POST /v1/rerank`: texts in the order in which they answer a question, by the bundled embedder
//! or a GGUF that ranks. The form is that of Cohere and Jina, which llama.cpp and vLLM have too.

use std::sync::Arc;

use axum::{Extension, Json, body::Body, extract::State, response::Response};
use hearth_api::Caller;
use hearth_domain::{ModelPurpose, Priority};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{chat::warn, request::HARMLESS};
use crate::{
    body,
    port::Shared,
    programs::{self, Fields, Refusal, Result, models},
    reply::Shape,
    request_log::note_tokens,
};

/// Texts of one request, as Cohere limits them.
const MOST: u32 = 1000;

pub(crate) async fn rerank(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::OpenAi.answer(answer(&shared, &caller, body).await)
}

/// What is asked, checked.
pub(super) struct Request {
    model: String,
    query: String,
    documents: Vec<String>,
    /// How many of the nearest are told; all unless given.
    top_n: Option<u32>,
    with_texts: bool,
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Json<Value>> {
    let body = body::json(body).await?;
    let (request, warnings) = programs::read(&body, &HARMLESS, Request::read)?;
    let Request { model, query, documents, top_n, with_texts } = request;
    let found = models::find_embedder(shared, caller, &model).await?;
    if found.model.is_some() && found.purpose != ModelPurpose::Ranks {
        return Err(Refusal::field("model", "the bundled embedder, or a model that ranks texts"));
    }
    let (grant, texts) = (caller.grant(), documents.clone());
    let ranked =
        shared.app.rerank_texts(grant, found.model, (query, texts), Priority::Stream).await;
    let ranked = ranked.map_err(|error| Refusal::from(error).at("query"))?;
    note_tokens(ranked.tokens, 0);
    let mut order: Vec<_> = ranked.scores.iter().zip(documents).enumerate().collect();
    order.sort_by(|(_, (one, _)), (_, (other, _))| other.total_cmp(one));
    let told = top_n.map_or(order.len(), |most| most as usize);
    let result = |(index, (score, text)): (usize, (&f32, String))| {
        let mut result = json!({"index": index, "relevance_score": score});
        if with_texts {
            result["document"] = json!({ "text": text });
        }
        result
    };
    let mut answer = json!({
        "id": format!("rerank-{}", Uuid::new_v4().simple()),
        "object": "list",
        "model": model,
        "results": order.into_iter().take(told).map(result).collect::<Vec<_>>(),
        "usage": {"prompt_tokens": ranked.tokens, "total_tokens": ranked.tokens},
    });
    warn(&mut answer, &warnings);
    Ok(Json(answer))
}

impl Request {
    pub(super) fn read(fields: Fields<'_>) -> Result<Self> {
        let query = fields.text("query")?.ok_or_else(|| Refusal::field("query", "a text"))?;
        let (model, query, documents) = (fields.model()?, query.to_owned(), documents(fields)?);
        let top_n = fields.integer("top_n", 1..=MOST)?;
        let with_texts = fields.flag("return_documents")?.unwrap_or(false);
        Ok(Self { model, query, documents, top_n, with_texts })
    }
}

/// Texts, each by itself or as `{"text": …}`.
fn documents(fields: Fields<'_>) -> Result<Vec<String>> {
    let wrong = || {
        let expected = format!("a list of 1 to {MOST} texts, or of objects with a 'text'");
        Refusal::field("documents", &expected)
    };
    let documents = fields.get("documents").and_then(Value::as_array).ok_or_else(wrong)?;
    let text = |it: &Value| it.as_str().or(it["text"].as_str()).map(str::to_owned);
    let texts: Option<Vec<_>> = documents.iter().map(text).collect();
    texts.filter(|texts| (1..=MOST as usize).contains(&texts.len())).ok_or_else(wrong)
}
