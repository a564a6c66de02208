//! Answers that leave nothing behind, for programs at the port: no conversation, no row.
//!
//! Dropping a [`Completion`] cancels it, which is what a closed socket means there.

use std::sync::Arc;

use hearth_domain::{
    AnswerOptions, Caller, FinishReason, ModelId, Omitted, Priority, SamplingParams, Timing,
    TokenLogprob, ToolCallDelta, Usage,
};
pub use hearth_engine::Turn;
use hearth_engine::{Answer, Event, Overflow, Request};

use crate::{App, Error, Result};

/// What a program asks.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The model; the default one unless given.
    pub model: Option<ModelId>,
    /// Who said what.
    pub turns: Vec<Turn>,
    /// What differs from the default parameters.
    pub sampling: SamplingParams,
    /// Who waits.
    pub priority: Priority,
    /// For whom it is.
    pub caller: Caller,
    /// What is asked beyond the common parameters.
    pub options: AnswerOptions,
}

/// What happens while it is answered.
#[derive(Debug)]
pub enum CompletionEvent {
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
    /// The conversation did not fit the context (never with the port's policy, which refuses).
    Omitted(Omitted),
    /// The end.
    Finished {
        /// Why the model stopped.
        reason: FinishReason,
        /// Tokens.
        usage: Usage,
        /// Speed.
        timing: Timing,
    },
}

/// A running answer.
pub struct Completion {
    /// The shown name of the model that answers.
    pub model: String,
    answer: Answer,
}

impl Completion {
    /// Waits for the next event; `None` after the last one.
    ///
    /// # Errors
    /// Why the engine could not go on.
    pub async fn next(&mut self) -> Result<Option<CompletionEvent>> {
        while let Some(event) = self.answer.next().await {
            let event = match event {
                Event::Delta { text, reasoning } => CompletionEvent::Delta { text, reasoning },
                Event::ToolCalls(deltas) => CompletionEvent::ToolCalls(deltas),
                Event::Logprobs(tokens) => CompletionEvent::Logprobs(tokens),
                Event::Omitted(omitted) => CompletionEvent::Omitted(omitted),
                Event::Finished { reason, usage, timing } => {
                    CompletionEvent::Finished { reason, usage, timing }
                }
                Event::Failed(error) => return Err(error.into()),
                Event::Queued { .. } | Event::PromptProgress { .. } | Event::TemplateReplaced => {
                    continue;
                }
            };
            return Ok(Some(event));
        }
        Ok(None)
    }
}

impl App {
    /// Begins an answer that leaves nothing behind. A prompt that does not fit is refused, not cut.
    ///
    /// # Errors
    /// No turns, parameters out of range, an unknown model, or an engine that cannot take it.
    pub async fn complete(self: &Arc<Self>, request: CompletionRequest) -> Result<Completion> {
        self.check_open()?;
        request.sampling.validate().map_err(Error::OutOfRange)?;
        request.options.validate().map_err(Error::OutOfRange)?;
        if request.turns.iter().all(|turn| turn.content.trim().is_empty()) {
            return Err(Error::EmptyPrompt);
        }
        let size = request.turns.iter().map(|turn| turn.content.len()).sum();
        if size > crate::chat::MESSAGE_BYTES {
            return Err(Error::TextTooLarge { size, limit: crate::chat::MESSAGE_BYTES });
        }
        let asking = self.warm.asking.read().await;
        let model = self.ensure_model(request.model).await?;
        let defaults = self.settings().generation.sampling;
        let mut messages = request.turns;
        model.instruct(&mut messages);
        let answer = self.engine.submit(Request {
            messages,
            begun: None,
            sampling: request.sampling.or(&model.sampling).or(&defaults),
            priority: request.priority,
            caller: request.caller,
            overflow: Overflow::Error,
            enable_thinking: true,
            options: request.options,
            conversation: None,
            ahead: false,
        })?;
        drop(asking);
        Ok(Completion { model: model.name, answer })
    }
}
