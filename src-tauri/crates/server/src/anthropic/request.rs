//! The request of `/v1/messages`, checked field by field before anything is started.

use hearth_app::PromptForm;
use hearth_domain::{AnswerFormat, AnswerOptions, Role, SamplingParams};
use serde_json::Value;

use super::{tools, turns};
use crate::programs::{self, Asked, COLLECTIONS, Fields, Refusal, Result};

/// Fields that ask nothing of the answer.
pub(super) const HARMLESS: [&str; 4] =
    ["cache_control", "inference_geo", "metadata", "service_tier"];
/// Fields of this interface that Hearth does not have.
const NOT_YET: [&str; 4] = ["container", "context_management", "mcp_servers", "fallbacks"];
/// Tokens that may be asked for.
const TOKENS: std::ops::RangeInclusive<u32> = 1..=1_000_000;

/// A request for an answer.
pub(super) fn read(body: &Value) -> Result<Asked> {
    let (asked, warnings) = programs::read(body, &HARMLESS, asked)?;
    Ok(Asked { warnings, ..asked })
}

/// The same, but for what was asked in vain.
pub(super) fn asked(fields: Fields<'_>) -> Result<Asked> {
    let max_tokens = fields.integer("max_tokens", TOKENS)?;
    if max_tokens.is_none() {
        return Err(Refusal::field("max_tokens", "given: how many tokens the answer may have"));
    }
    let sampling = SamplingParams {
        temperature: fields.number("temperature", 0.0..=1.0)?,
        top_p: fields.number("top_p", 0.0..=1.0)?,
        top_k: fields.integer("top_k", 0..=1000)?,
        max_tokens,
        stop: stop(fields)?,
        ..SamplingParams::default()
    };
    let stream = fields.flag("stream")?.unwrap_or(false);
    Ok(Asked { sampling, stream, ..conversation(fields)? })
}

/// What the model reads, and how it is to answer: all of a request that only wants to know how long it is.
pub(super) fn conversation(fields: Fields<'_>) -> Result<Asked> {
    fields.without(&NOT_YET)?;
    let (thinking, reasoning_budget) = thinking(fields)?;
    let tools = tools::tools(fields)?;
    let (tool_choice, parallel_tool_calls) = tools::choice(fields, &tools)?;
    let turns = turns::read(fields)?;
    let begun = turns.last().is_some_and(|it| it.role == Role::Assistant && it.tool.is_none());
    let options = AnswerOptions {
        format: format(fields)?,
        tools,
        tool_choice,
        parallel_tool_calls,
        reasoning_budget,
        ..AnswerOptions::default()
    };
    options.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    Ok(Asked {
        collections: fields.texts(COLLECTIONS)?,
        model: fields.model()?,
        turns,
        form: if begun { PromptForm::Begun } else { PromptForm::Chat },
        sampling: SamplingParams::default(),
        thinking,
        options,
        stream: false,
        warnings: Vec::new(),
    })
}

fn stop(fields: Fields<'_>) -> Result<Vec<String>> {
    let texts = fields.texts("stop_sequences")?;
    let fits = texts.len() <= 16 && texts.iter().all(|text| (1..=256).contains(&text.len()));
    let expected = "up to 16 strings of 1 to 256 bytes each";
    if fits { Ok(texts) } else { Err(Refusal::field("stop_sequences", expected)) }
}

/// Whether the model may think first, and for how long. Unless asked it does not, as in this
/// interface nobody who does not ask is shown thoughts.
fn thinking(fields: Fields<'_>) -> Result<(bool, Option<u32>)> {
    let Some(thinking) = fields.get("thinking") else { return Ok((false, None)) };
    let wrong =
        || Refusal::field("thinking", "of type enabled (with budget_tokens), adaptive or disabled");
    match thinking["type"].as_str() {
        Some("disabled") => Ok((false, None)),
        Some("adaptive") => Ok((true, None)),
        Some("enabled") => {
            let object = thinking.as_object().ok_or_else(wrong)?;
            let budget = Fields::new(object).integer("budget_tokens", TOKENS)?;
            Ok((true, Some(budget.ok_or_else(wrong)?)))
        }
        _ => Err(wrong()),
    }
}

/// The form of the answer, under its present and its former name.
fn format(fields: Fields<'_>) -> Result<AnswerFormat> {
    let wanted = fields.part("output_config")?.and_then(|config| config.get("format"));
    let Some(wanted) = wanted.or_else(|| fields.get("output_format")) else {
        return Ok(AnswerFormat::Text);
    };
    let schema = wanted.get("schema").filter(|schema| schema.is_object());
    match (wanted["type"].as_str(), schema) {
        (Some("json_schema"), Some(schema)) => Ok(AnswerFormat::JsonSchema(schema.to_string())),
        _ => Err(Refusal::field("output_config.format", "of type json_schema, with a 'schema'")),
    }
}

#[cfg(test)]
mod tests {
    use hearth_app::Turn;
    use hearth_domain::{ToolCall, ToolChoice, ToolPart};
    use serde_json::json;

    use super::*;

    fn with(extra: &Value) -> Result<Asked> {
        let mut body = json!({"model": "m", "max_tokens": 9,
            "messages": [{"role": "user", "content": "hi"}]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        read(&body)
    }

    fn wrong_field(extra: &Value) -> String {
        let refusal = with(extra).unwrap_err();
        assert_eq!(refusal.error.code.http_status(), 400, "{extra}");
        refusal.param.unwrap()
    }

    #[test]
    fn the_smallest_request_is_read_and_thinks_only_when_asked() {
        let asked = with(&json!({"system": [{"type": "text", "text": "Be brief."}]})).unwrap();
        assert_eq!(
            asked.turns,
            [Turn::new(Role::System, "Be brief."), Turn::new(Role::User, "hi")]
        );
        assert_eq!((asked.form, asked.sampling.max_tokens), (PromptForm::Chat, Some(9)));
        assert!(!asked.thinking && !asked.stream && asked.warnings.is_empty());
        let thinking = json!({"thinking": {"type": "enabled", "budget_tokens": 50}, "x": 1});
        let asked = with(&thinking).unwrap();
        assert_eq!((asked.thinking, asked.options.reasoning_budget), (true, Some(50)));
        assert_eq!(asked.warnings.len(), 1);
    }

    #[test]
    fn calls_and_results_become_turns_in_their_order() {
        let asked = with(&json!({"messages": [
            {"role": "user", "content": "When?"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "t1", "name": "clock", "input": {"zone": "x"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": "broken"},
                {"type": "text", "text": "Well?"}]},
        ]}));
        let turns = asked.unwrap().turns;
        let call =
            ToolCall { id: "t1".into(), name: "clock".into(), arguments: r#"{"zone":"x"}"#.into() };
        assert_eq!(turns[1].content, "I look.");
        assert_eq!(turns[1].tool, Some(ToolPart::Calls(vec![call])));
        assert_eq!(turns[2].tool, Some(ToolPart::Result { id: "t1".into(), name: None }));
        assert_eq!(turns[2].content, "Error: broken");
        assert_eq!(turns[3], Turn::new(Role::User, "Well?"));
    }

    #[test]
    fn a_last_message_of_the_assistant_is_the_beginning_of_the_answer() {
        let messages =
            json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "{"}]);
        assert_eq!(with(&json!({ "messages": messages })).unwrap().form, PromptForm::Begun);
    }

    #[test]
    fn tools_and_their_choice_are_read() {
        let tools = json!([{"name": "clock", "input_schema": {"type": "object"}}]);
        let choice = |choice: Value| with(&json!({"tools": tools, "tool_choice": choice}));
        let asked = choice(json!({"type": "tool", "name": "clock"})).unwrap();
        assert_eq!(asked.options.tool_choice, ToolChoice::Named("clock".into()));
        let asked = choice(json!({"type": "any", "disable_parallel_tool_use": true})).unwrap();
        assert_eq!(asked.options.tool_choice, ToolChoice::Required);
        assert!(!asked.options.parallel_tool_calls);
        assert!(choice(json!({"type": "tool", "name": "other"})).is_err());
    }

    #[test]
    fn what_is_wrong_or_missing_here_is_named() {
        let picture = json!([{"role": "user", "content": [{"type": "image", "source": {}}]}]);
        for (extra, field) in [
            (json!({"max_tokens": null}), "max_tokens"),
            (json!({"max_tokens": 0}), "max_tokens"),
            (json!({"temperature": 1.5}), "temperature"),
            (json!({"stop_sequences": [""]}), "stop_sequences"),
            (json!({"messages": []}), "messages"),
            (json!({"messages": [{"role": "system", "content": "x"}]}), "messages[0].role"),
            (json!({"messages": picture}), "messages[0]"),
            (json!({"thinking": {"type": "enabled"}}), "thinking"),
            (json!({"tools": [{"type": "web_search_20260209", "name": "s"}]}), "tools[0].type"),
            (json!({"tools": [{"name": "x", "type": 1}]}), "tools[0].type"),
            (json!({"tools": [{"name": "x"}]}), "tools[0].input_schema"),
            (json!({"tool_choice": {"type": "any"}}), "tool_choice"),
            (json!({"mcp_servers": [{}]}), "mcp_servers"),
            (json!({"output_config": {"format": {"type": "xml"}}}), "output_config.format"),
        ] {
            assert_eq!(wrong_field(&extra), field, "{extra}");
        }
    }
}
