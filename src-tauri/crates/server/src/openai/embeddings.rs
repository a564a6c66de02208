//! `POST /v1/embeddings`: texts as vectors, by the bundled embedder or a GGUF that makes them.

use std::sync::Arc;

use axum::{Extension, Json, body::Body, extract::State, response::Response};
use data_encoding::BASE64;
use hearth_api::Caller;
use hearth_app::LongText;
use hearth_domain::Priority;
use serde_json::{Value, json};

use super::{chat::warn, request::HARMLESS};
use crate::{
    body,
    port::Shared,
    programs::{self, Fields, Refusal, Result, models},
    reply::Shape,
    request_log::note_tokens,
};

/// Texts of one request, as OpenAI limits them.
const MOST: usize = 2048;

pub(crate) async fn embeddings(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::OpenAi.answer(answer(&shared, &caller, body).await)
}

/// What is asked, checked.
pub(super) struct Request {
    model: String,
    texts: Vec<String>,
    base64: bool,
    dimensions: Option<u32>,
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Json<Value>> {
    let body = body::json(body).await?;
    let (request, warnings) = programs::read(&body, &HARMLESS, Request::read)?;
    let model = models::find_embedder(shared, caller, &request.model).await?;
    if request.dimensions.is_some_and(|asked| asked != model.dimensions) {
        let expected = format!("{}, which is what this model makes", model.dimensions);
        return Err(Refusal::field("dimensions", &expected));
    }
    let (grant, texts) = (caller.grant(), request.texts);
    let made =
        shared.app.embed_texts(grant, model.model, texts, LongText::Refuse, Priority::Stream);
    let made = made.await;
    let made = made.map_err(|error| Refusal::from(error).at("input"))?;
    note_tokens(made.tokens, 0);
    let data: Vec<_> = made
        .vectors
        .iter()
        .enumerate()
        .map(|(at, vector)| {
            json!({"object": "embedding", "index": at, "embedding": written(vector, request.base64)})
        })
        .collect();
    let mut answer = json!({
        "object": "list",
        "data": data,
        "model": request.model,
        "usage": {"prompt_tokens": made.tokens, "total_tokens": made.tokens},
    });
    warn(&mut answer, &warnings);
    Ok(Json(answer))
}

/// Numbers, or their bytes (32-bit little endian) in base64.
fn written(vector: &[f32], base64: bool) -> Value {
    if base64 {
        let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        BASE64.encode(&bytes).into()
    } else {
        vector.into()
    }
}

impl Request {
    pub(super) fn read(fields: Fields<'_>) -> Result<Self> {
        let base64 = match fields.text("encoding_format")? {
            None | Some("float") => false,
            Some("base64") => true,
            Some(_) => return Err(Refusal::field("encoding_format", "float or base64")),
        };
        let (model, texts) = (fields.model()?, input(fields)?);
        let dimensions = fields.integer("dimensions", 1..=65_536)?;
        Ok(Self { model, texts, base64, dimensions })
    }
}

/// One text or several.
pub(crate) fn input(fields: Fields<'_>) -> Result<Vec<String>> {
    let wrong = || {
        let expected =
            format!("a text or a list of 1 to {MOST} texts; numbers of tokens are not read");
        Refusal::field("input", &expected)
    };
    let texts = match fields.get("input") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => {
            let texts = texts.iter().map(|text| text.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    if (1..=MOST).contains(&texts.len()) { Ok(texts) } else { Err(wrong()) }
}
