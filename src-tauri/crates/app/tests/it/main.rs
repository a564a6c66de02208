//! The use cases, on a real encrypted database and real llama.cpp.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod branches;
mod chat;
mod chat_config;
mod chat_context;
mod chat_continue;
mod chat_documents;
mod conversations;
mod guard;
mod holdings;
mod lock;
mod messages;
mod models;
mod portable;
mod search;
mod support;
mod upkeep;
mod warm;
mod writing;
