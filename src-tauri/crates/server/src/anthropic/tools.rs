//! The tools of a request of the Anthropic interface, and which of them the model is to call.

use hearth_domain::{Tool, ToolChoice};
use serde_json::Value;

use crate::{
    openai::description,
    programs::{Fields, Refusal, Result},
};

pub(super) fn tools(fields: Fields<'_>) -> Result<Vec<Tool>> {
    let Some(tools) = fields.get("tools") else { return Ok(Vec::new()) };
    let tools = tools.as_array().ok_or_else(|| Refusal::field("tools", "a list"))?;
    tools.iter().enumerate().map(|(at, tool)| one(at, tool)).collect()
}

fn one(at: usize, tool: &Value) -> Result<Tool> {
    let place = |field: &str| format!("tools[{at}].{field}");
    match &tool["type"] {
        Value::Null => {}
        Value::String(kind) if kind == "custom" => {}
        // What Anthropic's own servers run.
        Value::String(_) => return Err(Refusal::not_supported(&place("type"))),
        _ => return Err(Refusal::field(&place("type"), "custom")),
    }
    let name = tool["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::field(&place("name"), "a name"))?;
    let schema = tool.get("input_schema").filter(|schema| schema.is_object());
    let schema = schema.ok_or_else(|| Refusal::field(&place("input_schema"), "a JSON schema"))?;
    let description = description(tool, &place("description"))?;
    Ok(Tool { name: name.to_owned(), description, parameters: schema.to_string() })
}

/// Which tools are called, and whether several at once.
pub(super) fn choice(fields: Fields<'_>, tools: &[Tool]) -> Result<(ToolChoice, bool)> {
    let wrong = || Refusal::field("tool_choice", "auto, any, none, or a tool of 'tools' by name");
    let Some(choice) = fields.get("tool_choice") else { return Ok((ToolChoice::Auto, true)) };
    let several = match choice.get("disable_parallel_tool_use") {
        None => true,
        Some(disabled) => !disabled.as_bool().ok_or_else(wrong)?,
    };
    let choice = match choice["type"].as_str() {
        Some("auto") => ToolChoice::Auto,
        Some("none") => ToolChoice::None,
        Some("any") if !tools.is_empty() => ToolChoice::Required,
        Some("tool") => {
            let name = choice["name"].as_str().ok_or_else(wrong)?;
            let known = tools.iter().any(|tool| tool.name == name);
            ToolChoice::Named(known.then(|| name.to_owned()).ok_or_else(wrong)?)
        }
        _ => return Err(wrong()),
    };
    Ok((choice, several))
}
