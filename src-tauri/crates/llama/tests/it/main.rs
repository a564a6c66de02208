//! The binding against the real llama.cpp, on generated models and on the bundled one.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

mod bundled;
mod chat;
mod decode;
mod log;
mod malformed;
mod probe;
mod sampling;
mod states;
mod support;
