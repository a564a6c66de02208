//! The engine with real models: tiny generated ones that speak a script, and the bundled one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod batching;
mod bundled;
mod cache;
mod canary;
mod cancel;
mod counting;
mod lifecycle;
mod overflow;
mod resume;
mod scheduling;
mod several;
mod speculation;
mod structure;
mod support;
mod text;
mod tools;
mod vectors;
