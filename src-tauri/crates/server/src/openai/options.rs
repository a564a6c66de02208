//! The fields of a chat request beyond the common ones: further samplers, logit bias, logprobs, the
//! form of the answer, tools, the limit on thinking.

use hearth_domain::{AnswerFormat, AnswerOptions, Drafting, Samplers, Tool, ToolChoice};
use serde_json::Value;

use crate::programs::{Fields, Refusal, Result};

pub(super) fn read(fields: Fields<'_>) -> Result<AnswerOptions> {
    let tools = tools(fields)?;
    let options = AnswerOptions {
        samplers: samplers(fields)?,
        logit_bias: logit_bias(fields)?,
        logprobs: logprobs(fields)?,
        format: format(fields)?,
        tool_choice: tool_choice(fields, &tools)?,
        parallel_tool_calls: fields.flag("parallel_tool_calls")?.unwrap_or(true),
        tools,
        reasoning_budget: reasoning_budget(fields)?,
        drafting: drafting(fields)?,
    };
    // The same ranges once more where they are defined, should they ever move.
    options.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    Ok(options)
}

fn samplers(fields: Fields<'_>) -> Result<Samplers> {
    Ok(Samplers {
        typical_p: fields.number("typical_p", 0.0..=1.0)?,
        top_n_sigma: fields.number("top_n_sigma", 0.0..=100.0)?,
        xtc_probability: fields.number("xtc_probability", 0.0..=1.0)?,
        xtc_threshold: fields.number("xtc_threshold", 0.0..=1.0)?,
        dynatemp_range: fields.number("dynatemp_range", 0.0..=2.0)?,
        dynatemp_exponent: fields.number("dynatemp_exponent", 0.0..=10.0)?,
        repeat_last_n: fields.integer("repeat_last_n", 0..=65_536)?,
        dry_multiplier: fields.number("dry_multiplier", 0.0..=100.0)?,
        dry_base: fields.number("dry_base", 1.0..=10.0)?,
        dry_allowed_length: fields.integer("dry_allowed_length", 0..=1000)?,
        dry_penalty_last_n: fields.integer("dry_penalty_last_n", 0..=65_536)?,
        mirostat: fields.integer("mirostat", 0..=2)?,
        mirostat_tau: fields.number("mirostat_tau", 0.0..=100.0)?,
        mirostat_eta: fields.number("mirostat_eta", 0.0..=1.0)?,
    })
}

/// `{"token id": bias}`, as OpenAI has it, or `[[token id, bias]]`, as llama.cpp has it.
fn logit_bias(fields: Fields<'_>) -> Result<Vec<(u32, f32)>> {
    let wrong = || {
        let most = AnswerOptions::MOST_BIASED;
        Refusal::field("logit_bias", &format!("up to {most} token ids with numbers, -100 to 100"))
    };
    let pairs: Vec<(Option<u32>, &Value)> = match fields.get("logit_bias") {
        None => return Ok(Vec::new()),
        Some(Value::Object(pairs)) => {
            pairs.iter().map(|(id, bias)| (id.parse().ok(), bias)).collect()
        }
        Some(Value::Array(pairs)) => pairs
            .iter()
            .map(|pair| match pair.as_array().map(Vec::as_slice) {
                Some([id, bias]) => Some((id.as_u64().and_then(|id| u32::try_from(id).ok()), bias)),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(wrong)?,
        Some(_) => return Err(wrong()),
    };
    if pairs.len() > AnswerOptions::MOST_BIASED {
        return Err(wrong());
    }
    #[allow(clippy::cast_possible_truncation, reason = "the range is far inside of f32")]
    let pair = |(id, bias): (Option<u32>, &Value)| {
        let bias = bias.as_f64().filter(|bias| (-100.0..=100.0).contains(bias))?;
        Some((id?, bias as f32))
    };
    pairs.into_iter().map(pair).collect::<Option<_>>().ok_or_else(wrong)
}

fn logprobs(fields: Fields<'_>) -> Result<Option<u32>> {
    let top = fields.integer("top_logprobs", 0..=AnswerOptions::MOST_LOGPROBS)?;
    let asked = fields.flag("logprobs")?.unwrap_or(false);
    match (asked, top) {
        (false, Some(_)) => Err(Refusal::field("top_logprobs", "beside 'logprobs': true")),
        (false, None) => Ok(None),
        (true, top) => Ok(Some(top.unwrap_or(0))),
    }
}

fn format(fields: Fields<'_>) -> Result<AnswerFormat> {
    let grammar = fields.text("grammar")?.filter(|grammar| !grammar.is_empty());
    let asked = match fields.get("response_format") {
        None => AnswerFormat::Text,
        Some(format) => response_format(format)?,
    };
    // llama.cpp's own fields for the same.
    let schema = fields.get("json_schema").filter(|schema| **schema != serde_json::json!({}));
    match (grammar, schema, asked) {
        (None, None, asked) => Ok(asked),
        (Some(grammar), None, AnswerFormat::Text) => Ok(AnswerFormat::Grammar(grammar.to_owned())),
        (None, Some(schema), AnswerFormat::Text) => {
            Ok(AnswerFormat::JsonSchema(schema.to_string()))
        }
        _ => Err(Refusal::field(
            "response_format",
            "the only one of 'grammar', 'json_schema' and 'response_format'",
        )),
    }
}

fn response_format(format: &Value) -> Result<AnswerFormat> {
    match format["type"].as_str() {
        Some("text") => Ok(AnswerFormat::Text),
        // llama.cpp takes a schema here, too.
        Some("json_object") => match &format["schema"] {
            Value::Null => Ok(AnswerFormat::JsonObject),
            schema @ Value::Object(_) => Ok(AnswerFormat::JsonSchema(schema.to_string())),
            _ => Err(Refusal::field("response_format.schema", "a JSON schema")),
        },
        Some("json_schema") => {
            let schema = &format["json_schema"]["schema"];
            let expected = || Refusal::field("response_format.json_schema.schema", "a JSON schema");
            // The answer keeps to the schema in any case.
            if let Some(given) = format["json_schema"].as_object() {
                let place =
                    |_| Refusal::field("response_format.json_schema.strict", "true or false");
                Fields::new(given).flag("strict").map_err(place)?;
            }
            let schema = Some(schema).filter(|schema| schema.is_object()).ok_or_else(expected)?;
            Ok(AnswerFormat::JsonSchema(schema.to_string()))
        }
        _ => Err(Refusal::field("response_format.type", "text, json_object or json_schema")),
    }
}

/// The tools of a request, as Ollama has them too.
pub(crate) fn tools(fields: Fields<'_>) -> Result<Vec<Tool>> {
    let Some(tools) = fields.get("tools") else { return Ok(Vec::new()) };
    let tools = tools.as_array().ok_or_else(|| Refusal::field("tools", "a list"))?;
    tools.iter().enumerate().map(|(at, tool)| one_tool(at, tool)).collect()
}

fn one_tool(at: usize, tool: &Value) -> Result<Tool> {
    let place = |field: &str| format!("tools[{at}].{field}");
    if tool["type"] != "function" {
        return Err(Refusal::field(&place("type"), "function"));
    }
    let function = &tool["function"];
    let name = function["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::field(&place("function.name"), "a name"))?;
    let parameters = match function.get("parameters") {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(parameters @ Value::Object(_)) => parameters.to_string(),
        Some(_) => return Err(Refusal::field(&place("function.parameters"), "a JSON schema")),
    };
    let description = description(function, &place("function.description"))?;
    Ok(Tool { name: name.to_owned(), description, parameters })
}

/// What a tool is for, where that is said; the same in every interface.
pub(crate) fn description(tool: &Value, place: &str) -> Result<String> {
    match tool.get("description") {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(Refusal::field(place, "a string")),
    }
}

fn tool_choice(fields: Fields<'_>, tools: &[Tool]) -> Result<ToolChoice> {
    let choice = match fields.get("tool_choice") {
        None => return Ok(ToolChoice::Auto),
        Some(Value::String(choice)) => match choice.as_str() {
            "auto" => ToolChoice::Auto,
            "none" => ToolChoice::None,
            "required" => ToolChoice::Required,
            _ => return Err(wrong_choice()),
        },
        Some(choice) => {
            let name = choice["function"]["name"].as_str().ok_or_else(wrong_choice)?;
            ToolChoice::Named(name.to_owned())
        }
    };
    let possible = match &choice {
        ToolChoice::Auto | ToolChoice::None => true,
        ToolChoice::Required => !tools.is_empty(),
        ToolChoice::Named(name) => tools.iter().any(|tool| tool.name == *name),
    };
    if possible { Ok(choice) } else { Err(wrong_choice()) }
}

fn wrong_choice() -> Refusal {
    Refusal::field("tool_choice", "none, auto, required or one of the 'tools'")
}

/// Tokens that may be thought; -1 is llama.cpp's word for no limit.
fn reasoning_budget(fields: Fields<'_>) -> Result<Option<u32>> {
    const NAMES: [&str; 2] = ["reasoning_budget", "thinking_budget_tokens"];
    for name in NAMES {
        match fields.get(name) {
            None => {}
            Some(value) if value.as_i64() == Some(-1) => return Ok(None),
            Some(_) => return fields.integer(name, 0..=1_000_000),
        }
    }
    Ok(None)
}

fn drafting(fields: Fields<'_>) -> Result<Drafting> {
    let most = fields.integer("speculative.n_max", 0..=AnswerOptions::MOST_DRAFTED)?;
    Ok(match most {
        None => Drafting::Auto,
        Some(0) => Drafting::Off,
        Some(most) => Drafting::Always(most),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(value: &Value) -> Result<AnswerOptions> {
        read(Fields::new(value.as_object().unwrap()))
    }

    fn wrong(value: &Value) -> String {
        let refusal = asked(value).unwrap_err();
        assert_eq!(refusal.error.code.http_status(), 400, "{value}");
        refusal.param.unwrap()
    }

    fn clock() -> Value {
        json!([{"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}])
    }

    #[test]
    fn the_forms_of_an_answer_are_read() {
        let format = |value: &Value| asked(value).unwrap().format;
        assert_eq!(format(&json!({})), AnswerFormat::Text);
        assert_eq!(
            format(&json!({"response_format": {"type": "json_object"}})),
            AnswerFormat::JsonObject
        );
        let schema = json!({"response_format": {"type": "json_schema",
            "json_schema": {"name": "x", "strict": true, "schema": {"type": "array"}}}});
        let wanted = AnswerFormat::JsonSchema(r#"{"type":"array"}"#.into());
        assert_eq!(format(&schema), wanted);
        assert_eq!(format(&json!({"json_schema": {"type": "array"}})), wanted);
        let grammar = AnswerFormat::Grammar("root ::= \"a\"".into());
        assert_eq!(format(&json!({"grammar": "root ::= \"a\""})), grammar);
    }

    #[test]
    fn tools_and_the_choice_among_them_are_read() {
        let named = json!({"type": "function", "function": {"name": "clock"}});
        let options = asked(&json!({"tools": clock(), "tool_choice": named})).unwrap();
        assert_eq!(options.tools[0].name, "clock");
        assert_eq!(options.tool_choice, ToolChoice::Named("clock".into()));
        let options = asked(&json!({"tools": clock()})).unwrap();
        assert!(options.parallel_tool_calls && options.calls_tools());
        let none = asked(&json!({"tools": clock(), "tool_choice": "none"})).unwrap();
        assert!(!none.calls_tools());
    }

    #[test]
    fn biases_probabilities_and_budgets_are_read() {
        let options =
            asked(&json!({"logit_bias": {"7": -100}, "logprobs": true, "top_logprobs": 3,
            "reasoning_budget": 0, "speculative.n_max": 0, "mirostat": 2}))
            .unwrap();
        assert_eq!(options.logit_bias, [(7, -100.0)]);
        assert_eq!((options.logprobs, options.reasoning_budget), (Some(3), Some(0)));
        assert_eq!((options.drafting, options.samplers.mirostat), (Drafting::Off, Some(2)));
        assert_eq!(asked(&json!({"logit_bias": [[7, 1.5]]})).unwrap().logit_bias, [(7, 1.5)]);
        assert_eq!(asked(&json!({"reasoning_budget": -1})).unwrap().reasoning_budget, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let format = |format: Value| json!({"response_format": format});
        for (value, field) in [
            (json!({"logit_bias": {"x": 1}}), "logit_bias"),
            (json!({"logit_bias": {"1": 101}}), "logit_bias"),
            (json!({"logit_bias": [[1]]}), "logit_bias"),
            (json!({"top_logprobs": 2}), "top_logprobs"),
            (json!({"logprobs": true, "top_logprobs": 21}), "top_logprobs"),
            (json!({"logprobs": "yes"}), "logprobs"),
            (format(json!({"type": "xml"})), "response_format.type"),
            (format(json!({"type": "json_schema"})), "response_format.json_schema.schema"),
            (
                format(json!({"type": "json_schema", "json_schema": {"schema": {}, "strict": 1}})),
                "response_format.json_schema.strict",
            ),
            (json!({"grammar": 7}), "grammar"),
            (
                json!({"grammar": "root ::= \"a\"", "json_schema": {"type": "object"}}),
                "response_format",
            ),
            (json!({"tools": {}}), "tools"),
            (json!({"tools": [{}]}), "tools[0].type"),
            (json!({"tools": [{"type": "function"}]}), "tools[0].function.name"),
            (json!({"tool_choice": "required"}), "tool_choice"),
            (json!({"tools": clock(), "tool_choice": "perhaps"}), "tool_choice"),
            (
                json!({"tools": clock(), "response_format": {"type": "json_object"}}),
                "response_format",
            ),
            (json!({"typical_p": 2}), "typical_p"),
            (json!({"mirostat": 3}), "mirostat"),
            (json!({"reasoning_budget": -2}), "reasoning_budget"),
            (json!({"speculative.n_max": 100}), "speculative.n_max"),
        ] {
            assert_eq!(wrong(&value), field, "{value}");
        }
    }
}
