//! The log of requests: a line each, with what an operator needs and nothing of what was said.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use hearth_domain::{DataPart, DataPlaceKind, DataReport, PortRights, PortScope};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::support::{House, JSON, PATIENCE};

/// Stands for what must be in no log.
const CANARY: &str = "canary-4711";

/// The lines, when there are so many.
async fn lines(house: &House, count: usize) -> Vec<Value> {
    let folder = house.app.data_folder().logs();
    let until = Instant::now() + PATIENCE;
    loop {
        let text = files(&folder).into_iter().map(|file| fs::read_to_string(file).unwrap());
        let text: String = text.collect();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        if lines.len() >= count || Instant::now() > until {
            assert_eq!(lines.len(), count, "{lines:?}");
            assert!(!text.contains("canary"), "{text}");
            return lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn each_request_has_a_line_with_its_id_its_key_and_its_end_and_nothing_that_was_said() {
    let house = House::open().await;
    let rights = PortRights { scopes: vec![PortScope::Chat], ..PortRights::default() };
    let key = house.key(CANARY, rights).await;
    let body = json!({"model": "default", "max_tokens": 4, "stream": true,
        "messages": [{"role": "user", "content": CANARY}]});
    let streamed = house.ask("POST /v1/chat/completions", &[JSON, &key], &body.to_string()).await;
    assert_eq!(streamed.status, 200, "{}", streamed.body);
    let refused = house.ask(&format!("GET /v1/models/{CANARY}"), &[&key], "").await;
    assert_eq!(refused.status, 404);
    let stranger = house.ask("GET /v1/models", &["Authorization: Bearer canary-key"], "").await;
    assert_eq!(stranger.status, 401);
    let method = house.ask("CANARY-4711 /canary-4711", &[&house.authorization()], "").await;
    assert_eq!(method.status, 404, "{}", method.body);
    // Whether the port is there is asked all the time, and tells nothing.
    assert_eq!(house.ask("GET /health", &[], "").await.status, 204);

    let lines = lines(&house, 4).await;
    let id = house.app.port_key_list().await.unwrap()[0].id.to_string();
    let [first, unknown, denied, strange] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&first["path"], &first["key"]), (&json!("/v1/chat/completions"), &json!(id)));
    assert_eq!(first["id"], streamed.header("x-request-id").unwrap());
    assert_eq!((&first["status"], &first["whole"]), (&json!(200), &json!(true)));
    assert!(
        first["bytes"].as_u64() > Some(100) && first["ms"].as_u64() >= first["first_ms"].as_u64()
    );
    assert!(first["time"].as_str().unwrap().ends_with('Z'), "{first}");
    assert!(first["prompt_tokens"].as_u64() > Some(4), "{first}");
    assert_eq!((&first["completion_tokens"], &first["network"]), (&json!(4), &json!(false)));
    assert_eq!(
        (&unknown["prompt_tokens"], &unknown["completion_tokens"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&unknown["path"], &unknown["status"]),
        (&json!("/v1/models/{*model}"), &json!(404))
    );
    assert_eq!((&denied["key"], &denied["status"]), (&json!(null), &json!(401)));
    assert_eq!((&strange["method"], &strange["path"]), (&json!("OTHER"), &json!(null)));
    house.close().await;
}

#[tokio::test]
async fn a_line_tells_the_tokens_that_its_answer_told_whole_in_pieces_and_of_vectors() {
    let house = House::open().await;
    let key = house.authorization();
    let post = async |path: &str, body: Value| {
        house.ask(&format!("POST {path}"), &[JSON, &key], &body.to_string()).await.json()
    };
    let chat = |n: u32| {
        json!({"model": "default", "max_tokens": 5, "n": n,
            "messages": [{"role": "user", "content": "What is the capital of France?"}]})
    };
    let one = post("/v1/chat/completions", chat(1)).await;
    let two = post("/v1/chat/completions", chat(2)).await;
    let vectors =
        post("/v1/embeddings", json!({"model": "default", "input": ["one", "two"]})).await;
    let message = json!({"model": "default", "max_tokens": 5,
        "messages": [{"role": "user", "content": "What is the capital of France?"}]});
    let message = post("/v1/messages", message).await;
    let lines = lines(&house, 4).await;
    let told =
        |at: usize| (lines[at]["prompt_tokens"].clone(), lines[at]["completion_tokens"].clone());
    let usage = |answer: &Value, read: &str, written: &str| {
        (answer["usage"][read].clone(), answer["usage"][written].clone())
    };
    assert_eq!(told(0), usage(&one, "prompt_tokens", "completion_tokens"));
    assert_eq!(told(1).1, two["usage"]["completion_tokens"], "{two}");
    assert_eq!(told(2), (vectors["usage"]["prompt_tokens"].clone(), json!(0)));
    assert_eq!(told(3).1, message["usage"]["output_tokens"], "{message}");
    house.close().await;
}

#[tokio::test]
async fn an_answer_that_nobody_waited_for_is_told_as_such() {
    let house = House::open().await;
    let body = json!({"model": "default", "stream": true,
        "messages": [{"role": "user", "content": "Count to a thousand."}]})
    .to_string();
    let host = format!("Host: {}", house.address());
    let headers = [host.as_str(), JSON, &house.authorization()];
    let line = "POST /v1/chat/completions HTTP/1.1";
    let socket = house.send(line, &headers, &body).await;
    let mut first = [0; 1];
    socket.readable().await.unwrap();
    assert_eq!(socket.try_read(&mut first).unwrap(), 1);
    drop(socket);
    assert_eq!(lines(&house, 1).await[0]["whole"], false);
    house.close().await;
}

#[tokio::test]
async fn what_was_removed_for_good_is_gone_and_the_next_request_is_written() {
    let house = House::open().await;
    let models = || async {
        assert_eq!(house.ask("GET /v1/models", &[&house.authorization()], "").await.status, 200);
    };
    let bytes = |report: &DataReport| {
        let found = report.places.iter().find(|place| place.kind == DataPlaceKind::RequestLog);
        found.unwrap().bytes
    };
    models().await;
    lines(&house, 1).await;
    let folder = house.app.data_folder().logs();
    fs::write(folder.join("requests.2020-02-02.jsonl"), "{}\n").unwrap();
    assert!(bytes(&house.app.data_report().await.unwrap()) > 100);
    let left = house.app.data_delete(DataPart::RequestLog).await.unwrap();
    assert_eq!((bytes(&left), files(&folder).len()), (0, 1));
    models().await;
    lines(&house, 1).await;
    house.close().await;
}

#[tokio::test]
async fn nothing_is_written_and_nothing_stays_while_it_is_to_be_kept_for_no_day() {
    let house = House::open().await;
    let days = |days: u32| house.app.settings_update(json!({"server": {"log_days": days}}));
    for (kept, path) in [(7, "/v1/models"), (0, "/api/tags"), (1, "/api/version"), (2, "/api/ps")] {
        days(kept).await.unwrap();
        let line = format!("GET {path}");
        assert_eq!(house.ask(&line, &[&house.authorization()], "").await.status, 200);
    }
    let lines = lines(&house, 2).await;
    let paths: Vec<_> = lines.iter().map(|line| &line["path"]).collect();
    assert_eq!(paths, ["/api/version", "/api/ps"], "what was kept before is removed");
    house.close().await;
}
