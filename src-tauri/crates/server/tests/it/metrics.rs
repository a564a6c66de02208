//! `/metrics` and `/ready`.

use std::collections::HashMap;

use hearth_domain::{PortRights, PortScope};
use serde_json::json;

use crate::support::{House, JSON};

/// The figures by name and labels.
fn read(text: &str) -> HashMap<&str, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            (name, value.parse().unwrap_or_else(|_| panic!("{line}")))
        })
        .collect()
}

async fn figures(house: &House, key: &str) -> String {
    let reply = house.ask("GET /metrics", &[key], "").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    reply.body
}

#[tokio::test]
async fn the_figures_say_what_was_done_for_programs_and_by_which_key() {
    let house = House::open().await;
    let watcher = PortRights { scopes: vec![PortScope::Metrics], ..PortRights::default() };
    let watcher = house.key("watcher", watcher).await;
    let talker = house.key("talker", PortRights::default()).await;
    let before = figures(&house, &watcher).await;
    assert_eq!(read(&before)["hearth_models_loaded"], 0.0);
    let body = json!({"model": "default", "max_tokens": 4, "temperature": 0,
        "messages": [{"role": "user", "content": "A canary that nobody may repeat."}]});
    let said = house.ask("POST /v1/chat/completions", &[JSON, &talker], &body.to_string()).await;
    let usage = &said.json()["usage"];
    let text = figures(&house, &watcher).await;
    let after = read(&text);
    assert_eq!(after["hearth_models_loaded"], 1.0);
    assert_eq!(after["hearth_answers_total{for=\"program\"}"], 1.0);
    assert_eq!(after["hearth_answers_total{for=\"person\"}"], 0.0);
    let written = after["hearth_tokens_total{for=\"program\",kind=\"completion\"}"];
    assert_eq!(Some(written), usage["completion_tokens"].as_f64());
    assert_eq!(after["hearth_first_token_seconds_count{for=\"program\"}"], 1.0);
    let all = after["hearth_first_token_seconds_bucket{for=\"program\",le=\"+Inf\"}"];
    assert!(all >= after["hearth_first_token_seconds_bucket{for=\"program\",le=\"60\"}"]);
    assert!(
        after["hearth_model_memory_bytes{model=\"smollm2-135m-instruct\",part=\"weights\"}"] > 1e7
    );
    let keys = house.app.port_key_list().await.unwrap();
    let id = keys.iter().find(|key| key.name == "talker").unwrap().id;
    assert_eq!(after[format!("hearth_key_requests_total{{key=\"{id}\"}}").as_str()], 1.0);
    assert!(!text.contains("canary") && !text.contains("talker"), "{text}");
    house.close().await;
}

#[tokio::test]
async fn figures_need_their_scope_and_readiness_needs_none() {
    let house = House::open().await;
    let talker = house.key("talker", PortRights::default()).await;
    assert_eq!(house.ask("GET /metrics", &[&talker], "").await.status, 403);
    assert_eq!(house.ask("GET /metrics", &[], "").await.status, 401);
    assert_eq!(house.ask("GET /health", &[], "").await.status, 204);
    let cold = house.ask("GET /ready", &[], "").await;
    assert_eq!((cold.status, cold.body.as_str()), (503, ""));
    house.app.model_load(None, hearth_app::WantedBy::Person).await.unwrap();
    assert_eq!(house.ask("GET /ready", &[], "").await.status, 204);
    house.close().await;
}
