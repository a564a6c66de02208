//! The response and its items.

use hearth_app::Completion;
use hearth_domain::{FinishReason, Usage};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::chat::{wall_clock, warn};
use crate::programs::{Asked, End, Said, guard};

/// What all that is told of one response has in common.
pub(super) struct Frame {
    /// The response without its output and its end.
    base: Value,
}

impl Frame {
    pub(super) fn new(asked: &Asked, echo: Value) -> Self {
        let mut base = echo;
        let own = json!({
            "id": new_id("resp"),
            "object": "response",
            "created_at": wall_clock().as_secs(),
            "model": asked.model,
            "background": false,
            "error": null,
            "incomplete_details": null,
            "previous_response_id": null,
            "store": false,
            "truncation": "disabled",
            "usage": null,
        });
        if let (Value::Object(base), Value::Object(own)) = (&mut base, own) {
            base.extend(own);
        }
        warn(&mut base, &asked.warnings);
        Self { base }
    }

    /// The response while it is being written.
    pub(super) fn running(&self, completion: &Completion) -> Value {
        let mut response = self.base.clone();
        response["status"] = "in_progress".into();
        response["output"] = json!([]);
        guard::tell(&mut response, completion);
        response
    }

    /// The response at its end.
    pub(super) fn ended(&self, output: Vec<Value>, end: &End, completion: &Completion) -> Value {
        let mut response = self.base.clone();
        let whole = end.reason == FinishReason::Stop;
        response["status"] = if whole { "completed" } else { "incomplete" }.into();
        if !whole {
            response["incomplete_details"] = json!({"reason": "max_output_tokens"});
        }
        response["output"] = output.into();
        response["usage"] = usage(end.usage);
        guard::tell(&mut response, completion);
        response
    }

    /// The response where it could not be written; `error` is that of the interface.
    pub(super) fn failed(&self, output: Vec<Value>, error: &Value) -> Value {
        let mut response = self.base.clone();
        response["status"] = "failed".into();
        response["output"] = output.into();
        response["error"] = json!({"code": error["code"], "message": error["message"]});
        response
    }
}

fn usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens.saturating_add(usage.completion_tokens),
    })
}

/// The items of a whole answer.
pub(super) fn output(said: &Said, cited: &[Value]) -> Vec<Value> {
    let mut items = Vec::new();
    if !said.reasoning.is_empty() {
        items.push(thought(&new_id("rs"), &said.reasoning, DONE));
    }
    if !said.text.is_empty() {
        items.push(message(&new_id("msg"), &said.text, cited, DONE));
    }
    for call in &said.calls {
        items.push(function_call(&new_id("fc"), &call.id, &call.name, &call.arguments, DONE));
    }
    items
}

/// An item that is whole.
pub(super) const DONE: &str = "completed";
/// An item that is being written.
pub(super) const RUNNING: &str = "in_progress";

/// An item of text; while it is empty it has no part.
pub(super) fn message(id: &str, text: &str, cited: &[Value], status: &str) -> Value {
    let content = if status == DONE { vec![text_part(text, cited)] } else { Vec::new() };
    json!({"id": id, "type": "message", "role": "assistant", "status": status, "content": content})
}

pub(super) fn text_part(text: &str, cited: &[Value]) -> Value {
    json!({"type": "output_text", "text": text, "annotations": cited, "logprobs": []})
}

pub(super) fn thought(id: &str, text: &str, status: &str) -> Value {
    let content = if status == DONE { vec![thought_part(text)] } else { Vec::new() };
    json!({"id": id, "type": "reasoning", "summary": [], "status": status, "content": content})
}

pub(super) fn thought_part(text: &str) -> Value {
    json!({"type": "reasoning_text", "text": text})
}

pub(super) fn function_call(
    id: &str,
    call: &str,
    name: &str,
    arguments: &str,
    status: &str,
) -> Value {
    json!({
        "id": id,
        "type": "function_call",
        "call_id": call,
        "name": name,
        "arguments": arguments,
        "status": status,
    })
}

/// `resp_…`, `msg_…`: names that nothing refers to later.
pub(super) fn new_id(kind: &str) -> String {
    format!("{kind}_{}", Uuid::new_v4().simple())
}
