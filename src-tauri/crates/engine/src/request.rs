//! What is asked of the engine, and what it tells meanwhile.

use hearth_domain::{
    AnswerOptions, Caller, ConversationId, FinishReason, Omitted, Priority, Role, SamplingParams,
    Timing, TokenLogprob, ToolCallDelta, ToolPart, Usage,
};

use crate::Error;

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// The text.
    pub content: String,
    /// What it has to do with tools.
    pub tool: Option<ToolPart>,
}

impl Turn {
    /// A message without tools.
    #[must_use]
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), tool: None }
    }
}

/// An answer that ended too soon, as far as it got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// What the model said.
    pub content: String,
    /// What it thought before.
    pub reasoning: String,
}

/// What happens when the conversation does not fit the context. Never silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The request is refused, with the counts.
    Error,
    /// Whole turns are left out from the oldest on; the instructions, the last question and a first
    /// question that leaves room for others stay.
    DropOldest,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The conversation; the last message is the question.
    pub messages: Vec<Turn>,
    /// The beginning of the answer, which the model goes on with; only what it adds is told.
    pub begun: Option<Begun>,
    /// How the answer is sampled; what is `None` takes the engine's default.
    pub sampling: SamplingParams,
    /// Who waits.
    pub priority: Priority,
    /// For whom it is; what is cached for one caller serves no other.
    pub caller: Caller,
    /// What happens when it does not fit.
    pub overflow: Overflow,
    /// Whether a model that can think first, may.
    pub enable_thinking: bool,
    /// Under which conversation its states may be kept on disk; none leaves nothing there.
    pub conversation: Option<ConversationId>,
    /// Whether the one message is the text itself, without the model's template around it.
    pub raw: bool,
    /// Whether it is only read, for a question that is still to come; nothing is answered.
    pub ahead: bool,
    /// What is asked beyond the common parameters.
    pub options: AnswerOptions,
}

/// What happens while it is answered. After [`Event::Finished`] or [`Event::Failed`] nothing comes.
#[derive(Clone, Debug)]
pub enum Event {
    /// It waits for others.
    Queued {
        /// How many are before it.
        ahead: u32,
    },
    /// The template of the model could not be used; the built-in one was.
    TemplateReplaced,
    /// The conversation did not fit.
    Omitted(Omitted),
    /// The prompt is being read.
    PromptProgress {
        /// Tokens read.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// More of the answer.
    Delta {
        /// Text to add to the content.
        text: String,
        /// Text to add to the reasoning.
        reasoning: String,
    },
    /// More of the calls of tools.
    ToolCalls(Vec<ToolCallDelta>),
    /// How likely the tokens were that came since; only where that was asked.
    Logprobs(Vec<TokenLogprob>),
    /// The end, also after a cancel.
    Finished {
        /// Why the model stopped.
        reason: FinishReason,
        /// The stop text that came, if that was why.
        stop: Option<String>,
        /// Tokens.
        usage: Usage,
        /// Speed.
        timing: Timing,
    },
    /// The end by an error; what was told before stays valid.
    Failed(Error),
}

impl Event {
    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed(_))
    }
}
