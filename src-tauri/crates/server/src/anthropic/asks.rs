//! What the requests of this interface may have, for the document that describes the port.

use super::request::{HARMLESS, asked, conversation};
use crate::openapi::Asks;

pub(crate) const MESSAGE: Asks = Asks {
    name: "MessageRequest",
    least: r#"{"model": "default", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}"#,
    read: |fields| asked(fields).map(drop),
    harmless: &HARMLESS,
};

pub(crate) const COUNT: Asks = Asks {
    name: "CountRequest",
    least: r#"{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}"#,
    read: |fields| conversation(fields).map(drop),
    harmless: &HARMLESS,
};
