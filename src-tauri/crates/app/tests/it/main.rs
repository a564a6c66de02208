//! The use cases, on a real encrypted database and real llama.cpp.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod chat;
mod models;
mod support;
mod upkeep;
