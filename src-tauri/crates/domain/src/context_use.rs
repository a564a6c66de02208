//! How much of the context a question would take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Omitted;

/// The parts of the context, in tokens. What is not named is free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContextUse {
    /// Tokens that fit one conversation.
    pub size: u32,
    /// The system prompt.
    pub instructions: u32,
    /// Questions and answers before, with the marks of the chat template.
    pub history: u32,
    /// Attached texts, of this question and of those before, as far as they are read.
    pub documents: u32,
    /// How many of them are too long to be read whole: the passages that fit the question are.
    pub searched: u32,
    /// What stands in the field.
    pub question: u32,
    /// What would be left out for the rest to fit.
    pub omitted: Omitted,
}
