//! `/v1`: what programs written for the OpenAI interface expect, over the same engine.
//!
//! Nothing asked here is kept. What is not built yet is refused by name instead of ignored.

mod chat;
mod chunk;
mod fields;
mod guard;
mod models;
mod options;
mod refusal;
mod request;
mod turns;

pub(crate) use chat::chat_completions;
pub(crate) use models::{list_models, show_model};
pub(crate) use refusal::Refusal;
