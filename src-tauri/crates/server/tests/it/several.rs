//! Several models behind one port: each request is answered by the model that it names.

use futures::future::join_all;
use hearth_app::WantedBy;
use hearth_domain::{EngineState, ErrorCode, ModelId};
use hearth_testkit::gguf::{Kind, TinyModel};
use serde_json::{Value, json};

use crate::support::{House, JSON, Reply};

const BUNDLED: &str = "smollm2-135m-instruct";

/// Adds a model that says one word without an end.
async fn add(house: &House, folder: &tempfile::TempDir, word: &str) -> String {
    let path = folder.path().join(format!("{}.gguf", word.trim()));
    TinyModel::scripted(&[word]).endless().write(&path).unwrap();
    house.app.model_add(path, true).await.unwrap().id.0
}

async fn ask(house: &House, model: &str) -> Reply {
    let body = json!({"model": model, "max_tokens": 3, "temperature": 0,
        "messages": [{"role": "user", "content": "What is the capital of France?"}]});
    let headers = [JSON, &house.authorization()];
    house.ask("POST /v1/chat/completions", &headers, &body.to_string()).await
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let whole = reply.json();
    whole["choices"][0]["message"]["content"].as_str().unwrap().trim().to_owned()
}

async fn get(house: &House, path: &str) -> Reply {
    house.ask(&format!("GET {path}"), &[&house.authorization()], "").await
}

async fn loaded(house: &House) -> Vec<String> {
    let listed = get(house, "/api/ps").await.json();
    let models = listed["models"].as_array().unwrap().iter();
    models.map(|model| model["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn models_that_programs_name_answer_side_by_side_and_the_person_s_own_stays_in_front() {
    let (house, folder) = (House::open().await, tempfile::tempdir().unwrap());
    house.app.model_load(None, WantedBy::Person).await.unwrap();
    let (first, second) = (add(&house, &folder, "a ").await, add(&house, &folder, "b ").await);
    let named = [&*first, &*second, BUNDLED, &*first, &*second];
    let answers = join_all(named.map(|model| ask(&house, model))).await;
    let said: Vec<_> = answers.iter().map(text).collect();
    assert_eq!((&*said[0], &*said[1], &*said[3], &*said[4]), ("a a a", "b b b", "a a a", "b b b"));
    assert!(said[2].starts_with("The capital"), "{said:?}");
    let front = house.app.engine_state().borrow().clone();
    assert_eq!(front.loaded().map(|(id, _)| id.0.as_str()), Some(BUNDLED));
    let mut listed = loaded(&house).await;
    assert_eq!(listed.remove(0), BUNDLED);
    listed.sort();
    let mut others = [first.clone(), second.clone()];
    others.sort();
    assert_eq!(listed, others);
    let figures = get(&house, "/metrics").await.body;
    assert!(figures.contains("\nhearth_models_loaded 3\n"), "{figures}");
    let weights = format!("hearth_model_memory_bytes{{model=\"{second}\",part=\"weights\"}}");
    assert!(figures.contains(&weights), "{figures}");
    // Only what is named is let go.
    let body = json!({"model": first, "keep_alive": 0}).to_string();
    let let_go = house.ask("POST /api/generate", &[JSON, &house.authorization()], &body).await;
    assert_eq!(let_go.json()["done_reason"], "unload", "{}", let_go.body);
    assert_eq!(loaded(&house).await, [BUNDLED.to_owned(), second]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_memory_is_for_one_model_they_take_turns_and_no_request_is_lost() {
    let (house, folder) = (House::open().await, tempfile::tempdir().unwrap());
    house.app.settings_update(json!({ "model": { "memory_mib": 1 } })).await.unwrap();
    let (first, second) = (add(&house, &folder, "a ").await, add(&house, &folder, "b ").await);
    let named = [&first, &second, &second, &first, &second, &first, &first, &second];
    let answers = join_all(named.map(|model| ask(&house, model))).await;
    for (model, answer) in named.into_iter().zip(&answers) {
        let expected = if *model == first { "a a a" } else { "b b b" };
        assert_eq!(text(answer), expected);
        assert_eq!(answer.json()["model"], **model);
    }
    assert_eq!(loaded(&house).await.len(), 1);
    // Nobody but programs asked for any.
    assert_eq!(*house.app.engine_state().borrow(), EngineState::Empty);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_one_model_sees_and_unloads_no_other() {
    use hearth_domain::{PortRights, PortScope};
    let (house, folder) = (House::open().await, tempfile::tempdir().unwrap());
    house.app.model_load(None, WantedBy::Person).await.unwrap();
    let tiny = add(&house, &folder, "a ").await;
    assert_eq!(text(&ask(&house, &tiny).await), "a a a");
    let rights = PortRights {
        scopes: vec![PortScope::Chat, PortScope::Models],
        models: Some(vec![ModelId(tiny.clone())]),
        ..PortRights::default()
    };
    let key = house.key("narrow", rights).await;
    let seen: Value = house.ask("GET /api/ps", &[&key], "").await.json();
    assert_eq!(seen["models"].as_array().unwrap().len(), 1, "{seen}");
    assert_eq!(seen["models"][0]["name"], *tiny);
    let other = json!({"model": BUNDLED, "keep_alive": 0}).to_string();
    let refused = house.ask("POST /api/generate", &[JSON, &key], &other).await;
    assert_eq!(refused.status, 404, "{}", refused.body);
    assert_eq!(loaded(&house).await.len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gguf_that_makes_vectors_serves_every_interface_of_vectors_beside_the_bundled_one() {
    let (house, folder) = (House::open().await, tempfile::tempdir().unwrap());
    house.app.model_load(None, WantedBy::Person).await.unwrap();
    let path = folder.path().join("encoder.gguf");
    TinyModel::of_kind(Kind::Encoder).context_length(128).write(&path).unwrap();
    let id = house.app.model_add(path, true).await.unwrap().id.0;
    let key = house.authorization();
    let post = async |path: &str, body: Value| {
        house.ask(&format!("POST {path}"), &[JSON, &key], &body.to_string()).await
    };
    let made = post("/v1/embeddings", json!({"model": id, "input": ["one", "two"]})).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made = made.json();
    assert_eq!(made["data"][1]["embedding"].as_array().unwrap().len(), 64);
    assert_eq!(made["usage"]["prompt_tokens"], 6);
    let bundled = post("/v1/embeddings", json!({"model": "default", "input": "one"})).await.json();
    assert_eq!(bundled["data"][0]["embedding"].as_array().unwrap().len(), 384);
    let ollama = post("/api/embed", json!({"model": id, "input": "one"})).await.json();
    let numbers = |value: &Value| {
        value.as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect::<Vec<_>>()
    };
    let (one, other) = (numbers(&made["data"][0]["embedding"]), numbers(&ollama["embeddings"][0]));
    let likeness: f64 = one.iter().zip(&other).map(|(a, b)| a * b).sum();
    assert!(likeness > 0.9999, "{likeness}");
    let long = post("/v1/embeddings", json!({"model": id, "input": "x".repeat(129)})).await;
    assert_eq!(long.status, 400, "{}", long.body);
    assert!(long.body.contains("129") && long.body.contains("128"), "{}", long.body);
    let cut = post("/api/embed", json!({"model": id, "input": "x".repeat(129)})).await;
    assert_eq!(cut.json()["prompt_eval_count"], 128, "{}", cut.body);
    // It is told of as what it is, and asked for nothing else.
    let shown = post("/api/show", json!({"model": id})).await.json();
    assert_eq!(
        (&shown["capabilities"], &shown["details"]["format"]),
        (&json!(["embedding"]), &json!("gguf"))
    );
    let listed = get(&house, &format!("/v1/models/{id}")).await.json();
    assert_eq!(listed["kind"], "embedding", "{listed}");
    assert_eq!(loaded(&house).await, [BUNDLED.to_owned(), id.clone()]);
    let chat = ask(&house, &id).await;
    assert_eq!((chat.status, chat.json()["error"]["code"].as_str()), (400, Some("model_purpose")));
    let wrong = post("/v1/embeddings", json!({"model": BUNDLED, "input": "one"})).await;
    assert_eq!(wrong.status, 404, "{}", wrong.body);
    let rerank = json!({"model": id, "query": "one", "documents": ["two"]});
    assert_eq!(post("/v1/rerank", rerank).await.status, 400);
    let default = house.app.model_set_default(ModelId(id)).await.unwrap_err();
    assert_eq!(default.code(), ErrorCode::ModelPurpose);
    house.close().await;
}
