//! Chat templates: from messages to the prompt that a model was trained on, and from its answer back
//! to thought and text. What is not here: which messages are left out when they do not fit.

pub mod known;
mod parser;
pub mod probe;
mod template;

pub use known::is_known;
pub use parser::{Parsed, ParsedCall};
pub use template::{
    ChatCall, ChatMessage, ChatTemplate, ChatTool, ChatTools, RenderOptions, Rendered, ToolGrammar,
    Trigger,
};
