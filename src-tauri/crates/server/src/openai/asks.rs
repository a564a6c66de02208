//! What the requests of this interface may have, for the document that describes the port.

use super::{
    completions, embeddings,
    request::{ChatRequest, HARMLESS},
    rerank,
    responses::asked,
};
use crate::openapi::Asks;

pub(crate) const CHAT: Asks = Asks {
    name: "ChatCompletionRequest",
    least: r#"{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}"#,
    read: |fields| ChatRequest::of(fields).map(drop),
    harmless: &HARMLESS,
};

pub(crate) const RESPONSE: Asks = Asks {
    name: "ResponseRequest",
    least: r#"{"model": "default", "input": "Hello"}"#,
    read: |fields| asked(fields).map(drop),
    harmless: &HARMLESS,
};

pub(crate) const COMPLETION: Asks = Asks {
    name: "CompletionRequest",
    least: r#"{"model": "default", "prompt": "Once upon a time"}"#,
    read: |fields| completions::read(fields).map(drop),
    harmless: &HARMLESS,
};

pub(crate) const EMBEDDING: Asks = Asks {
    name: "EmbeddingRequest",
    least: r#"{"model": "default", "input": "Hello"}"#,
    read: |fields| embeddings::Request::read(fields).map(drop),
    harmless: &HARMLESS,
};

pub(crate) const RERANK: Asks = Asks {
    name: "RerankRequest",
    least: r#"{"model": "default", "query": "Who bakes?", "documents": ["The baker does."]}"#,
    read: |fields| rerank::Request::read(fields).map(drop),
    harmless: &HARMLESS,
};
