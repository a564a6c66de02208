//! Requests that are sent again with their `Idempotency-Key`.

use hearth_domain::{PortRights, PortScope};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::support::{House, JSON, PATIENCE, Reply};

const NAME: &str = "Idempotency-Key: order-1";

async fn house() -> (House, String) {
    let house = House::open().await;
    let key = house.key("one", PortRights::default()).await;
    (house, key)
}

fn question(more: &Value) -> Value {
    let mut body = json!({"model": "default", "max_tokens": 8, "temperature": 0,
        "messages": [{"role": "user", "content": "Say hello."}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn post(house: &House, key: &str, path: &str, name: &str, body: &Value) -> Reply {
    house.ask(&format!("POST {path}"), &[JSON, key, name], &body.to_string()).await
}

fn is_replayed(reply: &Reply) -> bool {
    reply.header("idempotent-replayed") == Some("true")
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_answer_and_costs_no_tokens() {
    let (house, key) = house().await;
    let path = "/v1/chat/completions";
    let first = post(&house, &key, path, NAME, &question(&json!({}))).await;
    assert_eq!((first.status, is_replayed(&first)), (200, false), "{first:?}");
    let again = post(&house, &key, path, NAME, &question(&json!({}))).await;
    assert_eq!((again.status, is_replayed(&again)), (200, true));
    assert_eq!(again.json(), first.json(), "its id too, so nothing was computed");
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    let used = house.app.port_key_list().await.unwrap()[0].used;
    let tokens = first.json()["usage"]["total_tokens"].as_u64().unwrap();
    assert_eq!((used.requests, used.tokens()), (2, tokens));
    let anew = post(&house, &key, path, "Idempotency-Key: order-2", &question(&json!({}))).await;
    assert_ne!(anew.json()["id"], first.json()["id"]);
    house.pass(10 * 60);
    let later = post(&house, &key, path, NAME, &question(&json!({}))).await;
    assert!(!is_replayed(&later), "it is kept for ten minutes");
    house.close().await;
}

#[tokio::test]
async fn a_name_belongs_to_one_request_of_one_key_on_one_path() {
    let (house, key) = house().await;
    let other = house.key("other", PortRights::default()).await;
    let body = json!({"model": "all-minilm-l6-v2", "input": "a"});
    let path = "/v1/embeddings";
    assert_eq!(post(&house, &key, path, NAME, &body).await.status, 200);
    assert!(is_replayed(&post(&house, &key, path, NAME, &body).await));
    let changed = json!({"model": "all-minilm-l6-v2", "input": "b"});
    let refused = post(&house, &key, path, NAME, &changed).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.body.contains("another request"), "{}", refused.body);
    assert!(!is_replayed(&post(&house, &other, path, NAME, &body).await));
    assert!(!is_replayed(&post(&house, &key, "/api/embed", NAME, &body).await));
    for wrong in [format!("Idempotency-Key: {}", "a".repeat(256)), "Idempotency-Key: ".to_owned()] {
        assert_eq!(post(&house, &key, path, &wrong, &body).await.status, 400);
    }
    house.close().await;
}

#[tokio::test]
async fn a_key_that_may_do_less_gets_nothing_of_what_it_got_before() {
    let (house, key) = house().await;
    let body = json!({"model": "all-minilm-l6-v2", "input": "a"});
    assert_eq!(post(&house, &key, "/v1/embeddings", NAME, &body).await.status, 200);
    let id = house.app.port_key_list().await.unwrap()[0].id;
    let rights = PortRights { scopes: vec![PortScope::Chat], ..PortRights::default() };
    let draft = hearth_domain::PortKeyDraft { name: "one".to_owned(), rights };
    house.app.port_key_update(id, draft).await.unwrap();
    assert_eq!(post(&house, &key, "/v1/embeddings", NAME, &body).await.status, 403);
    house.close().await;
}

#[tokio::test]
async fn what_was_refused_is_tried_again() {
    let (house, key) = house().await;
    for _ in 0..2 {
        let body = json!({"model": "no-such-model", "input": "a"});
        let refused = post(&house, &key, "/v1/embeddings", NAME, &body).await;
        assert_eq!((refused.status, is_replayed(&refused)), (404, false));
    }
    house.close().await;
}

#[tokio::test]
async fn a_second_request_beside_a_stream_is_refused_and_one_that_broke_off_can_be_sent_again() {
    let (house, key) = house().await;
    let path = "/v1/chat/completions";
    let long = question(&json!({"max_tokens": 2000, "stream": true}));
    let (line, host) = (format!("POST {path} HTTP/1.1"), format!("Host: {}", house.address()));
    let headers = [&host, JSON, &key, NAME];
    let mut first = house.send(&line, &headers, &long.to_string()).await;
    // It answers, so it has begun.
    timeout(PATIENCE, first.read_exact(&mut [0; 16])).await.unwrap().unwrap();
    let beside = post(&house, &key, path, NAME, &long).await;
    assert_eq!(beside.status, 409, "{beside:?}");
    assert!(beside.body.contains("still being answered"), "{}", beside.body);
    drop(first);
    let short = question(&json!({"stream": true}));
    let after = timeout(PATIENCE, async {
        loop {
            let reply = post(&house, &key, path, NAME, &short).await;
            if reply.status == 200 {
                return reply;
            }
        }
    });
    let after = after.await.unwrap();
    assert!(!is_replayed(&after) && after.body.contains("[DONE]"), "a stream is not kept");
    assert!(!is_replayed(&post(&house, &key, path, NAME, &short).await));
    house.close().await;
}
