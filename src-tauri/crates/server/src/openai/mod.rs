//! `/v1`: what programs written for the OpenAI interface expect, over the same engine.
//!
//! What is not built yet is refused by name instead of ignored.

pub(crate) mod asks;
mod chat;
mod choices;
mod chunk;
mod citations;
mod completions;
mod embeddings;
mod error;
mod models;
mod options;
mod request;
mod rerank;
mod responses;
mod turns;

pub(crate) use chat::chat_completions;
pub(crate) use completions::completions;
pub(crate) use embeddings::{embeddings, input};
pub(crate) use error::object as error_object;
pub(crate) use models::{list_models, show_model};
pub(crate) use options::{description, tools};
pub(crate) use request::stop;
pub(crate) use rerank::rerank;
pub(crate) use responses::responses;
