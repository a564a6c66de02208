//! The messages of a chat request, those about tools included.

use hearth_app::Turn;
use hearth_domain::{Role, ToolCall, ToolPart};
use serde_json::{Map, Value};

use crate::programs::{Fields, Refusal, Result};

pub(super) fn read(fields: Fields<'_>) -> Result<Vec<Turn>> {
    let wrong = || Refusal::field("messages", "a list with at least one message");
    let messages = fields.get("messages").and_then(Value::as_array).ok_or_else(wrong)?;
    if messages.is_empty() {
        return Err(wrong());
    }
    messages.iter().enumerate().map(|(at, message)| turn(at, message)).collect()
}

fn turn(at: usize, message: &Value) -> Result<Turn> {
    let place = |field: &str| format!("messages[{at}].{field}");
    let object = message
        .as_object()
        .ok_or_else(|| Refusal::field(&format!("messages[{at}]"), "an object"))?;
    let (role, is_result) = match object.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => (Role::System, false),
        Some("user") => (Role::User, false),
        Some("assistant") => (Role::Assistant, false),
        Some("tool" | "function") => (Role::User, true),
        _ => {
            let roles = "system, developer, user, assistant or tool";
            return Err(Refusal::field(&place("role"), roles));
        }
    };
    let mut turn = Turn::new(role, content(object, role, &place("content"))?);
    let fields = Fields::new(object);
    if is_result {
        let id = fields.get("tool_call_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = fields.get("name").and_then(Value::as_str).map(str::to_owned);
        turn.tool = Some(ToolPart::Result { id, name });
    } else if let Some(asked) = fields.get("tool_calls") {
        let wrong = || Refusal::field(&place("tool_calls"), "a list of calls of functions");
        let asked = asked.as_array().filter(|_| role == Role::Assistant).ok_or_else(wrong)?;
        let asked = asked.iter().map(call).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        turn.tool = (!asked.is_empty()).then_some(ToolPart::Calls(asked));
    }
    Ok(turn)
}

fn call(call: &Value) -> Option<ToolCall> {
    let function = call.get("function")?;
    let arguments = match function.get("arguments") {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(_) => return None,
    };
    Some(ToolCall {
        id: call.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        name: function.get("name")?.as_str()?.to_owned(),
        arguments,
    })
}

fn content(message: &Map<String, Value>, role: Role, place: &str) -> Result<String> {
    match Fields::new(message).get("content") {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(parts)) => {
            let texts: Result<Vec<_>> = parts.iter().map(|part| part_text(part, place)).collect();
            Ok(texts?.join("\n"))
        }
        None if role == Role::Assistant => Ok(String::new()),
        _ => Err(Refusal::field(place, "a string or a list of parts")),
    }
}

fn part_text<'a>(part: &'a Value, place: &str) -> Result<&'a str> {
    match part["type"].as_str() {
        Some("text") => {
            part["text"].as_str().ok_or_else(|| Refusal::field(place, "parts with a 'text' string"))
        }
        Some(_) => Err(Refusal::not_supported("parts other than text").at(place)),
        None => Err(Refusal::field(place, "parts with a 'type'")),
    }
}
