//! `/v1/messages` with the bundled model.

use serde_json::{Value, json};

use crate::support::{House, JSON, KEY, Reply};

async fn ask(house: &House, path: &str, extra: &Value) -> Reply {
    let mut body = json!({
        "model": "default",
        "max_tokens": 32,
        "temperature": 0,
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let headers = [JSON, &format!("x-api-key: {KEY}"), "anthropic-version: 2023-06-01"];
    house.ask(&format!("POST /v1/messages{path}"), &headers, &body.to_string()).await
}

/// The objects of a stream, each named as its event.
fn events(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let names = reply.body.lines().filter_map(|line| line.strip_prefix("event: "));
    let objects: Vec<Value> =
        reply.data().into_iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert!(names.eq(objects.iter().map(|object| object["type"].as_str().unwrap())));
    objects
}

#[tokio::test]
async fn a_message_is_answered_whole_and_by_events_with_the_same_words() {
    let house = House::open().await;
    let reply = ask(&house, "", &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.header("request-id").is_some_and(|id| id.len() == 32));
    let whole = reply.json();
    assert_eq!((&whole["type"], &whole["role"]), (&json!("message"), &json!("assistant")));
    let text = whole["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Paris"), "{whole}");
    assert!(whole["usage"]["output_tokens"].as_u64().unwrap() > 0);

    let events = events(&ask(&house, "", &json!({"stream": true})).await);
    assert_eq!(events[0]["type"], "message_start");
    assert_eq!(events[0]["message"]["content"], json!([]));
    assert_eq!(events[1]["type"], "content_block_start");
    let deltas = events.iter().filter(|event| event["type"] == "content_block_delta");
    let streamed: String = deltas.map(|event| event["delta"]["text"].as_str().unwrap()).collect();
    assert_eq!(streamed, text);
    let end: Vec<_> =
        events[events.len() - 3..].iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(end, ["content_block_stop", "message_delta", "message_stop"]);
    let delta = &events[events.len() - 2];
    assert_eq!(delta["delta"]["stop_reason"], whole["stop_reason"]);
    let read = |usage: &Value| {
        usage["input_tokens"].as_u64().unwrap() + usage["cache_read_input_tokens"].as_u64().unwrap()
    };
    assert_eq!(read(&delta["usage"]), read(&whole["usage"]));
    house.close().await;
}

#[tokio::test]
async fn the_stop_text_that_came_is_named_and_a_beginning_is_gone_on_with() {
    let house = House::open().await;
    let answer = ask(&house, "", &json!({"stop_sequences": ["Paris"]})).await.json();
    assert_eq!(answer["stop_reason"], "stop_sequence", "{answer}");
    assert_eq!(answer["stop_sequence"], "Paris");
    let begun = json!({"messages": [
        {"role": "user", "content": "What is the capital of France?"},
        {"role": "assistant", "content": "The capital of France is"},
    ]});
    let answer = ask(&house, "", &begun).await.json();
    let text = answer["content"][0]["text"].as_str().unwrap();
    assert!(text.trim_start().starts_with("Paris"), "{text}");
    house.close().await;
}

#[tokio::test]
async fn a_forced_call_is_a_block_of_its_own_whole_and_by_events() {
    let house = House::open().await;
    let schema = json!({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false});
    let mut asked = json!({"max_tokens": 100, "tool_choice": {"type": "tool", "name": "weather"},
        "tools": [{"name": "weather", "description": "Tells it.", "input_schema": schema}]});
    let answer = ask(&house, "", &asked).await.json();
    let call = &answer["content"][0];
    assert_eq!((&call["type"], &call["name"]), (&json!("tool_use"), &json!("weather")), "{answer}");
    assert!(["Paris", "Rome"].contains(&call["input"]["city"].as_str().unwrap()));
    assert_eq!(answer["stop_reason"], "tool_use");
    asked["stream"] = true.into();
    let events = events(&ask(&house, "", &asked).await);
    let json: String =
        events.iter().filter_map(|event| event["delta"]["partial_json"].as_str()).collect();
    assert!(serde_json::from_str::<Value>(&json).unwrap()["city"].is_string(), "{events:?}");
    let results = json!({"tools": asked["tools"], "messages": [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call["id"],
            "content": [{"type": "text", "text": "Sunny."}]}]},
    ]});
    assert_eq!(ask(&house, "", &results).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn tokens_are_counted_as_the_answer_counts_them() {
    let house = House::open().await;
    let counted = ask(&house, "/count_tokens", &json!({})).await.json();
    let answer = ask(&house, "", &json!({})).await.json();
    let usage = &answer["usage"];
    let read = usage["input_tokens"].as_u64().unwrap()
        + usage["cache_read_input_tokens"].as_u64().unwrap();
    assert_eq!(counted["input_tokens"], read, "{answer}");
    house.close().await;
}

#[tokio::test]
async fn errors_have_the_types_of_this_interface() {
    let house = House::open().await;
    for (extra, status, kind) in [
        (json!({"model": "claude-opus-5"}), 404, "not_found_error"),
        (json!({"max_tokens": 0}), 400, "invalid_request_error"),
        (json!({"messages": []}), 400, "invalid_request_error"),
    ] {
        let reply = ask(&house, "", &extra).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        let object = reply.json();
        assert_eq!((&object["type"], &object["error"]["type"]), (&json!("error"), &json!(kind)));
    }
    let denied = house.ask("POST /v1/messages", &[JSON, "x-api-key: wrong"], "{}").await;
    assert_eq!(
        (denied.status, denied.json()["error"]["type"].as_str()),
        (401, Some("authentication_error"))
    );
    house.close().await;
}
