//! The items of a request: messages, calls of tools and their results.

use hearth_app::Turn;
use hearth_domain::{Role, ToolCall, ToolPart};
use serde_json::Value;

use crate::programs::{Fields, Refusal, Result};

/// The instructions, then who said what.
pub(super) fn read(fields: Fields<'_>) -> Result<Vec<Turn>> {
    let mut turns = Vec::new();
    if let Some(text) = fields.text("instructions")?.filter(|text| !text.is_empty()) {
        turns.push(Turn::new(Role::System, text));
    }
    match fields.get("input") {
        Some(Value::String(text)) => turns.push(Turn::new(Role::User, text.as_str())),
        Some(Value::Array(items)) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                add(item, &format!("input[{at}]"), &mut turns)?;
            }
        }
        _ => return Err(Refusal::field("input", "a text or a list with at least one item")),
    }
    Ok(turns)
}

fn add(item: &Value, place: &str, turns: &mut Vec<Turn>) -> Result<()> {
    match item["type"].as_str() {
        None | Some("message") => turns.push(message(item, place)?),
        Some("function_call") => {
            let call = call(item, place)?;
            // Calls of one answer are items of their own; here they are one turn.
            match turns.last_mut().map(|turn| (turn.role, &mut turn.tool)) {
                Some((Role::Assistant, Some(ToolPart::Calls(calls)))) => calls.push(call),
                Some((Role::Assistant, tool @ None)) => *tool = Some(ToolPart::Calls(vec![call])),
                _ => {
                    let mut turn = Turn::new(Role::Assistant, "");
                    turn.tool = Some(ToolPart::Calls(vec![call]));
                    turns.push(turn);
                }
            }
        }
        Some("function_call_output") => turns.push(result(item, place)?),
        // Models are not shown earlier thoughts.
        Some("reasoning") => {}
        Some(_) => return Err(Refusal::not_supported("items of this type").at(place)),
    }
    Ok(())
}

fn message(item: &Value, place: &str) -> Result<Turn> {
    let role = match item["role"].as_str() {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => {
            let roles = "system, developer, user or assistant";
            return Err(Refusal::field(&format!("{place}.role"), roles));
        }
    };
    Ok(Turn::new(role, texts(&item["content"], &format!("{place}.content"))?))
}

/// A text, or the texts of a list of parts.
fn texts(content: &Value, place: &str) -> Result<String> {
    let parts = match content {
        Value::String(text) => return Ok(text.clone()),
        Value::Array(parts) => parts,
        _ => return Err(Refusal::field(place, "a string or a list of parts")),
    };
    let texts: Result<Vec<_>> = parts
        .iter()
        .map(|part| match (part["type"].as_str(), part["text"].as_str()) {
            (Some("input_text" | "output_text" | "text"), Some(text)) => Ok(text),
            _ => Err(Refusal::not_supported("parts other than text").at(place)),
        })
        .collect();
    Ok(texts?.join("\n"))
}

fn call(item: &Value, place: &str) -> Result<ToolCall> {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    match (text("call_id"), text("name"), text("arguments")) {
        (Some(id), Some(name), Some(arguments)) => Ok(ToolCall { id, name, arguments }),
        _ => Err(Refusal::field(place, "a call with 'call_id', 'name' and 'arguments'")),
    }
}

fn result(item: &Value, place: &str) -> Result<Turn> {
    let wrong = || Refusal::field(place, "a result with 'call_id' and 'output'");
    let id = item["call_id"].as_str().ok_or_else(wrong)?.to_owned();
    let mut turn = Turn::new(Role::User, texts(&item["output"], &format!("{place}.output"))?);
    turn.tool = Some(ToolPart::Result { id, name: None });
    Ok(turn)
}
