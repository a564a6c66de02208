//! `/api/chat` and its siblings: what programs written for Ollama expect, over the same engine.
//! Models are neither fetched nor made nor removed here.

mod answer;
mod asked;
pub(crate) mod asks;
mod embed;
mod lines;
mod models;

use serde_json::{Value, json};

pub(crate) use answer::{chat, generate};
pub(crate) use embed::{embed, embed_one};
pub(crate) use models::{loaded, show, tags, version};

use crate::programs::Refusal;

/// Errors as Ollama's clients read them; `code` and `param` are additions of ours.
pub(crate) fn error_object(refusal: &Refusal) -> Value {
    let code = refusal.error.code.as_str();
    json!({"error": refusal.error.message, "code": code, "param": refusal.param})
}

/// Whether a path is one of Ollama's.
pub(crate) fn is_ours(path: &str) -> bool {
    const PATHS: [&str; 8] =
        ["chat", "embed", "embeddings", "generate", "ps", "show", "tags", "version"];
    path.strip_prefix("/api/").is_some_and(|name| PATHS.contains(&name))
}
