//! `/api/chat` and its siblings with the bundled model.

use hearth_domain::{EngineState, PortRights};
use serde_json::{Value, json};

use crate::support::{House, JSON, Reply};

async fn ask(house: &House, path: &str, body: &Value) -> Reply {
    let line = format!("POST /api/{path}");
    house.ask(&line, &[JSON, &house.authorization()], &body.to_string()).await
}

fn question(extra: &Value) -> Value {
    let mut body = json!({
        "model": "smollm2-135m-instruct:latest",
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
        "options": {"temperature": 0, "num_predict": 32},
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

/// The objects of an answer in lines.
fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    reply.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_chat_is_answered_in_lines_and_whole_with_the_same_words() {
    let house = House::open().await;
    let whole = ask(&house, "chat", &question(&json!({"stream": false}))).await.json();
    let text = whole["message"]["content"].as_str().unwrap();
    assert!(text.contains("Paris") && whole["done"] == true, "{whole}");
    assert!(whole["eval_count"].as_u64().unwrap() > 0);
    assert!(whole["total_duration"].as_u64().unwrap() > 0);
    let lines = lines(&ask(&house, "chat", &question(&json!({}))).await);
    let said: String =
        lines.iter().filter_map(|line| line["message"]["content"].as_str()).collect();
    assert_eq!(said, text);
    let (last, before) = lines.split_last().unwrap();
    assert!(last["done"] == true && before.iter().all(|line| line["done"] == false));
    assert_eq!(last["done_reason"], whole["done_reason"]);
    house.close().await;
}

#[tokio::test]
async fn a_text_is_gone_on_with_and_a_schema_is_kept_to() {
    let house = House::open().await;
    let body = json!({"model": "default", "prompt": "What is the capital of France?",
        "stream": false, "options": {"temperature": 0, "num_predict": 24}});
    let answer = ask(&house, "generate", &body).await.json();
    assert!(answer["response"].as_str().unwrap().contains("Paris"), "{answer}");
    let raw = json!({"model": "default", "prompt": "The capital of France is", "raw": true,
        "stream": false, "options": {"temperature": 0, "num_predict": 4}});
    let answer = ask(&house, "generate", &raw).await.json();
    assert!(answer["response"].as_str().unwrap().contains("Paris"), "{answer}");
    let schema = json!({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false});
    let asked = question(&json!({"stream": false, "format": schema}));
    let answer = ask(&house, "chat", &asked).await.json();
    let value: Value =
        serde_json::from_str(answer["message"]["content"].as_str().unwrap()).unwrap();
    assert!(value["city"].is_string());
    house.close().await;
}

#[tokio::test]
async fn the_model_is_loaded_listed_and_described_and_stays() {
    let house = House::open().await;
    let key = house.authorization();
    let get = async |path: &str| house.ask(&format!("GET /api/{path}"), &[&key], "").await.json();
    let loaded = ask(&house, "generate", &json!({"model": "default", "stream": false})).await;
    assert_eq!(loaded.json()["done_reason"], "load");
    let running = get("ps").await;
    assert_eq!(running["models"][0]["name"], "smollm2-135m-instruct");
    assert!(running["models"][0]["size"].as_u64().unwrap() > 50_000_000);
    let names: Vec<_> = get("tags").await["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["smollm2-135m-instruct", "all-minilm-l6-v2"]);
    let shown = ask(&house, "show", &json!({"model": "smollm2-135m-instruct"})).await.json();
    assert_eq!(shown["details"]["parameter_size"], "135M");
    assert!(shown["capabilities"].as_array().unwrap().contains(&json!("tools")));
    assert!(get("version").await["version"].is_string());
    let body = json!({"model": "default", "keep_alive": 0});
    let talker = house.key("talker", PortRights::default()).await;
    let line = "POST /api/chat";
    let refused = house.ask(line, &[JSON, &talker], &body.to_string()).await;
    assert_eq!(refused.status, 403, "who only talks lets no model go");
    assert!(matches!(*house.app.engine_state().borrow(), EngineState::Ready { .. }));
    assert_eq!(ask(&house, "chat", &body).await.json()["done_reason"], "unload");
    assert_eq!(get("ps").await["models"], json!([]));
    house.close().await;
}

#[tokio::test]
async fn texts_are_embedded_and_long_ones_cut_unless_told_otherwise() {
    let house = House::open().await;
    let long = "word ".repeat(400);
    let body = json!({"model": "all-minilm-l6-v2", "input": ["a", long]});
    let answer = ask(&house, "embed", &body).await.json();
    assert_eq!(answer["embeddings"][1].as_array().unwrap().len(), 384);
    let body = json!({"model": "all-minilm-l6-v2", "input": long, "truncate": false});
    assert_eq!(ask(&house, "embed", &body).await.status, 400);
    let one = json!({"model": "all-minilm-l6-v2", "prompt": "a"});
    let one = ask(&house, "embeddings", &one).await.json();
    assert_eq!(one["embedding"], answer["embeddings"][0]);
    house.close().await;
}

#[tokio::test]
async fn a_call_has_its_arguments_as_an_object_and_errors_are_a_text() {
    let house = House::open().await;
    let parameters = json!({"type": "object", "properties": {}});
    let tools = json!([{"type": "function", "function": {"name": "clock", "description": "Time.",
        "parameters": parameters}}]);
    let turns = json!([
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "clock", "arguments": {}}}]},
        {"role": "tool", "tool_name": "clock", "content": "Noon."},
    ]);
    let asked = question(&json!({"messages": turns, "tools": tools, "stream": false}));
    let answer = ask(&house, "chat", &asked).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    for (extra, status) in [
        (json!({"model": "llama3"}), 404),
        (json!({"format": "xml"}), 400),
        (json!({"options": {"temperature": "hot"}}), 400),
    ] {
        let reply = ask(&house, "chat", &question(&extra)).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert!(reply.json()["error"].is_string());
    }
    let warned = question(&json!({"stream": false, "options": {"num_ctx": 9, "num_predict": 1}}));
    let warned = ask(&house, "chat", &warned).await.json();
    assert!(warned["warnings"][0].as_str().unwrap().contains("num_ctx"), "{warned}");
    assert_eq!(house.ask("GET /api/tags", &[], "").await.status, 401);
    house.close().await;
}
