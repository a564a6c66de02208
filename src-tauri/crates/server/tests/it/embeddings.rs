//! `/v1/embeddings` with the bundled embedder.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::support::{House, JSON, Reply};

async fn embed(house: &House, body: &Value) -> Reply {
    house.ask("POST /v1/embeddings", &[JSON, &house.authorization()], &body.to_string()).await
}

fn vector(reply: &Value, at: usize) -> Vec<f64> {
    let numbers = reply["data"][at]["embedding"].as_array().unwrap();
    numbers.iter().map(|number| number.as_f64().unwrap()).collect()
}

#[tokio::test]
async fn texts_become_vectors_of_length_one_and_what_means_the_same_is_near() {
    let house = House::open().await;
    let texts = ["How do I end the contract?", "Termination of the agreement", "Bake the bread"];
    let reply = embed(&house, &json!({"model": "all-minilm-l6-v2", "input": texts})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply = reply.json();
    assert_eq!((&reply["object"], &reply["model"]), (&json!("list"), &json!("all-minilm-l6-v2")));
    let vectors: Vec<_> = (0..3).map(|at| vector(&reply, at)).collect();
    let near = |a: usize, b: usize| -> f64 {
        vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum()
    };
    assert_eq!(vectors[0].len(), 384);
    assert!((near(0, 0) - 1.0).abs() < 1e-3 && near(0, 1) > near(0, 2) + 0.1);
    assert!(reply["usage"]["prompt_tokens"].as_u64().unwrap() > 10);
    house.close().await;
}

#[tokio::test]
async fn base64_has_the_same_numbers_in_little_endian_bytes() {
    let house = House::open().await;
    let body = |format: &str| json!({"model": "default", "input": "x", "encoding_format": format});
    let numbers = vector(&embed(&house, &body("float")).await.json(), 0);
    let reply = embed(&house, &body("base64")).await.json();
    let bytes = BASE64.decode(reply["data"][0]["embedding"].as_str().unwrap().as_bytes()).unwrap();
    let read: Vec<f64> = bytes
        .chunks_exact(4)
        .map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap())))
        .collect();
    assert!(read.iter().zip(&numbers).all(|(a, b)| (a - b).abs() < 1e-6));
    assert_eq!(read.len(), numbers.len());
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_and_a_long_text_is_refused_and_not_cut_in_silence() {
    let house = House::open().await;
    let long = "word ".repeat(400);
    for (extra, status, param, code) in [
        (json!({"model": "text-embedding-3-small"}), 404, "model", "model_not_found"),
        (json!({"input": [1, 2, 3]}), 400, "input", "invalid_request"),
        (json!({"input": []}), 400, "input", "invalid_request"),
        (json!({"input": ["x", " "]}), 400, "input", "empty_prompt"),
        (json!({"dimensions": 100}), 400, "dimensions", "invalid_request"),
        (json!({"encoding_format": "hex"}), 400, "encoding_format", "invalid_request"),
        (json!({"input": ["x", long]}), 400, "input", "context_length_exceeded"),
    ] {
        let mut body = json!({"model": "default", "input": "x"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let reply = embed(&house, &body).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        let error = &reply.json()["error"];
        assert_eq!((&error["param"], &error["code"]), (&json!(param), &json!(code)), "{error}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_embedder_is_listed_behind_the_models_that_answer() {
    let house = House::open().await;
    let list = house.ask("GET /v1/models", &[&house.authorization()], "").await.json();
    let kinds: Vec<_> = list["data"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["chat", "embedding"]);
    let line = "GET /v1/models/all-minilm-l6-v2";
    let shown = house.ask(line, &[&house.authorization()], "").await.json();
    assert_eq!(shown["dimensions"], 384);
    house.close().await;
}
