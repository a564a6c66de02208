//! `/v1/messages`: what programs written for the Anthropic interface expect, over the same engine.

pub(crate) mod asks;
mod error;
mod events;
mod messages;
mod request;
mod tools;
mod turns;

pub(crate) use error::object as error_object;
pub(crate) use messages::{count_tokens, messages};
