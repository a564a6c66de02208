//! `/v1/rerank` with the bundled embedder and with a GGUF that ranks.

use hearth_testkit::gguf::{Kind, TinyModel};
use serde_json::{Value, json};

use crate::support::{House, JSON, Reply};

const TEXTS: [&str; 3] = [
    "Bake the bread for forty minutes.",
    "Either party may terminate this agreement with three months' notice.",
    "The moon is far away.",
];

async fn rerank(house: &House, extra: &Value) -> Reply {
    let mut body =
        json!({"model": "default", "query": "How do I end the contract?", "documents": TEXTS});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    house.ask("POST /v1/rerank", &[JSON, &house.authorization()], &body.to_string()).await
}

#[tokio::test]
async fn the_text_that_answers_comes_first_and_each_has_its_place_and_score() {
    let house = House::open().await;
    let reply = rerank(&house, &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply = reply.json();
    let results = reply["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["index"]), (3, &json!(1)), "{reply}");
    let scores: Vec<_> = results.iter().map(|it| it["relevance_score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
    assert!(results[0].get("document").is_none());
    assert!(reply["usage"]["total_tokens"].as_u64().unwrap() > 20);
    house.close().await;
}

#[tokio::test]
async fn as_many_as_asked_are_told_with_their_texts_where_they_are_wanted() {
    let house = House::open().await;
    let objects = TEXTS.map(|text| json!({ "text": text }));
    let asked = json!({"documents": objects, "top_n": 1, "return_documents": true});
    let reply = rerank(&house, &asked).await.json();
    assert_eq!(reply["results"].as_array().unwrap().len(), 1, "{reply}");
    assert_eq!(reply["results"][0]["document"], json!({"text": TEXTS[1]}));
    house.close().await;
}

#[tokio::test]
async fn the_end_of_a_long_text_counts_as_its_beginning_does_and_an_empty_one_not_at_all() {
    let house = House::open().await;
    let long = format!("{} {}", "The moon is far away. ".repeat(120), TEXTS[1]);
    let reply = rerank(&house, &json!({"documents": [TEXTS[0], long, " "]})).await.json();
    let results = reply["results"].as_array().unwrap();
    assert_eq!((&results[0]["index"], &results[2]["index"]), (&json!(1), &json!(2)), "{reply}");
    assert_eq!(results[2]["relevance_score"], 0.0);
    house.close().await;
}

#[tokio::test]
async fn a_gguf_that_ranks_is_asked_by_its_name_and_makes_no_vectors() {
    let (house, folder) = (House::open().await, tempfile::tempdir().unwrap());
    let path = folder.path().join("ranker.gguf");
    TinyModel::of_kind(Kind::Encoder).context_length(256).pooling(4).write(&path).unwrap();
    let id = house.app.model_add(path, true).await.unwrap().id.0;
    let reply = rerank(&house, &json!({ "model": id })).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply = reply.json();
    let results = reply["results"].as_array().unwrap();
    let scores: Vec<_> = results.iter().map(|it| it["relevance_score"].as_f64().unwrap()).collect();
    assert!(scores.len() == 3 && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
    assert!(reply["usage"]["total_tokens"].as_u64().unwrap() > 100, "{reply}");
    let line = format!("GET /v1/models/{id}");
    let listed = house.ask(&line, &[&house.authorization()], "").await.json();
    assert_eq!(listed["kind"], "rerank", "{listed}");
    let body = json!({ "model": id, "input": "x" }).to_string();
    let wrong = house.ask("POST /v1/embeddings", &[JSON, &house.authorization()], &body).await;
    assert_eq!(wrong.json()["error"]["code"], "model_purpose", "{}", wrong.body);
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let house = House::open().await;
    for (extra, status, param) in [
        (json!({"model": "rerank-v3.5"}), 404, "model"),
        (json!({"query": 1}), 400, "query"),
        (json!({"query": " "}), 400, "query"),
        (json!({"query": "word ".repeat(400)}), 400, "query"),
        (json!({"documents": []}), 400, "documents"),
        (json!({"documents": "x"}), 400, "documents"),
        (json!({"documents": [1]}), 400, "documents"),
        (json!({"documents": [{"title": "x"}]}), 400, "documents"),
        (json!({"top_n": 0}), 400, "top_n"),
    ] {
        let reply = rerank(&house, &extra).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.json()["error"]["param"], param, "{}", reply.body);
    }
    house.close().await;
}
