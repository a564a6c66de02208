//! Calls of tools: forced on models of noise, in the form of the model's template and in the plain one.

use hearth_domain::{AnswerOptions, ErrorCode, FinishReason, SamplingParams, Tool, ToolChoice};
use hearth_engine::Request;
use hearth_testkit::gguf::TinyModel;
use serde_json::Value;

use crate::support::{Bench, question};

/// In the manner of models that are told of tools by their template.
const CALLER: &str = "{%- if tools -%}{{- '<|system|>Tools:\\n<tools>' -}}\
    {%- for tool in tools -%}{{- '\\n' -}}{{- tool | tojson -}}{%- endfor -%}\
    {{- '\\n</tools>\\nFor a call write <tool_call>\\n{\"name\": <name>, \"arguments\": <arguments>}\\n</tool_call><|end|>' -}}{%- endif -%}\
    {%- for message in messages -%}\
    {%- if message.role == 'assistant' -%}{{- '<|assistant|>' -}}\
    {%- if message.content -%}{{- message.content -}}{%- endif -%}\
    {%- for tool_call in message.tool_calls -%}\
    {%- if tool_call.function -%}{%- set tool_call = tool_call.function -%}{%- endif -%}\
    {{- '\\n<tool_call>\\n{\"name\": \"' + tool_call.name + '\", \"arguments\": ' -}}\
    {{- tool_call.arguments | tojson -}}{{- '}\\n</tool_call>' -}}{%- endfor -%}{{- '<|end|>' -}}\
    {%- elif message.role == 'tool' -%}{{- '<|user|><tool_response>\\n' + message.content + '\\n</tool_response><|end|>' -}}\
    {%- else -%}{{- '<|' + message.role + '|>' + message.content + '<|end|>' -}}{%- endif -%}\
    {%- endfor -%}{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}";

fn tool(name: &str) -> Tool {
    let parameters = r#"{"type": "object", "properties": {"zone": {"enum": ["UTC", "CET"]},
        "seconds": {"type": "boolean"}}, "required": ["zone", "seconds"], "additionalProperties": false}"#;
    Tool { name: name.into(), description: "Tells the time.".into(), parameters: parameters.into() }
}

fn call(choice: ToolChoice, seed: u32) -> Request {
    let mut request = question("When?", 300);
    request.sampling = SamplingParams {
        temperature: Some(1.2),
        seed: Some(seed),
        max_tokens: Some(300),
        ..SamplingParams::default()
    };
    request.options = AnswerOptions {
        tools: vec![tool("clock"), tool("calendar")],
        tool_choice: choice,
        ..AnswerOptions::default()
    };
    request
}

async fn forced(model: TinyModel) {
    let bench = Bench::loaded(&model, 2, 4096).await;
    for seed in 0..3 {
        let named = ToolChoice::Named("calendar".into());
        for (choice, names) in
            [(ToolChoice::Required, vec!["clock", "calendar"]), (named, vec!["calendar"])]
        {
            let told = bench.told(call(choice, seed)).await;
            assert_eq!(told.reason(), FinishReason::Stop, "{told:?}");
            assert_eq!(told.calls.len(), 1, "{told:?}");
            let call = &told.calls[0];
            assert!(names.contains(&call.name.as_str()), "{call:?}");
            assert!(!call.id.is_empty());
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
            assert!(["UTC", "CET"].contains(&arguments["zone"].as_str().unwrap()), "{arguments}");
            assert!(arguments["seconds"].is_boolean());
            assert_eq!(told.text.trim(), "");
        }
    }
}

#[tokio::test]
async fn a_forced_call_comes_in_the_form_of_the_model_s_template() {
    forced(TinyModel::random().template(Some(CALLER))).await;
}

#[tokio::test]
async fn a_forced_call_comes_also_where_the_template_knows_no_tools() {
    forced(TinyModel::random()).await;
}

#[tokio::test]
async fn a_call_of_its_own_accord_is_told_piece_by_piece_and_bound_to_the_schema() {
    let pieces =
        ["Let", " me", " see.", "\n<tool_call>\n{\"name\": \"clock\", \"arguments\":", " nonsense"];
    let model = TinyModel::scripted(&pieces).template(Some(CALLER));
    let bench = Bench::loaded(&model, 2, 4096).await;
    let told = bench.told(call(ToolChoice::Auto, 1)).await;
    assert_eq!(told.text.trim(), "Let me see.", "{told:?}");
    assert_eq!(told.calls.len(), 1, "{told:?}");
    assert_eq!(told.calls[0].name, "clock");
    let arguments: Value = serde_json::from_str(&told.calls[0].arguments).unwrap();
    assert!(arguments["seconds"].is_boolean());
}

#[tokio::test]
async fn an_answer_without_a_call_is_text() {
    for template in [Some(CALLER), None] {
        let model = TinyModel::scripted(&["It is", " noon", " {here}."]);
        let model = if template.is_some() { model.template(template) } else { model };
        let bench = Bench::loaded(&model, 2, 4096).await;
        let mut request = call(ToolChoice::Auto, 1);
        request.sampling.temperature = Some(0.0);
        let told = bench.told(request).await;
        assert_eq!(told.text, "It is noon {here}.", "{told:?}");
        assert!(told.calls.is_empty());
    }
}

#[tokio::test]
async fn a_tool_schema_of_fifty_thousand_levels_is_refused_and_ends_nothing() {
    for model in [TinyModel::random(), TinyModel::random().template(Some(CALLER))] {
        let bench = Bench::loaded(&model, 2, 2048).await;
        let mut request = call(ToolChoice::Required, 1);
        let levels = r#"{"type":"object","properties":{"a":"#;
        request.options.tools[0].parameters =
            format!("{}{{}}{}", levels.repeat(50_000), "}}".repeat(50_000));
        let told = bench.told(request.clone()).await;
        let code = told.error.as_ref().map(hearth_engine::Error::code);
        let refused = [ErrorCode::StructureInvalid, ErrorCode::StructureTooComplex];
        assert!(code.is_some_and(|code| refused.contains(&code)), "{code:?}");
        request.options.tools[0].parameters = r#"{"additionalProperties": false}"#.into();
        request.options.tool_choice = ToolChoice::Named("clock".into());
        assert_eq!(bench.told(request).await.calls.len(), 1);
    }
}
