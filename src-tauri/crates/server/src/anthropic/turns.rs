//! The messages of a request of the Anthropic interface: blocks of text, of calls and of results.

use hearth_app::Turn;
use hearth_domain::{Role, ToolCall, ToolPart};
use serde_json::Value;

use crate::programs::{Fields, Refusal, Result};

/// The instructions, then who said what.
pub(super) fn read(fields: Fields<'_>) -> Result<Vec<Turn>> {
    let wrong = || Refusal::field("messages", "a list with at least one message");
    let messages = fields.get("messages").and_then(Value::as_array).ok_or_else(wrong)?;
    if messages.is_empty() {
        return Err(wrong());
    }
    let mut turns = Vec::with_capacity(messages.len() + 1);
    if let Some(system) = fields.get("system") {
        turns.push(Turn::new(Role::System, texts(system, "system")?));
    }
    for (at, message) in messages.iter().enumerate() {
        let place = format!("messages[{at}]");
        let content = message.get("content").unwrap_or(&Value::Null);
        match message["role"].as_str() {
            Some("user") => user(content, &place, &mut turns)?,
            Some("assistant") => turns.push(assistant(content, &place)?),
            _ => return Err(Refusal::field(&format!("{place}.role"), "user or assistant")),
        }
    }
    Ok(turns)
}

/// A text, or the texts of a list of text blocks.
fn texts(content: &Value, place: &str) -> Result<String> {
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Array(blocks) => {
            let texts: Result<Vec<_>> = blocks
                .iter()
                .map(|block| match block["type"].as_str() {
                    Some("text") => text(block, place),
                    _ => Err(not_text(place)),
                })
                .collect();
            Ok(texts?.join("\n"))
        }
        _ => Err(Refusal::field(place, "a string or a list of blocks")),
    }
}

fn text<'a>(block: &'a Value, place: &str) -> Result<&'a str> {
    block["text"].as_str().ok_or_else(|| Refusal::field(place, "blocks with a 'text' string"))
}

fn not_text(place: &str) -> Refusal {
    Refusal::not_supported("blocks of this type").at(place)
}

/// Texts and results of calls, in the order in which they stand.
fn user(content: &Value, place: &str, turns: &mut Vec<Turn>) -> Result<()> {
    let Value::Array(blocks) = content else {
        turns.push(Turn::new(Role::User, texts(content, place)?));
        return Ok(());
    };
    let mut said: Vec<&str> = Vec::new();
    for block in blocks {
        match block["type"].as_str() {
            Some("text") => said.push(text(block, place)?),
            Some("tool_result") => {
                end_text(&mut said, turns);
                turns.push(result(block, place)?);
            }
            _ => return Err(not_text(place)),
        }
    }
    end_text(&mut said, turns);
    Ok(())
}

fn end_text(said: &mut Vec<&str>, turns: &mut Vec<Turn>) {
    if !said.is_empty() {
        turns.push(Turn::new(Role::User, said.join("\n")));
        said.clear();
    }
}

fn result(block: &Value, place: &str) -> Result<Turn> {
    let wrong = || Refusal::field(place, "results with a 'tool_use_id'");
    let id = block["tool_use_id"].as_str().ok_or_else(wrong)?.to_owned();
    let given = match block.get("content") {
        None | Some(Value::Null) => String::new(),
        Some(content) => texts(content, place)?,
    };
    // The model reads only text: that a call failed is said in it.
    let failed = block["is_error"].as_bool().unwrap_or(false);
    let given = if failed { format!("Error: {given}") } else { given };
    let mut turn = Turn::new(Role::User, given);
    turn.tool = Some(ToolPart::Result { id, name: None });
    Ok(turn)
}

/// What the model said and asked for. Thoughts that are sent back are left out: models are not shown
/// earlier ones.
fn assistant(content: &Value, place: &str) -> Result<Turn> {
    let Value::Array(blocks) = content else {
        return Ok(Turn::new(Role::Assistant, texts(content, place)?));
    };
    let (mut said, mut calls) = (Vec::new(), Vec::new());
    for block in blocks {
        match block["type"].as_str() {
            Some("text") => said.push(text(block, place)?),
            Some("tool_use") => calls.push(call(block, place)?),
            Some("thinking" | "redacted_thinking") => {}
            _ => return Err(not_text(place)),
        }
    }
    let mut turn = Turn::new(Role::Assistant, said.join("\n"));
    turn.tool = (!calls.is_empty()).then_some(ToolPart::Calls(calls));
    Ok(turn)
}

fn call(block: &Value, place: &str) -> Result<ToolCall> {
    let text = |name: &str| block[name].as_str().filter(|text| !text.is_empty());
    let input = block.get("input").filter(|input| input.is_object());
    match (text("id"), text("name"), input) {
        (Some(id), Some(name), Some(input)) => {
            Ok(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: input.to_string() })
        }
        _ => Err(Refusal::field(place, "calls with 'id', 'name' and 'input'")),
    }
}
