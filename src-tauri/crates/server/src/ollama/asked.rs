//! The requests of `/api/chat` and `/api/generate`, checked field by field before anything is started.

use hearth_app::{PromptForm, Turn};
use hearth_domain::{
    AnswerFormat, AnswerOptions, Role, Samplers, SamplingParams, ToolCall, ToolPart,
};
use serde_json::{Map, Value};

use crate::{
    openai,
    programs::{self, Asked, COLLECTIONS, Fields, Refusal, Result},
};

/// Options that concern how Ollama runs a model, not the answer. Here the person sets that.
pub(super) const OF_THE_RUNNER: [&str; 11] = [
    "f16_kv",
    "low_vram",
    "main_gpu",
    "num_batch",
    "num_ctx",
    "num_gpu",
    "num_keep",
    "num_thread",
    "numa",
    "use_mlock",
    "use_mmap",
];

/// What is wanted of a model beyond an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Answer,
    /// Nothing is asked: it is to be loaded.
    Load,
    /// Nothing is asked, and it is to stay for no time.
    Unload,
}

/// A request, and what it wants.
pub(super) fn read(
    body: &Value,
    form: fn(Fields<'_>) -> Result<(Asked, Wish)>,
) -> Result<(Asked, Wish)> {
    let ((asked, wish), more) = programs::read(body, &[], form)?;
    let mut warnings = [asked.warnings, more].concat();
    let options = body["options"].as_object().into_iter().flat_map(Map::keys);
    let runner = options.filter(|name| OF_THE_RUNNER.contains(&name.as_str()));
    warnings.extend(runner.map(|name| format!("'{name}' is set in Hearth and was ignored")));
    if body.get("keep_alive").is_some_and(|keep| !keep.is_null()) && !body["messages"].is_null() {
        warnings.push("how long the model stays is set in Hearth; 'keep_alive' was ignored".into());
    }
    Ok((Asked { warnings, ..asked }, wish))
}

/// The form of `/api/chat`.
pub(super) fn chat(fields: Fields<'_>) -> Result<(Asked, Wish)> {
    let messages = match fields.get("messages") {
        None => &[],
        Some(Value::Array(messages)) => messages.as_slice(),
        Some(_) => return Err(Refusal::field("messages", "a list")),
    };
    let turns: Result<Vec<_>> =
        messages.iter().enumerate().map(|(at, message)| turn(at, message)).collect();
    let turns = turns?;
    let begun = turns.last().is_some_and(|it| it.role == Role::Assistant && it.tool.is_none());
    let form = if begun { PromptForm::Begun } else { PromptForm::Chat };
    let tools = openai::tools(fields)?;
    let (asked, wish) = rest(fields, turns, form)?;
    let options = AnswerOptions { tools, ..asked.options };
    Ok((Asked { options, ..asked }, wish))
}

/// The form of `/api/generate`: one text.
pub(super) fn generate(fields: Fields<'_>) -> Result<(Asked, Wish)> {
    fields.without(&["suffix", "template", "images", "context"])?;
    let prompt = fields.text("prompt")?.unwrap_or_default();
    let system = fields.text("system")?.filter(|text| !text.is_empty());
    let raw = fields.flag("raw")?.unwrap_or(false);
    let mut turns = Vec::new();
    if !prompt.is_empty() {
        turns.extend(system.filter(|_| !raw).map(|text| Turn::new(Role::System, text)));
        turns.push(Turn::new(Role::User, prompt));
    }
    let form = if raw { PromptForm::Raw } else { PromptForm::Chat };
    rest(fields, turns, form)
}

/// What both have in common.
fn rest(fields: Fields<'_>, turns: Vec<Turn>, form: PromptForm) -> Result<(Asked, Wish)> {
    let keep = fields.get("keep_alive");
    if keep.is_some_and(|keep| !keep.is_string() && !keep.is_number()) {
        return Err(Refusal::field("keep_alive", "a duration, such as 5m, or a number of seconds"));
    }
    let for_no_time =
        keep.is_some_and(|keep| keep.as_f64() == Some(0.0) || keep == "0" || keep == "0s");
    let wish = match (turns.is_empty(), for_no_time) {
        (false, _) => Wish::Answer,
        (true, false) => Wish::Load,
        (true, true) => Wish::Unload,
    };
    let (thinking, reasoning_budget) = thinking(fields)?;
    let none = Value::Object(Map::new());
    let given = fields.get("options").unwrap_or(&none);
    if !given.is_object() {
        return Err(Refusal::field("options", "an object"));
    }
    let ((sampling, samplers), warnings) = programs::read(given, &OF_THE_RUNNER, options)?;
    let options = AnswerOptions {
        format: format(fields)?,
        samplers,
        reasoning_budget,
        ..AnswerOptions::default()
    };
    options.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    let asked = Asked {
        model: fields.model()?,
        collections: fields.texts(COLLECTIONS)?,
        turns,
        form,
        sampling,
        thinking,
        options,
        stream: fields.flag("stream")?.unwrap_or(true),
        warnings,
    };
    Ok((asked, wish))
}

fn turn(at: usize, message: &Value) -> Result<Turn> {
    let place = |field: &str| format!("messages[{at}].{field}");
    let (role, is_result) = match message["role"].as_str() {
        Some("system") => (Role::System, false),
        Some("user") => (Role::User, false),
        Some("assistant") => (Role::Assistant, false),
        Some("tool") => (Role::User, true),
        _ => return Err(Refusal::field(&place("role"), "system, user, assistant or tool")),
    };
    if message["images"].as_array().is_some_and(|images| !images.is_empty()) {
        return Err(Refusal::not_supported(&place("images")));
    }
    let content = match &message["content"] {
        Value::String(text) => text.as_str(),
        Value::Null if role == Role::Assistant => "",
        _ => return Err(Refusal::field(&place("content"), "a string")),
    };
    let mut turn = Turn::new(role, content);
    if is_result {
        let name = message["tool_name"].as_str().or(message["name"].as_str()).map(str::to_owned);
        let id = message["tool_call_id"].as_str().unwrap_or_default().to_owned();
        turn.tool = Some(ToolPart::Result { id, name });
    } else if let Some(calls) = message["tool_calls"].as_array().filter(|it| !it.is_empty()) {
        let wrong = || Refusal::field(&place("tool_calls"), "a list of calls of functions");
        let calls: Option<Vec<_>> = calls.iter().map(call).collect();
        turn.tool = Some(ToolPart::Calls(calls.ok_or_else(wrong)?));
    }
    Ok(turn)
}

fn call(call: &Value) -> Option<ToolCall> {
    let function = &call["function"];
    let arguments = match function.get("arguments") {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(_) => return None,
    };
    let id = call["id"].as_str().unwrap_or_default().to_owned();
    Some(ToolCall { id, name: function["name"].as_str()?.to_owned(), arguments })
}

/// Whether the model may think first, as it does unless told otherwise.
fn thinking(fields: Fields<'_>) -> Result<(bool, Option<u32>)> {
    match fields.get("think") {
        None => Ok((true, None)),
        Some(Value::Bool(think)) => Ok((*think, None)),
        // How hard a model thinks cannot be set for models that know no levels.
        Some(Value::String(level)) if ["low", "medium", "high"].contains(&level.as_str()) => {
            Ok((true, None))
        }
        Some(_) => Err(Refusal::field("think", "true, false, low, medium or high")),
    }
}

fn format(fields: Fields<'_>) -> Result<AnswerFormat> {
    match fields.get("format") {
        None => Ok(AnswerFormat::Text),
        Some(Value::String(text)) if text.is_empty() => Ok(AnswerFormat::Text),
        Some(Value::String(text)) if text == "json" => Ok(AnswerFormat::JsonObject),
        Some(schema @ Value::Object(_)) => Ok(AnswerFormat::JsonSchema(schema.to_string())),
        Some(_) => Err(Refusal::field("format", "json or a JSON schema")),
    }
}

/// What stands in `options`.
pub(super) fn options(options: Fields<'_>) -> Result<(SamplingParams, Samplers)> {
    let sampling = SamplingParams {
        temperature: options.number("temperature", 0.0..=2.0)?,
        top_p: options.number("top_p", 0.0..=1.0)?,
        top_k: options.integer("top_k", 0..=1000)?,
        min_p: options.number("min_p", 0.0..=1.0)?,
        repeat_penalty: options.number("repeat_penalty", 0.5..=2.0)?,
        frequency_penalty: options.number("frequency_penalty", -2.0..=2.0)?,
        presence_penalty: options.number("presence_penalty", -2.0..=2.0)?,
        seed: options.integer("seed", 0..=u32::MAX)?,
        max_tokens: most(options)?,
        stop: openai::stop(options)?,
    };
    let samplers = Samplers {
        typical_p: options.number("typical_p", 0.0..=1.0)?,
        repeat_last_n: options.integer("repeat_last_n", 0..=65_536)?,
        mirostat: options.integer("mirostat", 0..=2)?,
        mirostat_tau: options.number("mirostat_tau", 0.0..=100.0)?,
        mirostat_eta: options.number("mirostat_eta", 0.0..=1.0)?,
        ..Samplers::default()
    };
    sampling.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    Ok((sampling, samplers))
}

/// Negative numbers are Ollama's words for no limit.
fn most(options: Fields<'_>) -> Result<Option<u32>> {
    match options.get("num_predict").and_then(Value::as_i64) {
        Some(-2 | -1) => Ok(None),
        _ => options.integer("num_predict", 1..=1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(extra: &Value) -> Result<(Asked, Wish)> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        read(&body, chat)
    }

    #[test]
    fn a_request_streams_unless_told_otherwise_and_says_what_it_ignores() {
        let (asked, wish) = with(&json!({"keep_alive": "5m", "options": {"num_ctx": 4096,
            "temperature": 0.5, "num_predict": -1, "heat": 1}}))
        .unwrap();
        assert!(asked.stream && asked.thinking && wish == Wish::Answer);
        assert_eq!((asked.sampling.temperature, asked.sampling.max_tokens), (Some(0.5), None));
        assert_eq!(asked.warnings.len(), 3, "{:?}", asked.warnings);
    }

    #[test]
    fn without_a_message_the_model_is_loaded_or_let_go() {
        let wish = |extra: Value| read(&extra, chat).map(|(_, wish)| wish);
        assert_eq!(wish(json!({"model": "m"})), Ok(Wish::Load));
        assert_eq!(wish(json!({"model": "m", "messages": [], "keep_alive": 0})), Ok(Wish::Unload));
        let (_, wish) = read(&json!({"model": "m", "keep_alive": 0}), generate).unwrap();
        assert_eq!(wish, Wish::Unload);
    }

    #[test]
    fn a_text_is_asked_with_or_without_a_template() {
        let (asked, _) =
            read(&json!({"model": "m", "prompt": "p", "system": "s"}), generate).unwrap();
        assert_eq!(asked.turns, [Turn::new(Role::System, "s"), Turn::new(Role::User, "p")]);
        let (asked, _) =
            read(&json!({"model": "m", "prompt": "p", "raw": true}), generate).unwrap();
        assert_eq!((asked.form, asked.turns.len()), (PromptForm::Raw, 1));
    }

    #[test]
    fn what_is_wrong_or_missing_here_is_named() {
        for (extra, field) in [
            (json!({"model": ""}), "model"),
            (json!({"format": "xml"}), "format"),
            (json!({"think": 3}), "think"),
            (json!({"keep_alive": true}), "keep_alive"),
            (json!({"options": {"top_p": 2}}), "top_p"),
            (json!({"options": 1}), "options"),
            (json!({"messages": [{"role": "king", "content": ""}]}), "messages[0].role"),
            (
                json!({"messages": [{"role": "user", "content": "", "images": ["x"]}]}),
                "messages[0].images",
            ),
        ] {
            let refusal = with(&extra).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(field), "{extra}");
        }
        let refusal =
            read(&json!({"model": "m", "prompt": "a", "suffix": "b"}), generate).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("suffix"));
    }
}
