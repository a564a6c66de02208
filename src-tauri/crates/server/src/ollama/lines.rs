//! What `/api/chat` and `/api/generate` answer with: one object, or a line for each piece.

use std::time::Instant;

use bytes::Bytes;
use hearth_app::{Completion, CompletionEvent};
use hearth_domain::{FinishReason, Timing, ToolCall, Usage};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::error_object;
use crate::programs::{Asked, End, Refusal, Said, Words, guard};

/// Which of the two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `message: {role, content}`.
    Chat,
    /// `response`.
    Generate,
}

/// What all objects of one answer have in common.
pub(super) struct Frame {
    form: Form,
    model: String,
    warnings: Vec<String>,
    begin: Instant,
}

impl Frame {
    pub(super) fn new(form: Form, asked: &Asked) -> Self {
        let (model, warnings) = (asked.model.clone(), asked.warnings.clone());
        Self { form, model, warnings, begin: Instant::now() }
    }

    /// A piece of the answer, or all of it.
    fn said(&self, text: &str, thinking: &str, calls: &[ToolCall]) -> Value {
        let mut object = json!({"model": self.model, "created_at": now(), "done": false});
        match self.form {
            Form::Chat => {
                let mut message = json!({"role": "assistant", "content": text});
                if !thinking.is_empty() {
                    message["thinking"] = thinking.into();
                }
                if !calls.is_empty() {
                    message["tool_calls"] = calls.iter().map(call_object).collect();
                }
                object["message"] = message;
            }
            Form::Generate => {
                object["response"] = text.into();
                if !thinking.is_empty() {
                    object["thinking"] = thinking.into();
                }
            }
        }
        object
    }

    /// Adds the end to an object.
    fn ended(&self, mut object: Value, end: &End, completion: &Completion) -> Value {
        object["done"] = true.into();
        object["done_reason"] = match end.reason {
            FinishReason::Stop => "stop".into(),
            FinishReason::Length | FinishReason::Cancelled | FinishReason::Error => "length".into(),
        };
        object["total_duration"] = nanoseconds(self.begin.elapsed().as_secs_f64());
        object["load_duration"] = 0.into();
        counts(&mut object, end.usage, end.timing);
        guard::tell(&mut object, completion);
        self.warn(&mut object);
        object
    }

    fn warn(&self, object: &mut Value) {
        if !self.warnings.is_empty() {
            object["warnings"] = self.warnings.as_slice().into();
        }
    }

    /// The whole answer.
    pub(super) fn whole(&self, said: &Said, end: &End, completion: &Completion) -> Value {
        let object = self.said(&said.text, &said.reasoning, &said.calls);
        self.ended(object, end, completion)
    }

    /// The answer where nothing was asked: the model is there, or was let go.
    pub(super) fn nothing(&self, reason: &str) -> Value {
        let mut object = self.said("", "", &[]);
        object["done"] = true.into();
        object["done_reason"] = reason.into();
        self.warn(&mut object);
        object
    }
}

/// Tokens, and how long they took, in nanoseconds.
fn counts(object: &mut Value, usage: Usage, timing: Timing) {
    let took = |tokens: u32, a_second: f64| {
        let seconds = if a_second > 0.0 { f64::from(tokens) / a_second } else { 0.0 };
        nanoseconds(seconds)
    };
    let read = usage.prompt_tokens.saturating_sub(usage.cached_tokens);
    object["prompt_eval_count"] = usage.prompt_tokens.into();
    object["prompt_eval_duration"] = took(read, timing.prefill_tokens_per_second);
    object["eval_count"] = usage.completion_tokens.into();
    object["eval_duration"] = took(usage.completion_tokens, timing.tokens_per_second);
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn nanoseconds(seconds: f64) -> Value {
    ((seconds * 1e9).clamp(0.0, 1e18) as u64).into()
}

/// Arguments are an object here, and not its text.
fn call_object(call: &ToolCall) -> Value {
    let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
    json!({"id": call.id, "function": {"name": call.name, "arguments": arguments}})
}

/// The time of day; nothing here depends on it.
pub(super) fn now() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}

/// An answer in lines of JSON.
pub(super) struct Lines {
    frame: Frame,
    /// A call is told when it is whole.
    calls: Said,
}

impl Lines {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, calls: Said::default() }
    }
}

impl Words for Lines {
    type Piece = Bytes;

    fn opening(&mut self, _completion: &Completion) -> Vec<Bytes> {
        Vec::new()
    }

    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Bytes> {
        match event {
            CompletionEvent::Delta { text, reasoning } => {
                vec![line(&self.frame.said(&text, &reasoning, &[]))]
            }
            CompletionEvent::ToolCalls(deltas) => {
                deltas.into_iter().for_each(|delta| self.calls.call(delta));
                Vec::new()
            }
            // What was sent as text cannot be taken back.
            CompletionEvent::TakenBack
            | CompletionEvent::Logprobs(_)
            | CompletionEvent::Omitted(_) => Vec::new(),
            CompletionEvent::Finished { reason, stop, usage, timing } => {
                let mut lines = Vec::new();
                if !self.calls.calls.is_empty() {
                    lines.push(line(&self.frame.said("", "", &self.calls.calls)));
                }
                let end = End { reason, stop, usage, timing };
                let object = self.frame.said("", "", &[]);
                lines.push(line(&self.frame.ended(object, &end, completion)));
                lines
            }
        }
    }

    fn failed(&mut self, refusal: &Refusal) -> Vec<Bytes> {
        vec![line(&error_object(refusal))]
    }
}

fn line(object: &Value) -> Bytes {
    format!("{object}\n").into()
}
