//! What the requests of this interface may have, for the document that describes the port.

use super::{
    asked::{OF_THE_RUNNER, chat, generate, options},
    embed::{self, several},
    models,
};
use crate::openapi::Asks;

pub(crate) const CHAT: Asks = Asks {
    name: "OllamaChatRequest",
    least: r#"{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}"#,
    read: |fields| chat(fields).map(drop),
    harmless: &[],
};

pub(crate) const GENERATE: Asks = Asks {
    name: "OllamaGenerateRequest",
    least: r#"{"model": "default", "prompt": "Hello"}"#,
    read: |fields| generate(fields).map(drop),
    harmless: &[],
};

/// What stands in `options` of both.
pub(crate) const OPTIONS: Asks = Asks {
    name: "OllamaOptions",
    least: "{}",
    read: |fields| options(fields).map(drop),
    harmless: &OF_THE_RUNNER,
};

pub(crate) const EMBED: Asks = Asks {
    name: "OllamaEmbedRequest",
    least: r#"{"model": "default", "input": "Hello"}"#,
    read: |fields| several(fields).map(drop),
    harmless: &embed::HARMLESS,
};

pub(crate) const EMBED_ONE: Asks = Asks {
    name: "OllamaEmbeddingRequest",
    least: r#"{"model": "default", "prompt": "Hello"}"#,
    read: |fields| embed::one(fields).map(drop),
    harmless: &embed::HARMLESS,
};

pub(crate) const SHOW: Asks = Asks {
    name: "OllamaShowRequest",
    least: r#"{"model": "default"}"#,
    read: |fields| models::named(fields).map(drop),
    harmless: &[],
};
