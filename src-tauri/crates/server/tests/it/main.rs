//! The port and the private socket over real sockets, a real database and the bundled model.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails here")]

mod abuse;
mod anthropic;
mod conversations;
mod documents;
mod embeddings;
mod guard;
mod imports;
mod keys;
mod locked;
mod metrics;
mod network;
mod ollama;
mod openai;
mod private;
mod repeats;
mod request_log;
mod rerank;
mod responses;
mod sessions;
mod several;
mod sockets;
mod streams;
mod support;
