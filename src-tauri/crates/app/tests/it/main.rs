//! The use cases, on a real encrypted database and real llama.cpp.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod branches;
mod canary;
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
mod prompt_cache;
mod search;
mod support;
mod upkeep;
mod warm;
mod webhooks;
mod writing;
