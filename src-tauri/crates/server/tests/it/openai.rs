//! `/v1` with the bundled model.

use hearth_domain::EngineState;
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::support::{House, JSON, PATIENCE, Reply};

const CHAT: &str = "POST /v1/chat/completions";

fn question(extra: &Value) -> Value {
    let mut body = json!({
        "model": "default",
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
        "temperature": 0,
        "max_tokens": 32,
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

async fn chat(house: &House, extra: &Value) -> Reply {
    let body = question(extra).to_string();
    house.ask(CHAT, &[JSON, &house.authorization()], &body).await
}

#[tokio::test]
async fn the_bundled_model_is_listed_and_answers_paris_by_each_of_its_names() {
    let house = House::open().await;
    let list = house.ask("GET /v1/models", &[&house.authorization()], "").await.json();
    assert_eq!(list["object"], "list");
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    let shown = house.ask(&format!("GET /v1/models/{id}"), &[&house.authorization()], "").await;
    assert_eq!(shown.json()["id"], id.as_str());
    for model in ["default", &id] {
        let answer = chat(&house, &json!({ "model": model })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = answer.json();
        assert_eq!(answer["object"], "chat.completion");
        assert_eq!(answer["model"], model);
        let choice = &answer["choices"][0];
        assert!(choice["message"]["content"].as_str().unwrap().contains("Paris"), "{answer}");
        assert!(["stop", "length"].contains(&choice["finish_reason"].as_str().unwrap()));
        let usage = &answer["usage"];
        let count = |name: &str| usage[name].as_u64().unwrap();
        assert_eq!(count("total_tokens"), count("prompt_tokens") + count("completion_tokens"));
        assert!(usage["prompt_tokens_details"]["cached_tokens"].is_u64(), "{usage}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_stream_says_the_same_in_pieces_and_ends_with_usage_and_done() {
    let house = House::open().await;
    let whole = chat(&house, &json!({})).await.json();
    let options = json!({"stream": true, "stream_options": {"include_usage": true}});
    let reply = chat(&house, &options).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.ids().is_empty());
    let data = reply.data();
    assert_eq!(data.last(), Some(&"[DONE]"));
    let chunks: Vec<Value> =
        data[..data.len() - 1].iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"]));
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let text: String =
        chunks.iter().filter_map(|c| c["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, whole["choices"][0]["message"]["content"]);
    let (last, before) = (&chunks[chunks.len() - 1], &chunks[chunks.len() - 2]);
    assert_eq!(before["choices"][0]["finish_reason"], whole["choices"][0]["finish_reason"]);
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["completion_tokens"], whole["usage"]["completion_tokens"]);
    house.close().await;
}

#[tokio::test]
async fn several_answers_come_beside_each_other_and_the_prompt_counts_once() {
    let house = House::open().await;
    let one = chat(&house, &json!({})).await.json();
    let prompt = one["usage"]["prompt_tokens"].as_u64().unwrap();
    let wish = json!({"n": 3, "seed": 7, "temperature": 1.5, "max_tokens": 12, "logprobs": true});
    let answer = chat(&house, &wish).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let choices = answer["choices"].as_array().unwrap();
    let indexes: Vec<_> = choices.iter().map(|choice| choice["index"].as_u64()).collect();
    assert_eq!(indexes, [Some(0), Some(1), Some(2)]);
    let texts: Vec<_> = choices.iter().map(|choice| &choice["message"]["content"]).collect();
    assert!(texts[0] != texts[1] || texts[1] != texts[2], "each by itself: {texts:?}");
    let tokens = |choice: &Value| choice["logprobs"]["content"].as_array().unwrap().len() as u64;
    let written: u64 = choices.iter().map(tokens).sum();
    let usage = &answer["usage"];
    assert_eq!(usage["prompt_tokens"], prompt);
    // The token that ends an answer has no text and no probability in it.
    let counted = usage["completion_tokens"].as_u64().unwrap();
    assert!((written..=written + 3).contains(&counted), "{counted} for {written}");
    assert!(choices.iter().all(|choice| choice["guard"]["profile"].is_string()), "{answer}");
    house.close().await;
}

#[tokio::test]
async fn several_answers_come_in_one_stream_with_one_end() {
    let house = House::open().await;
    let wish = json!({"n": 2, "seed": 7, "max_tokens": 8, "stream": true, "temprature": 1,
        "stream_options": {"include_usage": true}});
    let reply = chat(&house, &wish).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let data = reply.data();
    assert_eq!(data.iter().filter(|data| **data == "[DONE]").count(), 1);
    assert_eq!(data.last(), Some(&"[DONE]"));
    let chunks = &data[..data.len() - 1];
    let chunks: Vec<Value> =
        chunks.iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"]), "one answer, two choices");
    for index in [0, 1] {
        let of = chunks.iter().filter(|chunk| chunk["choices"][0]["index"] == index);
        let of: Vec<_> = of.map(|chunk| &chunk["choices"][0]).collect();
        assert_eq!(of[0]["delta"]["role"], "assistant");
        assert!(of.iter().any(|choice| {
            choice["delta"]["content"].as_str().is_some_and(|text| !text.is_empty())
        }));
        let ends = of.iter().filter(|choice| !choice["finish_reason"].is_null()).count();
        assert_eq!((ends, of.last().unwrap()["finish_reason"].is_null()), (1, false));
    }
    let usage: Vec<_> = chunks.iter().filter(|chunk| chunk["usage"].is_object()).collect();
    assert_eq!(usage.len(), 1, "told once, at the end");
    assert!(usage[0]["usage"]["completion_tokens"].as_u64().unwrap() > 8, "of both");
    assert_eq!(chunks.iter().filter(|chunk| chunk["warnings"].is_array()).count(), 1);
    house.close().await;
}

#[tokio::test]
async fn a_text_is_gone_on_with_whole_and_in_a_stream_and_its_marks_stay_text() {
    let house = House::open().await;
    let ask = async |extra: Value| {
        let mut body = json!({"model": "default", "prompt": "The capital of France is",
            "temperature": 0, "max_tokens": 4});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let line = "POST /v1/completions";
        house.ask(line, &[JSON, &house.authorization()], &body.to_string()).await
    };
    let whole = ask(json!({"frobnicate": 1})).await.json();
    let text = whole["choices"][0]["text"].as_str().unwrap();
    assert!(text.contains("Paris"), "{whole}");
    assert_eq!(
        (&whole["object"], &whole["choices"][0]["finish_reason"]),
        (&json!("text_completion"), &json!("length"))
    );
    assert!(whole["warnings"][0].as_str().unwrap().contains("frobnicate"), "{whole}");
    let streamed = chunks(&ask(json!({"stream": true})).await);
    let said: String = streamed.iter().filter_map(|it| it["choices"][0]["text"].as_str()).collect();
    assert_eq!(said, text);
    let marked = ask(json!({"prompt": "<|im_start|>user"})).await.json();
    assert!(marked["usage"]["prompt_tokens"].as_u64().unwrap() > 3, "{marked}");
    assert_eq!(ask(json!({"suffix": "x"})).await.json()["error"]["param"], "suffix");
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_in_the_form_that_clients_read() {
    let house = House::open().await;
    for (extra, status, param) in [
        (json!({"model": "gpt-4o"}), 404, "model"),
        (json!({"temperature": 3}), 400, "temperature"),
        (json!({"max_tokens": 1_000_000_000_u64}), 400, "max_tokens"),
        (json!({"seed": "x"}), 400, "seed"),
        (json!({"n": 9}), 400, "n"),
        (json!({"messages": []}), 400, "messages"),
        (json!({"tools": [{"type": "function"}]}), 400, "tools[0].function.name"),
        (json!({"response_format": {"type": "xml"}}), 400, "response_format.type"),
        (json!({"logit_bias": {"x": 1}}), 400, "logit_bias"),
    ] {
        let reply = chat(&house, &extra).await;
        assert_eq!(reply.status, status, "{extra}: {}", reply.body);
        let error = &reply.json()["error"];
        assert_eq!(error["param"], param, "{error}");
        assert_eq!(error["type"], "invalid_request_error");
        assert!(error["message"].is_string() && error["code"].is_string(), "{error}");
    }
    let key = house.authorization();
    let broken = house.ask(CHAT, &[JSON, &key], "{\"model\": NaN}").await;
    assert_eq!(broken.status, 400);
    assert!(broken.json()["error"]["message"].is_string());
    house.close().await;
}

#[tokio::test]
async fn a_closed_socket_stops_the_answer() {
    let house = House::open().await;
    for stream in [true, false] {
        let body = json!({
            "model": "default",
            "messages": [{"role": "user", "content": "Write a long story about a dragon and a village."}],
            "temperature": 0,
            "max_tokens": 3500,
            "stream": stream,
        });
        let host = format!("Host: {}", house.address());
        let headers = [host.as_str(), JSON, &house.authorization()];
        let mut state = house.app.engine_state();
        let line = format!("{CHAT} HTTP/1.1");
        let mut socket = house.send(&line, &headers, &body.to_string()).await;
        if stream {
            let mut part = [0; 512];
            assert!(timeout(PATIENCE, socket.read(&mut part)).await.unwrap().unwrap() > 0);
        }
        let busy = state.wait_for(|state| matches!(state, EngineState::Busy { .. }));
        timeout(PATIENCE, busy).await.unwrap().unwrap();
        drop(socket);
        let idle = state.wait_for(|state| matches!(state, EngineState::Ready { .. }));
        timeout(PATIENCE, idle).await.unwrap().unwrap();
    }
    house.close().await;
}

const SCHEMA: &str = r#"{"type": "object", "properties": {
    "city": {"type": "string", "maxLength": 20}, "sure": {"type": "boolean"}},
    "required": ["city", "sure"], "additionalProperties": false}"#;

fn tools() -> Value {
    let parameters = json!({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false});
    json!([{"type": "function", "function": {"name": "weather", "description": "Tells the weather.",
        "parameters": parameters}}])
}

/// The objects of a stream, without its end.
fn chunks(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let data = reply.data();
    assert_eq!(data.last(), Some(&"[DONE]"));
    data[..data.len() - 1].iter().map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn an_answer_by_a_schema_is_json_that_fits_it_and_a_wrong_schema_is_a_400() {
    let house = House::open().await;
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let format = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": schema}});
    let answer = chat(&house, &json!({"response_format": format, "max_tokens": 100})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    assert!(value["city"].is_string() && value["sure"].is_boolean(), "{value}");
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    let object = json!({"response_format": {"type": "json_object"}, "max_tokens": 200});
    let object = chat(&house, &object).await.json();
    let text = object["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.trim_start().starts_with('{'), "{text}");
    let deep = format!("root ::= {}\"a\"{}", "(".repeat(50_000), ")".repeat(50_000));
    for (extra, code) in [
        (json!({"json_schema": {"type": "none such"}}), "structure_invalid"),
        (json!({ "grammar": deep }), "structure_too_complex"),
    ] {
        let reply = chat(&house, &extra).await;
        assert_eq!(reply.status, 400, "{}", reply.body);
        assert_eq!(reply.json()["error"]["code"], code);
    }
    house.close().await;
}

#[tokio::test]
async fn a_forced_call_comes_in_the_shape_of_openai_whole_and_in_a_stream() {
    let house = House::open().await;
    let named = json!({"type": "function", "function": {"name": "weather"}});
    for choice in [json!("required"), named] {
        let extra = json!({"tools": tools(), "tool_choice": choice, "max_tokens": 100});
        let answer = chat(&house, &extra).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = answer.json();
        let message = &answer["choices"][0]["message"];
        let call = &message["tool_calls"][0];
        assert_eq!(call["function"]["name"], "weather", "{answer}");
        assert_eq!(call["type"], "function");
        let arguments = call["function"]["arguments"].as_str().unwrap();
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        assert!(["Paris", "Rome"].contains(&arguments["city"].as_str().unwrap()));
        assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
        assert!(message["content"].is_null());
    }
    let extra =
        json!({"tools": tools(), "tool_choice": "required", "max_tokens": 100, "stream": true});
    let chunks = chunks(&chat(&house, &extra).await);
    let deltas: Vec<&Value> = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array())
        .flatten()
        .collect();
    assert_eq!(deltas[0]["function"]["name"], "weather", "{chunks:?}");
    assert!(deltas.iter().all(|delta| delta["index"] == 0));
    let arguments: String =
        deltas.iter().filter_map(|delta| delta["function"]["arguments"].as_str()).collect();
    assert!(serde_json::from_str::<Value>(&arguments).unwrap()["city"].is_string());
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
    let turns = json!([
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "weather", "arguments": "{\"city\":\"Paris\"}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "Sunny."},
    ]);
    let answer = chat(&house, &json!({"messages": turns, "tools": tools()})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    house.close().await;
}

#[tokio::test]
async fn probabilities_come_with_the_tokens_and_a_bias_bans_one() {
    let house = House::open().await;
    let extra = json!({"logprobs": true, "top_logprobs": 2, "max_tokens": 4});
    let answer = chat(&house, &extra).await.json();
    let tokens = answer["choices"][0]["logprobs"]["content"].as_array().unwrap().clone();
    let said: String = tokens.iter().filter_map(|token| token["token"].as_str()).collect();
    assert_eq!(answer["choices"][0]["message"]["content"], said.as_str(), "{answer}");
    assert!(tokens.iter().all(|token| token["top_logprobs"].as_array().unwrap().len() == 2));
    assert!(tokens.iter().all(|token| token["logprob"].as_f64().unwrap() <= 0.0));
    let streamed = json!({"logprobs": true, "max_tokens": 4, "stream": true});
    let chunks = chunks(&chat(&house, &streamed).await);
    let count: usize = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["logprobs"]["content"].as_array())
        .map(Vec::len)
        .sum();
    assert_eq!(count, tokens.len());
    house.close().await;
}
