//! The built `hearth` binary, as a person or a script runs it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails here")]

mod beside;
mod chat;
mod documents;
mod keys;
mod models;
mod portable;
mod recover;
mod scan;
mod serve;
mod support;
mod usage;
mod webhooks;
