//! The request of `/v1/chat/completions`, checked field by field before anything is started.
//!
//! Fields that nobody knows are ignored, as clients send many, and named in the answer. Fields that are known but not built
//! yet are refused: an answer that silently lacks what was asked for is worse than none.

use hearth_app::PromptForm;
use hearth_domain::SamplingParams;
use serde_json::Value;

use super::{options, turns};
use crate::programs::{self, Asked, COLLECTIONS, Fields, Refusal, Result};

/// Answers of one request: as many as a model computes beside each other unless set otherwise
/// (`parallel`).
const MOST_CHOICES: u32 = 8;

/// Fields of this interface, or of llama.cpp's, that Hearth does not have yet.
const NOT_YET: [&str; 10] = [
    "audio",
    "function_call",
    "functions",
    "modalities",
    "n_ctx",
    "n_discard",
    "n_keep",
    "n_probs",
    "prediction",
    "web_search_options",
];

/// Fields that ask nothing of the answer.
pub(super) const HARMLESS: [&str; 10] = [
    "cache_prompt",
    "guardrails",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "timings_per_token",
    "user",
];

/// A chat request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ChatRequest {
    pub(super) asked: Asked,
    /// How many answers, each by itself.
    pub(super) choices: u32,
    pub(super) include_usage: bool,
}

impl ChatRequest {
    pub(super) fn read(body: &Value) -> Result<Self> {
        let (mut request, warnings) = programs::read(body, &HARMLESS, Self::of)?;
        request.asked.warnings = warnings;
        Ok(request)
    }

    pub(super) fn of(fields: Fields<'_>) -> Result<Self> {
        fields.without(&NOT_YET)?;
        let stream = fields.flag("stream")?.unwrap_or(false);
        let asked = Asked {
            collections: fields.texts(COLLECTIONS)?,
            model: fields.model()?,
            turns: turns::read(fields)?,
            form: PromptForm::Chat,
            sampling: sampling(fields)?,
            thinking: true,
            options: options::read(fields)?,
            stream,
            warnings: Vec::new(),
        };
        let include_usage = include_usage(fields, stream)?;
        let choices = fields.integer("n", 1..=MOST_CHOICES)?.unwrap_or(1);
        Ok(Self { asked, choices, include_usage })
    }
}

pub(super) fn include_usage(fields: Fields<'_>, stream: bool) -> Result<bool> {
    let Some(options) = fields.get("stream_options") else { return Ok(false) };
    let object = options.as_object().filter(|_| stream);
    let object = object
        .ok_or_else(|| Refusal::field("stream_options", "an object, beside 'stream': true"))?;
    Ok(Fields::new(object).flag("include_usage")?.unwrap_or(false))
}

pub(super) fn sampling(fields: Fields<'_>) -> Result<SamplingParams> {
    const TOKENS: std::ops::RangeInclusive<u32> = 1..=1_000_000;
    let old_name = fields.integer("max_tokens", TOKENS)?;
    let params = SamplingParams {
        temperature: fields.number("temperature", 0.0..=2.0)?,
        top_p: fields.number("top_p", 0.0..=1.0)?,
        top_k: fields.integer("top_k", 0..=1000)?,
        min_p: fields.number("min_p", 0.0..=1.0)?,
        repeat_penalty: fields.number("repeat_penalty", 0.5..=2.0)?,
        frequency_penalty: fields.number("frequency_penalty", -2.0..=2.0)?,
        presence_penalty: fields.number("presence_penalty", -2.0..=2.0)?,
        seed: fields.integer("seed", 0..=u32::MAX)?,
        max_tokens: fields.integer("max_completion_tokens", TOKENS)?.or(old_name),
        stop: stop(fields)?,
    };
    // The same ranges once more where they are defined, should they ever move.
    params.validate().map_err(|field| Refusal::field(field, "in its range"))?;
    Ok(params)
}

/// Texts that end an answer.
pub(crate) fn stop(fields: Fields<'_>) -> Result<Vec<String>> {
    let wrong = || Refusal::field("stop", "a string, or up to 16 strings, of 1 to 256 bytes each");
    let texts = match fields.get("stop") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => {
            let texts = many.iter().map(|text| text.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(wrong)?
        }
        Some(_) => return Err(wrong()),
    };
    let fits = texts.len() <= 16 && texts.iter().all(|text| (1..=256).contains(&text.len()));
    if fits { Ok(texts) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use hearth_app::Turn;
    use hearth_domain::{Role, ToolCall, ToolPart};
    use serde_json::json;

    use super::*;

    fn with(extra: &Value) -> Result<ChatRequest> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let fields = extra.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(fields);
        ChatRequest::read(&body)
    }

    fn wrong_field(extra: &Value) -> String {
        let refusal = with(extra).unwrap_err();
        assert_eq!(refusal.error.code.http_status(), 400, "{extra}");
        refusal.param.unwrap()
    }

    #[test]
    fn the_smallest_request_is_read() {
        let ChatRequest { asked, choices, include_usage } = with(&json!({})).unwrap();
        assert_eq!(asked.turns, [Turn::new(Role::User, "hi")]);
        assert_eq!(asked.sampling, SamplingParams::default());
        assert_eq!((asked.options.tools, asked.warnings), (vec![], vec![]));
        assert!(!asked.stream && !include_usage);
        assert_eq!(choices, 1);
    }

    #[test]
    fn every_number_has_a_type_and_a_range() {
        for (name, value) in [
            ("temperature", json!(-1)),
            ("temperature", json!("hot")),
            ("top_p", json!(1.5)),
            ("top_k", json!(-5)),
            ("max_tokens", json!(1e9)),
            ("max_tokens", json!(0)),
            ("max_completion_tokens", json!(2_000_000)),
            ("seed", json!("x")),
            ("seed", json!(-1)),
            ("n", json!(0)),
            ("n", json!(9)),
            ("n", json!("2")),
            ("stream", json!("yes")),
            ("stop", json!([1])),
            ("stop", json!("")),
            ("stream_options", json!({"include_usage": true})),
        ] {
            assert_eq!(wrong_field(&json!({ name: value })), name);
        }
    }

    #[test]
    fn what_is_not_built_yet_is_refused_by_name_and_its_empty_forms_are_taken() {
        for (name, value) in [
            ("functions", json!([{}])),
            ("prediction", json!({"type": "content"})),
            ("n_discard", json!(-1)),
        ] {
            assert_eq!(wrong_field(&json!({ name: value })), name);
        }
        let harmless = json!({"tools": [], "response_format": {"type": "text"}, "logprobs": false,
            "n": 1, "user": "x", "guardrails": false, "logit_bias": {}, "tool_choice": "none"});
        assert_eq!(with(&harmless).unwrap().asked.warnings, [""; 0]);
        let unknown = with(&json!({"temprature": 0.2})).unwrap().asked.warnings;
        assert!(unknown.len() == 1 && unknown[0].contains("'temprature'"), "{unknown:?}");
    }

    #[test]
    fn parts_of_text_are_joined_and_pictures_are_refused() {
        let parts = |parts: Value| with(&json!({"messages": [{"role": "user", "content": parts}]}));
        let text = |text: &str| json!({"type": "text", "text": text});
        let read = parts(json!([text("a"), text("b")])).unwrap();
        assert_eq!(read.asked.turns[0].content, "a\nb");
        let picture = json!([{"type": "image_url", "image_url": {"url": "data:"}}]);
        let refusal = parts(picture).unwrap_err();
        assert!(refusal.error.message.contains("not supported yet"));
        assert_eq!(refusal.param.as_deref(), Some("messages[0].content"));
    }

    #[test]
    fn a_message_without_a_known_role_or_content_is_refused() {
        for (message, field) in [
            (json!("hi"), "messages[0]"),
            (json!({"content": "hi"}), "messages[0].role"),
            (json!({"role": "king", "content": "hi"}), "messages[0].role"),
            (json!({"role": "tool"}), "messages[0].content"),
            (json!({"role": "user", "content": "", "tool_calls": [{}]}), "messages[0].tool_calls"),
            (json!({"role": "assistant", "tool_calls": [{}]}), "messages[0].tool_calls"),
            (json!({"role": "user"}), "messages[0].content"),
            (json!({"role": "user", "content": 1}), "messages[0].content"),
        ] {
            assert_eq!(wrong_field(&json!({ "messages": [message] })), field);
        }
        assert_eq!(wrong_field(&json!({"messages": []})), "messages");
        assert_eq!(wrong_field(&json!({"messages": "hi"})), "messages");
    }

    #[test]
    fn calls_of_tools_and_their_results_are_read() {
        let call = json!({"id": "c1", "type": "function",
            "function": {"name": "clock", "arguments": "{}"}});
        let messages = json!([
            {"role": "user", "content": "When?"},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "noon"},
        ]);
        let turns = with(&json!({ "messages": messages })).unwrap().asked.turns;
        let call = ToolCall { id: "c1".into(), name: "clock".into(), arguments: "{}".into() };
        assert_eq!(turns[1].tool, Some(ToolPart::Calls(vec![call])));
        assert_eq!(turns[2].tool, Some(ToolPart::Result { id: "c1".into(), name: None }));
        assert_eq!(turns[2].content, "noon");
    }
}
