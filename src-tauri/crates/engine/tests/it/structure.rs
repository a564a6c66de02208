//! Answers of a given form, by models that would write anything else, and forms that nobody should
//! have to bear.

use std::time::{Duration, Instant};

use hearth_domain::{AnswerFormat, AnswerOptions, ErrorCode, FinishReason, SamplingParams};
use hearth_engine::Request;
use hearth_testkit::gguf::TinyModel;
use serde_json::Value;

use crate::support::{Bench, Told, question};

fn of_form(format: AnswerFormat, seed: u32) -> Request {
    let mut request = question("Speak", 400);
    request.sampling = SamplingParams {
        temperature: Some(1.5),
        top_k: Some(0),
        seed: Some(seed),
        max_tokens: Some(400),
        ..SamplingParams::default()
    };
    request.options = AnswerOptions { format, ..AnswerOptions::default() };
    request
}

fn schema(text: &str) -> AnswerFormat {
    AnswerFormat::JsonSchema(text.to_owned())
}

fn grammar(text: &str) -> AnswerFormat {
    AnswerFormat::Grammar(text.to_owned())
}

fn code(told: &Told) -> Option<ErrorCode> {
    told.error.as_ref().map(hearth_engine::Error::code)
}

const PERSON: &str = r#"{"type": "object", "properties": {
    "name": {"type": "string", "maxLength": 8}, "age": {"type": "integer", "minimum": 0, "maximum": 120},
    "mood": {"enum": ["good", "bad"]}, "tags": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3}
  }, "required": ["name", "age", "mood", "tags"], "additionalProperties": false}"#;

#[tokio::test]
async fn a_model_of_noise_writes_json_that_fits_the_schema_and_then_ends() {
    let bench = Bench::loaded(&TinyModel::random(), 4, 2048).await;
    for seed in 0..4 {
        let told = bench.told(of_form(schema(PERSON), seed)).await;
        assert_eq!(told.reason(), FinishReason::Stop, "{told:?}");
        let value: Value = serde_json::from_str(&told.text).unwrap();
        assert!(value["name"].as_str().unwrap().chars().count() <= 8, "{value}");
        assert!(value["age"].as_u64().unwrap() <= 120);
        assert!(["good", "bad"].contains(&value["mood"].as_str().unwrap()));
        assert!(value["tags"].as_array().unwrap().iter().all(Value::is_boolean));
        assert_eq!(value.as_object().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn a_grammar_binds_a_scripted_model_and_a_seed_repeats_the_answer() {
    let bench = Bench::loaded(&TinyModel::random(), 4, 2048).await;
    let dates = || grammar("root ::= year \"-\" [0-1] [0-9]\nyear ::= [12] [0-9]{3}");
    let one = bench.told(of_form(dates(), 3)).await;
    assert_eq!((one.text.len(), one.reason()), (7, FinishReason::Stop), "{one:?}");
    let digit = |at: usize| one.text.as_bytes()[at].is_ascii_digit();
    assert!([0, 1, 2, 3, 5, 6].into_iter().all(digit) && one.text.as_bytes()[4] == b'-');
    assert_eq!(bench.told(of_form(dates(), 3)).await.text, one.text);
    let script = Bench::loaded(&TinyModel::scripted(&["Hello", " there"]), 4, 2048).await;
    let told = script.told(of_form(grammar("root ::= (\"Hi\" | \"Hello\") \"!\""), 1)).await;
    assert_eq!(told.text, "Hello!");
}

#[tokio::test]
async fn several_answers_of_several_forms_run_together_with_a_free_one() {
    let bench = Bench::loaded(&TinyModel::random(), 4, 4096).await;
    let (free, json, letters, object) = tokio::join!(
        bench.told(question("Speak", 40)),
        bench.told(of_form(schema(PERSON), 5)),
        bench.told(of_form(grammar("root ::= [a-c]{30}"), 6)),
        bench.told(of_form(AnswerFormat::JsonObject, 7)),
    );
    assert_eq!(free.usage().completion_tokens, 40);
    assert!(serde_json::from_str::<Value>(&json.text).is_ok());
    assert_eq!(letters.text.len(), 30);
    assert!(object.text.starts_with('{') || object.text.trim_start().starts_with('{'));
}

#[tokio::test]
async fn a_form_is_in_force_only_behind_a_thought() {
    const THINKER: &str = "{%- for message in messages -%}{{- '<|' + message.role + '|>' + \
        message.content.split('</think>')[-1] + '<|end|>' -}}{%- endfor -%}\
        {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}";
    let model = TinyModel::scripted(&["<think>", "deep", " down", "</think>", "\n", "no", " json"]);
    let bench = Bench::loaded(&model.template(Some(THINKER)), 2, 2048).await;
    let mut request = question("Think", 60);
    request.options.format = schema(r#"{"enum": ["yes", "no"]}"#);
    let told = bench.told(request).await;
    assert_eq!(told.reasoning, "deep down", "{told:?}");
    assert!([r#""yes""#, r#""no""#].contains(&told.text.as_str()), "{told:?}");
}

#[tokio::test]
async fn a_budget_ends_a_thought_that_would_go_on_forever() {
    const THINKER: &str = "{%- for message in messages -%}{{- '<|' + message.role + '|>' + \
        message.content.split('</think>')[-1] + '<|end|>' -}}{%- endfor -%}\
        {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}";
    let model = TinyModel::scripted(&["<think>", "a", "b", "c"]).endless();
    let bench = Bench::loaded(&model.template(Some(THINKER)), 2, 2048).await;
    let mut request = question("Think", 40);
    request.options.reasoning_budget = Some(5);
    let told = bench.told(request.clone()).await;
    assert_eq!(told.reasoning, "abc<think>a", "{told:?}");
    assert!(!told.text.is_empty());
    request.options.reasoning_budget = Some(0);
    assert_eq!(bench.told(request).await.reasoning, "");
}

#[tokio::test]
async fn hostile_forms_are_refused_in_time_and_the_engine_goes_on() {
    let bench = Bench::loaded(&TinyModel::random(), 4, 2048).await;
    let nested = |n: usize| format!("root ::= {}\"a\"{}", "(".repeat(n), ")".repeat(n));
    let levels = |n: usize| {
        format!("{}{{}}{}", r#"{"type":"object","properties":{"a":"#.repeat(n), "}}".repeat(n))
    };
    let forms = [
        grammar(&nested(50_000)),
        grammar("root ::= root \"a\""),
        grammar("root ::= \"open"),
        grammar(&format!("root ::= \"{}\"", "a".repeat(300_000))),
        grammar(&format!("root ::= {}", "\"abcdefgh\"{2000} ".repeat(50))),
        schema(&levels(50_000)),
        schema(&levels(60)),
        schema(r#"{"type": "string", "pattern": "(((((((((((((((((((((((((((((((((((((((a"}"#),
        schema(r#"{"$ref": "http://localhost/schema.json"}"#),
        schema(r#"{"type": "no such type"}"#),
        schema("not json"),
    ];
    for (at, form) in forms.into_iter().enumerate() {
        let began = Instant::now();
        let told = bench.told(of_form(form, 1)).await;
        let refused = [ErrorCode::StructureInvalid, ErrorCode::StructureTooComplex];
        assert!(code(&told).is_some_and(|code| refused.contains(&code)), "{at}: {told:?}");
        assert!(began.elapsed() < Duration::from_secs(30), "{at}");
    }
    // What is only costly is refused or kept to, in time.
    let began = Instant::now();
    let costly = schema(r#"{"type": "string", "pattern": "^((a{1,1000}){1,1000}){1,1000}$"}"#);
    let told = bench.told(of_form(costly, 1)).await;
    assert!(told.error.is_some() || told.text.trim().trim_matches('"').chars().all(|c| c == 'a'));
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(bench.told(question("Still there?", 5)).await.usage().completion_tokens, 5);
}

#[tokio::test]
async fn a_form_that_no_token_can_go_on_with_ends_the_answer_and_says_so() {
    let bench = Bench::loaded(&TinyModel::random(), 4, 2048).await;
    let mut request = of_form(grammar("root ::= \"ab\""), 1);
    // Token 5 is the first byte; every byte is a token, and this bans the "b".
    request.options.logit_bias = vec![(5 + u32::from(b'b'), -100.0)];
    let told = bench.told(request).await;
    assert_eq!(told.text, "a", "what was written is kept");
    assert_eq!(code(&told), Some(ErrorCode::StructureDeadEnd));
    assert_eq!(bench.told(question("Still there?", 5)).await.usage().completion_tokens, 5);
}

#[tokio::test]
async fn probabilities_are_told_for_every_token_and_biases_change_the_choice() {
    let bench = Bench::loaded(&TinyModel::scripted(&["Hello", " there"]), 2, 2048).await;
    let mut request = question("Hi", 10);
    request.options.logprobs = Some(2);
    let told = bench.told(request.clone()).await;
    assert_eq!(told.text, "Hello there");
    let said: Vec<u8> = told.logprobs.iter().flat_map(|one| one.token.bytes.clone()).collect();
    assert_eq!(said, b"Hello there");
    for one in &told.logprobs {
        assert_eq!(one.top.len(), 2);
        assert_eq!(one.top[0], one.token, "greedy takes the likeliest");
        assert!(one.token.logprob <= 0.0 && one.top[1].logprob <= one.top[0].logprob);
    }
    request.options.logit_bias = vec![(5 + u32::from(b'A'), 100_000.0)];
    request.sampling.max_tokens = Some(3);
    assert_eq!(bench.told(request.clone()).await.text, "AAA");
    request.options.logit_bias = vec![(9_999_999, 1.0)];
    assert_eq!(code(&bench.told(request).await), Some(ErrorCode::InvalidRequest));
}
