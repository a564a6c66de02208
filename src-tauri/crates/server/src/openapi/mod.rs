//! The document that describes the port to other programs (OpenAPI 3.1). It is made of the table of routes,
//! of what the readers of requests look at, and of the command table; the JSON files beside have what
//! cannot be seen there. Committed as `docs/openapi.json`, with a page to read beside it.

mod asks;
mod paths;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
mod written;

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hearth_api::{ApiError, Schemas};
use hearth_app::{AnswerSources, TurnFinding};
use hearth_domain::{LibraryEvent, PortProfile, Timing};
use serde_json::{Map, Value, json};

pub(crate) use asks::Asks;
use written::Written;

use crate::{ollama, reply::Shape, routes::ROUTES};

/// The document, as it is sent.
pub(crate) async fn serve() -> Response {
    static WRITTEN: LazyLock<Bytes> = LazyLock::new(|| text().into());
    ([(header::CONTENT_TYPE, "application/json")], WRITTEN.clone()).into_response()
}

/// The document, as it is committed.
fn text() -> String {
    // A JSON value of texts and numbers is always written.
    serde_json::to_string_pretty(&document()).unwrap_or_default() + "\n"
}

fn document() -> Value {
    let (written, mut schemas) = (Written::read(), Schemas::default());
    let paths = paths::of_routes(&mut schemas);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "The local port of Hearth",
            "summary": "A private assistant on your own computer, for other programs.",
            "description": "Listens on loopback only, off until switched on. Every request but /health and /ready needs a key, made in the settings or with `hearth keys make`; a `Host` other than the port's own names is refused.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8790"}],
        "security": [{"bearer": []}, {"x-api-key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
            "responses": errors(),
            "schemas": all_schemas(&written, schemas),
        },
    });
    // However `serde_json` was built.
    document.sort_all_objects();
    document
}

/// Everything that paths refer to.
fn all_schemas(written: &Written, mut schemas: Schemas) -> Map<String, Value> {
    // What answers of several interfaces carry.
    schemas.add::<Timing>();
    schemas.add::<TurnFinding>();
    schemas.add::<PortProfile>();
    schemas.add::<AnswerSources>();
    schemas.add::<ApiError>();
    schemas.add::<LibraryEvent>();
    let mut all = schemas.definitions();
    all.extend(by_hand(written));
    all
}

/// The schemas of the interfaces: of requests by their readers, of answers as they are written.
fn by_hand(written: &Written) -> impl Iterator<Item = (String, Value)> {
    let asks = ROUTES.iter().filter_map(|it| it.asks).chain([&ollama::asks::OPTIONS]);
    let asks = asks.map(|asks| (asks.name.to_owned(), asks.schema(written)));
    written.schemas.clone().into_iter().chain(asks)
}

/// What is answered where there is no good answer, by interface.
fn errors() -> Value {
    let error = |schema: &str| {
        json!({
            "description": "Why there is no answer: 400 for what is asked wrongly (with the field), 401 for a missing or wrong key, 403 for a key that does not open this, 404 for what is not there, 409 beside a running request of the same name, 423 while the data is locked, 429 with Retry-After for too much, 503 for what is not there now.",
            "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
        })
    };
    json!({
        name_of(Shape::OpenAi): error("OpenAiError"),
        name_of(Shape::Anthropic): error("AnthropicError"),
        name_of(Shape::Ollama): error("OllamaError"),
        name_of(Shape::Hearth): error("ApiError"),
    })
}

/// The name of an interface's answer to what is wrong.
fn name_of(shape: Shape) -> &'static str {
    match shape {
        Shape::Hearth => "Refused",
        Shape::OpenAi => "RefusedAsOpenAi",
        Shape::Anthropic => "RefusedAsAnthropic",
        Shape::Ollama => "RefusedAsOllama",
    }
}
