//! The objects that `/v1/chat/completions` answers with, whole and in pieces.

use std::time::Duration;

use hearth_domain::{
    FinishReason, Timing, TokenLogprob, TokenProbability, ToolCall, ToolCallDelta, Usage,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::programs::{End, Said};

/// What all objects of one answer have in common.
#[derive(Clone)]
pub(super) struct Frame {
    id: String,
    created: u64,
    model: String,
    /// Which of several answers the chunks are of.
    index: usize,
}

impl Frame {
    /// A new answer by this model.
    pub(super) fn new(model: &str, now: Duration) -> Self {
        let id = format!("chatcmpl-{}", Uuid::new_v4().simple());
        Self { id, created: now.as_secs(), model: model.to_owned(), index: 0 }
    }

    /// The same for one of several answers.
    pub(super) fn of_choice(&self, index: usize) -> Self {
        Self { index, ..self.clone() }
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
        self.chunk_with(delta, finish, with_usage, &Value::Null)
    }

    fn chunk_with(
        &self,
        delta: &Value,
        finish: Option<&str>,
        with_usage: bool,
        logprobs: &Value,
    ) -> Value {
        let choice = json!({"index": self.index, "delta": delta, "logprobs": logprobs, "finish_reason": finish});
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

    /// More of the calls of tools.
    pub(super) fn calls(&self, deltas: &[ToolCallDelta], with_usage: bool) -> Value {
        let calls: Vec<Value> = deltas.iter().map(call_delta).collect();
        self.chunk(&json!({"tool_calls": calls}), None, with_usage)
    }

    /// How likely the tokens were that the next chunks tell of.
    pub(super) fn logprobs(&self, tokens: &[TokenLogprob], with_usage: bool) -> Value {
        self.chunk_with(&json!({}), None, with_usage, &logprobs_object(tokens))
    }

    /// What the answer cites.
    pub(super) fn annotations(&self, cited: &[Value], with_usage: bool) -> Value {
        self.chunk(&json!({ "annotations": cited }), None, with_usage)
    }

    /// The last chunk of the choice; `called` where the answer called tools.
    pub(super) fn closing(&self, reason: FinishReason, called: bool, with_usage: bool) -> Value {
        self.chunk(&json!({}), Some(finish_reason(reason, called)), with_usage)
    }

    /// The chunk after it, for clients that asked for usage. `timing` is an addition of ours.
    pub(super) fn usage(&self, usage: Usage, timing: Timing) -> Value {
        let mut chunk = self.object("chat.completion.chunk", &json!([]));
        chunk["usage"] = usage_object(usage);
        chunk["timing"] = json!(timing);
        chunk
    }

    /// The whole answer, of one choice or of several.
    pub(super) fn whole(&self, choices: &[Value], usage: Usage, timing: Timing) -> Value {
        let mut answer = self.object("chat.completion", &json!(choices));
        answer["usage"] = usage_object(usage);
        answer["timing"] = json!(timing);
        answer
    }
}

/// One whole choice.
pub(super) fn choice(index: usize, said: &Said, end: &End) -> Value {
    let mut message = json!({"role": "assistant", "content": said.text, "refusal": null});
    if !said.reasoning.is_empty() {
        message["reasoning_content"] = said.reasoning.as_str().into();
    }
    if !said.calls.is_empty() {
        message["tool_calls"] = said.calls.iter().map(call_object).collect();
        if said.text.is_empty() {
            message["content"] = Value::Null;
        }
    }
    let finish = finish_reason(end.reason, !said.calls.is_empty());
    let logprobs = said.logprobs.as_deref().map_or(Value::Null, logprobs_object);
    json!({"index": index, "message": message, "logprobs": logprobs, "finish_reason": finish})
}

/// Only the reasons that clients know; an answer that was cut is `length`.
pub(super) fn finish_reason(reason: FinishReason, called: bool) -> &'static str {
    match reason {
        FinishReason::Stop if called => "tool_calls",
        FinishReason::Stop => "stop",
        FinishReason::Length | FinishReason::Cancelled | FinishReason::Error => "length",
    }
}

pub(super) fn usage_object(usage: Usage) -> Value {
    let total = usage.prompt_tokens.saturating_add(usage.completion_tokens);
    json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": total,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    })
}

fn call_object(call: &ToolCall) -> Value {
    let function = json!({"name": call.name, "arguments": call.arguments});
    json!({"id": call.id, "type": "function", "function": function})
}

fn call_delta(delta: &ToolCallDelta) -> Value {
    let mut call = json!({"index": delta.index, "function": {"arguments": delta.arguments}});
    if let Some((id, name)) = &delta.begins {
        call["id"] = id.as_str().into();
        call["type"] = "function".into();
        call["function"]["name"] = name.as_str().into();
    }
    call
}

fn logprobs_object(tokens: &[TokenLogprob]) -> Value {
    let content: Vec<Value> = tokens
        .iter()
        .map(|token| {
            let mut object = probability(&token.token);
            object["top_logprobs"] = token.top.iter().map(probability).collect();
            object
        })
        .collect();
    json!({ "content": content })
}

/// A token that is part of a character has bytes and a text with a replacement.
fn probability(token: &TokenProbability) -> Value {
    // JSON has no infinity; what is all but impossible is as OpenAI writes it.
    let logprob = if token.logprob.is_finite() { token.logprob } else { -9999.0 };
    let text = String::from_utf8_lossy(&token.bytes);
    json!({"token": text, "logprob": logprob, "bytes": token.bytes})
}
