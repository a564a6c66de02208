//! The request of `/v1/responses`, checked field by field before anything is started.

use hearth_app::PromptForm;
use hearth_domain::{AnswerFormat, AnswerOptions, SamplingParams, Tool, ToolChoice};
use serde_json::{Value, json};

use super::{
    super::{description, request::HARMLESS},
    items,
};
use crate::programs::{self, Asked, COLLECTIONS, Fields, Refusal, Result};

/// Fields of this interface that need what is kept, or what runs at a vendor.
const NOT_YET: [&str; 4] = ["conversation", "previous_response_id", "prompt", "max_tool_calls"];
/// Fields beside [`HARMLESS`] that ask nothing of the answer.
const ALSO_HARMLESS: [&str; 4] = ["include", "reasoning", "stream_options", "truncation"];

/// A request, and what of it the response repeats.
pub(super) struct ResponseRequest {
    pub(super) asked: Asked,
    pub(super) echo: Value,
}

impl ResponseRequest {
    pub(super) fn read(body: &Value) -> Result<Self> {
        let harmless = [&HARMLESS[..], &ALSO_HARMLESS].concat();
        let (asked, mut warnings) = programs::read(body, &harmless, asked)?;
        if body["store"] == true {
            warnings.push("nothing is kept here; 'store' was ignored".into());
        }
        Ok(Self { echo: echo(body), asked: Asked { warnings, ..asked } })
    }
}

/// What is asked, but for what was asked in vain.
pub(crate) fn asked(fields: Fields<'_>) -> Result<Asked> {
    fields.without(&NOT_YET)?;
    // Said by clients that want none.
    fields.integer("top_logprobs", 0..=0)?;
    if fields.flag("background")?.unwrap_or(false) {
        return Err(Refusal::not_supported("background"));
    }
    let tools = tools(fields)?;
    let options = AnswerOptions {
        format: format(fields)?,
        tool_choice: choice(fields, &tools)?,
        parallel_tool_calls: fields.flag("parallel_tool_calls")?.unwrap_or(true),
        tools,
        ..AnswerOptions::default()
    };
    options.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    Ok(Asked {
        collections: collections(fields)?,
        model: fields.model()?,
        turns: items::read(fields)?,
        form: PromptForm::Chat,
        sampling: SamplingParams {
            temperature: fields.number("temperature", 0.0..=2.0)?,
            top_p: fields.number("top_p", 0.0..=1.0)?,
            max_tokens: fields.integer("max_output_tokens", 1..=1_000_000)?,
            ..SamplingParams::default()
        },
        thinking: true,
        options,
        stream: fields.flag("stream")?.unwrap_or(false),
        warnings: Vec::new(),
    })
}

/// What a response repeats of its request, with the usual values where nothing was said.
fn echo(body: &Value) -> Value {
    let or = |name: &str, usual: Value| {
        body.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(usual)
    };
    json!({
        "instructions": or("instructions", Value::Null),
        "max_output_tokens": or("max_output_tokens", Value::Null),
        "metadata": or("metadata", json!({})),
        "parallel_tool_calls": or("parallel_tool_calls", true.into()),
        "temperature": or("temperature", Value::Null),
        "text": or("text", json!({"format": {"type": "text"}})),
        "tool_choice": or("tool_choice", "auto".into()),
        "tools": or("tools", json!([])),
        "top_p": or("top_p", Value::Null),
    })
}

/// OpenAI's tool that searches documents; its stores are our collections.
const FILE_SEARCH: &str = "file_search";

fn all_tools(fields: Fields<'_>) -> Result<&[Value]> {
    let Some(tools) = fields.get("tools") else { return Ok(&[]) };
    tools.as_array().map(Vec::as_slice).ok_or_else(|| Refusal::field("tools", "a list"))
}

fn tools(fields: Fields<'_>) -> Result<Vec<Tool>> {
    let tools = all_tools(fields)?.iter().enumerate();
    let tools = tools.filter(|(_, tool)| tool["type"] != FILE_SEARCH);
    tools.map(|(at, tool)| one_tool(at, tool)).collect()
}

/// The collections that the request names, by the field of ours or by OpenAI's tool.
fn collections(fields: Fields<'_>) -> Result<Vec<String>> {
    let mut named = fields.texts(COLLECTIONS)?;
    for (at, tool) in all_tools(fields)?.iter().enumerate() {
        if tool["type"] == FILE_SEARCH {
            let place = format!("tools[{at}].vector_store_ids");
            let wrong = || Refusal::field(&place, "a list of collections");
            let stores = tool["vector_store_ids"].as_array().filter(|stores| !stores.is_empty());
            for store in stores.ok_or_else(wrong)? {
                named.push(store.as_str().ok_or_else(wrong)?.to_owned());
            }
        }
    }
    Ok(named)
}

fn one_tool(at: usize, tool: &Value) -> Result<Tool> {
    let place = |field: &str| format!("tools[{at}].{field}");
    if tool["type"] != "function" {
        // What OpenAI's own servers run.
        return Err(Refusal::not_supported(&place("type")));
    }
    let name = tool["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::field(&place("name"), "a name"))?;
    let parameters = match tool.get("parameters") {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(parameters @ Value::Object(_)) => parameters.to_string(),
        Some(_) => return Err(Refusal::field(&place("parameters"), "a JSON schema")),
    };
    let description = description(tool, &place("description"))?;
    Ok(Tool { name: name.to_owned(), description, parameters })
}

fn choice(fields: Fields<'_>, tools: &[Tool]) -> Result<ToolChoice> {
    let wrong = || Refusal::field("tool_choice", "none, auto, required or one of the 'tools'");
    let Some(choice) = fields.get("tool_choice") else { return Ok(ToolChoice::Auto) };
    match (choice.as_str(), choice["name"].as_str()) {
        (Some("auto"), _) => Ok(ToolChoice::Auto),
        (Some("none"), _) => Ok(ToolChoice::None),
        (Some("required"), _) if !tools.is_empty() => Ok(ToolChoice::Required),
        (None, Some(name)) if tools.iter().any(|tool| tool.name == name) => {
            Ok(ToolChoice::Named(name.to_owned()))
        }
        _ => Err(wrong()),
    }
}

fn format(fields: Fields<'_>) -> Result<AnswerFormat> {
    let Some(format) = fields.part("text")?.and_then(|text| text.get("format")) else {
        return Ok(AnswerFormat::Text);
    };
    let schema = format.get("schema").filter(|schema| schema.is_object());
    match (format["type"].as_str(), schema) {
        (Some("text"), _) => Ok(AnswerFormat::Text),
        (Some("json_object"), _) => Ok(AnswerFormat::JsonObject),
        (Some("json_schema"), Some(schema)) => Ok(AnswerFormat::JsonSchema(schema.to_string())),
        _ => {
            Err(Refusal::field("text.format", "text, json_object, or json_schema with a 'schema'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use hearth_app::Turn;
    use hearth_domain::{Role, ToolPart};

    use super::*;

    fn with(extra: &Value) -> Result<Asked> {
        let mut body = json!({"model": "m", "input": "hi"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ResponseRequest::read(&body).map(|request| request.asked)
    }

    #[test]
    fn a_text_and_instructions_are_a_conversation() {
        let asked = with(&json!({"instructions": "Be brief.", "store": true})).unwrap();
        assert_eq!(
            asked.turns,
            [Turn::new(Role::System, "Be brief."), Turn::new(Role::User, "hi")]
        );
        assert!(asked.warnings.len() == 1 && asked.warnings[0].contains("kept"));
    }

    #[test]
    fn calls_of_one_answer_are_one_turn_and_thoughts_are_left_out() {
        let call = |id: &str| json!({"type": "function_call", "call_id": id, "name": "clock", "arguments": "{}"});
        let items = json!([
            {"role": "user", "content": [{"type": "input_text", "text": "When?"}]},
            {"type": "reasoning", "summary": []},
            {"role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
            call("a"),
            call("b"),
            {"type": "function_call_output", "call_id": "a", "output": "noon"},
        ]);
        let turns = with(&json!({ "input": items })).unwrap().turns;
        assert_eq!(turns.len(), 3);
        assert!(matches!(&turns[1].tool, Some(ToolPart::Calls(calls)) if calls.len() == 2));
        assert_eq!(turns[2].tool, Some(ToolPart::Result { id: "a".into(), name: None }));
    }

    #[test]
    fn what_is_wrong_or_missing_here_is_named() {
        for (extra, field) in [
            (json!({"input": []}), "input"),
            (json!({"input": [{"role": "king", "content": ""}]}), "input[0].role"),
            (json!({"input": [{"type": "item_reference", "id": "x"}]}), "input[0]"),
            (json!({"previous_response_id": "resp_1"}), "previous_response_id"),
            (json!({"background": true}), "background"),
            (json!({"tools": [{"type": "web_search"}]}), "tools[0].type"),
            (
                json!({"tools": [{"type": "function", "name": "a", "description": 1}]}),
                "tools[0].description",
            ),
            (json!({"tool_choice": "required"}), "tool_choice"),
            (json!({"text": {"format": {"type": "xml"}}}), "text.format"),
            (json!({"temperature": 3}), "temperature"),
        ] {
            assert_eq!(with(&extra).unwrap_err().param.as_deref(), Some(field), "{extra}");
        }
    }
}
