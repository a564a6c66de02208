//! `/v1/responses` with the bundled model.

use serde_json::{Value, json};

use crate::support::{House, JSON, Reply};

async fn ask(house: &House, extra: &Value) -> Reply {
    let mut body = json!({
        "model": "default",
        "input": "What is the capital of France?",
        "temperature": 0,
        "max_output_tokens": 48,
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    house.ask("POST /v1/responses", &[JSON, &house.authorization()], &body.to_string()).await
}

/// The objects of a stream, each named as its event and numbered.
fn events(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let names = reply.body.lines().filter_map(|line| line.strip_prefix("event: "));
    let objects: Vec<Value> =
        reply.data().into_iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert!(names.eq(objects.iter().map(|object| object["type"].as_str().unwrap())));
    assert!((0..).zip(&objects).all(|(number, object)| object["sequence_number"] == number));
    objects
}

#[tokio::test]
async fn a_response_is_told_whole_and_by_events_with_the_same_words() {
    let house = House::open().await;
    let reply = ask(&house, &json!({"metadata": {"case": "7"}})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let whole = reply.json();
    assert_eq!((&whole["object"], &whole["status"]), (&json!("response"), &json!("completed")));
    assert_eq!((&whole["store"], &whole["metadata"]["case"]), (&json!(false), &json!("7")));
    let text = whole["output"][0]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Paris"), "{whole}");

    let events = events(&ask(&house, &json!({"stream": true})).await);
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let begin = ["created", "in_progress", "output_item.added", "content_part.added"];
    assert_eq!(kinds[..4], begin.map(|name| format!("response.{name}")));
    let end = ["output_text.done", "content_part.done", "output_item.done", "completed"];
    assert_eq!(kinds[kinds.len() - 4..], end.map(|name| format!("response.{name}")));
    let said: String = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(said, text);
    let last = &events.last().unwrap()["response"];
    assert_eq!(last["output"][0]["content"], whole["output"][0]["content"]);
    assert_eq!(last["usage"]["output_tokens"], whole["usage"]["output_tokens"]);
    house.close().await;
}

#[tokio::test]
async fn an_answer_that_is_cut_is_incomplete_and_a_schema_is_kept_to() {
    let house = House::open().await;
    let cut = ask(&house, &json!({"max_output_tokens": 2})).await.json();
    assert_eq!(cut["status"], "incomplete");
    assert_eq!(cut["incomplete_details"]["reason"], "max_output_tokens");
    let schema = json!({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false});
    let format = json!({"type": "json_schema", "name": "x", "schema": schema});
    let answer = ask(&house, &json!({"text": {"format": format}})).await.json();
    let text = answer["output"][0]["content"][0]["text"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap()["city"].is_string(), "{answer}");
    house.close().await;
}

#[tokio::test]
async fn a_call_is_an_item_and_its_result_is_read() {
    let house = House::open().await;
    let parameters = json!({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false});
    let tools = json!([{"type": "function", "name": "weather", "description": "Tells the weather.",
        "parameters": parameters}]);
    let mut asked = json!({"tools": tools, "max_output_tokens": 100,
        "tool_choice": {"type": "function", "name": "weather"}});
    let answer = ask(&house, &asked).await.json();
    let call = &answer["output"][0];
    assert_eq!(
        (&call["type"], &call["name"]),
        (&json!("function_call"), &json!("weather")),
        "{answer}"
    );
    let arguments: Value = serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap();
    assert!(["Paris", "Rome"].contains(&arguments["city"].as_str().unwrap()));
    asked["stream"] = true.into();
    let events = events(&ask(&house, &asked).await);
    let done = events.iter().find(|it| it["type"] == "response.function_call_arguments.done");
    assert!(
        done.is_some_and(|it| it["arguments"].as_str().unwrap().contains("city")),
        "{events:?}"
    );
    let input = json!([
        {"role": "user", "content": "What is the weather in Paris?"},
        call,
        {"type": "function_call_output", "call_id": call["call_id"], "output": "Sunny."},
    ]);
    assert_eq!(ask(&house, &json!({"input": input, "tools": tools})).await.status, 200);
    let wrong = ask(&house, &json!({"previous_response_id": "resp_1"})).await;
    assert_eq!(wrong.json()["error"]["param"], "previous_response_id");
    house.close().await;
}
