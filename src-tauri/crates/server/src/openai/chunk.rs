//! The objects that `/v1/chat/completions` answers with, whole and in pieces.

use std::time::Duration;

use hearth_domain::{FinishReason, Timing, Usage};
use serde_json::{Value, json};
use uuid::Uuid;

/// The text of an answer.
#[derive(Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) reasoning: String,
}

/// How an answer ended.
pub(super) struct End {
    pub(super) reason: FinishReason,
    pub(super) usage: Usage,
    pub(super) timing: Timing,
}

/// What all objects of one answer have in common.
pub(super) struct Frame {
    id: String,
    created: u64,
    model: String,
}

impl Frame {
    /// A new answer by this model.
    pub(super) fn new(model: &str, now: Duration) -> Self {
        let id = format!("chatcmpl-{}", Uuid::new_v4().simple());
        Self { id, created: now.as_secs(), model: model.to_owned() }
    }

    fn object(&self, kind: &str, choices: &Value) -> Value {
        json!({
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "choices": choices,
        })
    }

    fn chunk(&self, delta: &Value, finish: Option<&str>, with_usage: bool) -> Value {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
        let mut chunk = self.object("chat.completion.chunk", &json!([choice]));
        if with_usage {
            // Clients that asked for usage find the field in every chunk, null until the last.
            chunk["usage"] = Value::Null;
        }
        chunk
    }

    /// The first chunk: who speaks.
    pub(super) fn opening(&self, with_usage: bool) -> Value {
        self.chunk(&json!({"role": "assistant", "content": ""}), None, with_usage)
    }

    /// More text.
    pub(super) fn delta(&self, text: &str, reasoning: &str, with_usage: bool) -> Value {
        let mut delta = json!({});
        if !text.is_empty() {
            delta["content"] = text.into();
        }
        if !reasoning.is_empty() {
            delta["reasoning_content"] = reasoning.into();
        }
        self.chunk(&delta, None, with_usage)
    }

    /// The last chunk of the choice.
    pub(super) fn closing(&self, reason: FinishReason, with_usage: bool) -> Value {
        self.chunk(&json!({}), Some(finish_reason(reason)), with_usage)
    }

    /// The chunk after it, for clients that asked for usage. `timing` is an addition of ours.
    pub(super) fn usage(&self, usage: Usage, timing: Timing) -> Value {
        let mut chunk = self.object("chat.completion.chunk", &json!([]));
        chunk["usage"] = usage_object(usage);
        chunk["timing"] = json!(timing);
        chunk
    }

    /// The whole answer.
    pub(super) fn whole(&self, said: &Said, end: &End) -> Value {
        let mut message = json!({"role": "assistant", "content": said.text, "refusal": null});
        if !said.reasoning.is_empty() {
            message["reasoning_content"] = said.reasoning.as_str().into();
        }
        let finish = finish_reason(end.reason);
        let choice =
            json!({"index": 0, "message": message, "logprobs": null, "finish_reason": finish});
        let mut answer = self.object("chat.completion", &json!([choice]));
        answer["usage"] = usage_object(end.usage);
        answer["timing"] = json!(end.timing);
        answer
    }
}

/// Only the reasons that clients know; an answer that was cut is `length`.
fn finish_reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length | FinishReason::Cancelled | FinishReason::Error => "length",
    }
}

fn usage_object(usage: Usage) -> Value {
    let total = usage.prompt_tokens.saturating_add(usage.completion_tokens);
    json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": total,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    })
}
