//! What programs ask for and are told, before it has the words of one interface. The interfaces are
//! `openai`, `anthropic` and `ollama`: each reads its own requests into [`Asked`] and has its own
//! [`Words`] for the answer. Nothing asked here is kept.

mod answer;
mod fields;
pub(crate) mod guard;
pub(crate) mod models;
mod refusal;

pub(crate) use answer::{Asked, COLLECTIONS, End, Said, Whole, Words, begin, pieces, whole};
pub(crate) use fields::{Fields, Kind, LookedAt, read};
pub(crate) use refusal::Refusal;

/// What a reader of requests gives.
pub(crate) type Result<T> = std::result::Result<T, Refusal>;
