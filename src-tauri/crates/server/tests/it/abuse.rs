//! The abuse cases of a port on the computer of someone who also browses the web.

use std::sync::Arc;

use hearth_api::ServerHost;
use hearth_domain::{EngineState, PortRights};
use hearth_server::{Error, Port, PortConfig};
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};

use crate::support::{House, JSON, KEY, PATIENCE};

const MODELS: &str = "GET /v1/models";

#[tokio::test]
async fn ac_01_a_rebound_name_reaches_nothing_even_with_the_key() {
    let house = House::open().await;
    let port = house.port.number();
    let key = house.authorization();
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.evil.com:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("localhost.:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        "127.0.0.1".to_owned(),
        String::new(),
    ];
    for host in foreign {
        let host = format!("Host: {host}");
        let reply = house.raw("GET /v1/models HTTP/1.1", &[&host, &key], "").await;
        assert_eq!(reply.status, 403, "{host}");
        let nowhere = house.raw("GET /no/such/path HTTP/1.1", &[&host], "").await;
        assert_eq!(nowhere.status, 403, "before routing: {host}");
    }
    let own = format!("Host: 127.0.0.1:{port}");
    let twice = house.raw("GET /v1/models HTTP/1.1", &[&own, &own, &key], "").await;
    assert_eq!(twice.status, 403);
    let none = house.raw("GET /v1/models HTTP/1.0", &[&key], "").await;
    assert_eq!(none.status, 403);
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let host = format!("Host: {host}:{port}");
        let reply = house.raw("GET /v1/models HTTP/1.1", &[&host, &key], "").await;
        assert_eq!(reply.status, 200, "{host}");
    }
    house.close().await;
}

#[tokio::test]
async fn ac_02_a_foreign_origin_is_refused_and_no_header_ever_invites_it() {
    let house = House::open().await;
    let (key, port) = (house.authorization(), house.port.number());
    let origins = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        "chrome-extension://x".to_owned(),
        format!("http://localhost.evil.example:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
    ];
    for origin in &origins {
        let origin = format!("Origin: {origin}");
        let reply = house.ask(MODELS, &[&key, &origin], "").await;
        assert_eq!(reply.status, 403, "{origin}");
        assert!(!reply.has_header_like("access-control"), "{origin}");
        let asks = [
            origin.as_str(),
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Private-Network: true",
        ];
        let preflight = house.ask("OPTIONS /v1/chat/completions", &asks, "").await;
        assert_eq!(preflight.status, 403, "{origin}");
        assert!(!preflight.has_header_like("access-control"), "{origin}");
    }
    let own = house.ask(MODELS, &[&key, &house.origin()], "").await;
    assert_eq!(own.status, 200);
    assert!(!own.has_header_like("access-control"));
    house.close().await;
}

#[tokio::test]
async fn ac_03_a_page_elsewhere_changes_nothing_without_a_preflight() {
    let house = House::open().await;
    let body = json!({"patch": {"welcomed": true}}).to_string();
    let cookie = house.sign_in().await;
    let kinds = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];
    for path in ["/api/rpc/settings_update", "/api/session", "/v1/chat/completions"] {
        for kind in kinds {
            let kind = format!("Content-Type: {kind}");
            let line = format!("POST {path}");
            let reply = house.ask(&line, &[&kind, &cookie, &house.origin()], &body).await;
            assert_eq!(reply.status, 415, "{path} {kind}");
        }
        let bare = house.ask(&format!("POST {path}"), &[&cookie], "").await;
        assert_eq!(bare.status, 415, "{path}");
    }
    // An image or a link carries no key, and a cookie changes nothing by GET.
    assert_eq!(house.ask(MODELS, &[], "").await.status, 401);
    assert_eq!(house.ask("GET /api/stream/app", &[], "").await.status, 401);
    assert_eq!(house.ask("GET /api/rpc/settings_get", &[], "").await.status, 405);
    let get = house.ask("GET /api/rpc/settings_update", &[&cookie], "").await;
    assert_eq!(get.status, 405);
    assert!(!house.app.settings().welcomed);
    // With the cookie alone, as another local page could make a browser send it.
    let forged = house.ask("POST /api/rpc/settings_update", &[JSON, &cookie], &body).await;
    assert_eq!(forged.status, 403);
    let beside = "Sec-Fetch-Site: same-site";
    let own = house.origin();
    let line = "POST /api/rpc/settings_update";
    assert_eq!(house.ask(line, &[JSON, &cookie, &own, beside], &body).await.status, 403);
    assert!(!house.app.settings().welcomed);
    assert_eq!(house.ask(line, &[JSON, &cookie, &own], &body).await.status, 200);
    assert!(house.app.settings().welcomed);
    house.close().await;
}

#[tokio::test]
async fn ac_04_wrong_keys_look_alike_and_then_have_to_wait() {
    let house = House::open().await;
    let bearer = |key: &str| format!("Authorization: Bearer {key}");
    let none = house.ask(MODELS, &[], "").await;
    assert_eq!(none.status, 401);
    for wrong in ["x", "", &KEY[1..], &KEY.to_uppercase()] {
        let reply = house.ask(MODELS, &[&bearer(wrong)], "").await;
        assert_eq!((reply.status, &reply.body), (401, &none.body), "{wrong}");
    }
    let basic = house.ask(MODELS, &[&format!("Authorization: Basic {KEY}")], "").await;
    assert_eq!((basic.status, &basic.body), (401, &none.body));
    for query in ["api_key", "key", "access_token", "%74oken"] {
        let line = format!("GET /v1/models?{query}={KEY}");
        assert_eq!(house.ask(&line, &[], "").await.status, 401, "{query}");
        assert_eq!(house.ask(&line, &[&house.authorization()], "").await.status, 401, "{query}");
    }
    for _ in 0..5 {
        assert_eq!(house.ask(MODELS, &[&bearer("x")], "").await.status, 401);
    }
    let mut waited = 0;
    for _ in 0..20 {
        let reply = house.ask(MODELS, &[&bearer("x")], "").await;
        assert_eq!(reply.status, 429, "{}", reply.body);
        waited = reply.header("retry-after").unwrap().parse().unwrap();
        assert!(waited >= 1);
    }
    let right = house.authorization();
    assert_eq!(house.ask(MODELS, &[&right], "").await.status, 429, "also the right one waits");
    house.pass(waited);
    assert_eq!(house.ask(MODELS, &[&right], "").await.status, 200);
    assert_eq!(house.ask(MODELS, &[&bearer("x")], "").await.status, 401, "a clean page again");
    house.close().await;
}

#[tokio::test]
async fn ac_05_a_key_has_the_same_limits_by_each_way_to_show_it() {
    let house = House::open().await;
    let (bearer, other) = (house.authorization(), format!("x-api-key: {KEY}"));
    assert_eq!(house.ask(MODELS, &[&other], "").await.status, 200);
    for both in [[other.as_str(), &bearer], [&other, &other]] {
        assert_eq!(house.ask(MODELS, &both, "").await.status, 401, "{both:?}");
    }
    assert_eq!(house.ask(MODELS, &[&other, "Authorization: Bearer x"], "").await.status, 401);
    let waits = async {
        for _ in 0..10 {
            house.ask(MODELS, &["x-api-key: wrong"], "").await;
        }
        house.ask(MODELS, &[&other], "").await.status
    };
    assert_eq!(waits.await, 429, "guessing is slowed down");
    house.close().await;
}

#[tokio::test]
async fn ac_05_there_is_no_further_way_to_show_a_key() {
    let house = House::open().await;
    for header in ["api-key", "x-goog-api-key", "sec-websocket-protocol"] {
        let header = format!("{header}: {KEY}");
        assert_eq!(house.ask(MODELS, &[&header], "").await.status, 401, "{header}");
    }
    let cookie = format!("Cookie: hearth_session={KEY}");
    assert_eq!(house.ask(MODELS, &[&cookie], "").await.status, 401);
    house.close().await;
}

/// The first line of an answer, whatever else comes.
async fn begins(socket: &mut TcpStream) -> String {
    let mut part = [0; 1024];
    let read = timeout(PATIENCE, socket.read(&mut part)).await.unwrap().unwrap();
    String::from_utf8_lossy(&part[..read]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn ac_06_a_key_reaches_no_conversation_of_the_person() {
    let house = House::open().await;
    let id = "0198b2f0-0000-7000-8000-000000000000";
    for (command, body) in [
        ("conversation_list", json!({})),
        ("conversation_get", json!({ "id": id })),
        ("search", json!({"query": "x"})),
        ("chat_send", json!({"conversation": id, "text": "x", "client_id": id})),
        ("settings_get", json!({})),
    ] {
        let line = format!("POST /api/rpc/{command}");
        let reply = house.ask(&line, &[JSON, &house.authorization()], &body.to_string()).await;
        assert_eq!(reply.status, 403, "{command}: {}", reply.body);
    }
    house.close().await;
}

#[tokio::test]
async fn ac_07_a_key_that_is_taken_back_ends_its_running_answers_and_opens_nothing() {
    let house = House::open().await;
    for (path, stream) in
        [("v1/chat/completions", true), ("v1/chat/completions", false), ("api/chat", true)]
    {
        let old = house.key("old", PortRights::default()).await;
        let id = house.app.port_key_list().await.unwrap()[0].id;
        let body = json!({
            "model": "default",
            "messages": [{"role": "user", "content": "Write a long story about a dragon and a village."}],
            "max_tokens": 3500,
            "stream": stream,
        });
        let host = format!("Host: {}", house.address());
        let line = format!("POST /{path} HTTP/1.1");
        let mut socket = house.send(&line, &[&host, JSON, &old], &body.to_string()).await;
        let mut state = house.app.engine_state();
        if stream {
            assert_eq!(begins(&mut socket).await, "HTTP/1.1 200 OK");
        } else {
            let busy = state.wait_for(|state| matches!(state, EngineState::Busy { .. }));
            timeout(PATIENCE, busy).await.unwrap().unwrap();
        }
        house.app.port_key_revoke(id).await.unwrap();
        let mut rest = Vec::new();
        timeout(PATIENCE, socket.read_to_end(&mut rest)).await.unwrap().unwrap();
        let rest = String::from_utf8_lossy(&rest);
        assert!(!rest.contains("[DONE]") && !rest.contains("\"done\":true"), "{rest}");
        assert!(stream || rest.starts_with("HTTP/1.1 401"), "{rest}");
        let idle = state.wait_for(|state| matches!(state, EngineState::Ready { .. }));
        timeout(PATIENCE, idle).await.unwrap().unwrap();
        assert_eq!(house.ask(MODELS, &[&old], "").await.status, 401);
    }
    house.close().await;
}

#[tokio::test]
async fn ac_08_the_port_is_off_until_it_is_switched_on_and_only_of_this_computer() {
    let house = House::open().await;
    assert!(!house.app.settings().server.enabled);
    for host in ["0.0.0.0", "192.168.0.1", "::"] {
        let mut config = PortConfig::new(0);
        config.host = host.parse().unwrap();
        let opened = Port::open(Arc::clone(&house.app), Arc::new(ServerHost), config).await;
        assert!(matches!(opened.err(), Some(Error::NotLoopback)), "{host}");
    }
    house.close().await;
}

#[tokio::test]
async fn ac_10_numbers_out_of_range_or_of_another_type_are_refused() {
    let house = House::open().await;
    let line = "POST /v1/chat/completions";
    for (name, value) in [
        ("n_discard", "-1"),
        ("n_ctx", "9223372036854775808"),
        ("temperature", "NaN"),
        ("temperature", "1e999"),
        ("top_k", "-5"),
        ("seed", "\"x\""),
        ("max_tokens", "1e9"),
        ("max_tokens", "18446744073709551616"),
    ] {
        let body = format!(
            r#"{{"model": "default", "messages": [{{"role": "user", "content": "x"}}], "{name}": {value}}}"#
        );
        let reply = house.ask(line, &[JSON, &house.authorization()], &body).await;
        assert_eq!(reply.status, 400, "{name} {value}: {}", reply.body);
    }
    house.close().await;
}

#[tokio::test]
async fn ac_09_deep_and_huge_bodies_are_refused_and_the_port_lives() {
    let house = House::open().await;
    let key = house.authorization();
    let line = "POST /v1/chat/completions";
    let deep = "[".repeat(10_000);
    assert_eq!(house.ask(line, &[JSON, &key], &deep).await.status, 400);
    let huge = format!("\"{}\"", "x".repeat(9 * 1024 * 1024));
    assert_eq!(house.ask(line, &[JSON, &key], &huge).await.status, 413);
    for _ in 0..3 {
        assert_eq!(house.ask(MODELS, &[&key], "").await.status, 200);
    }
    house.close().await;
}

#[tokio::test]
async fn every_answer_tells_browsers_to_guess_keep_and_frame_nothing() {
    let house = House::open().await;
    for line in ["GET /health", "GET /", "GET /no/such", "GET /v1/models"] {
        let reply = house.ask(line, &[], "").await;
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{line}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{line}");
        assert!(reply.header("content-security-policy").unwrap().contains("'none'"), "{line}");
        assert!(reply.header("cache-control").is_some(), "{line}");
    }
    assert_eq!(house.ask("GET /health", &[], "").await.status, 204);
    house.close().await;
}

#[tokio::test]
async fn ac_30_the_page_that_draws_diagrams_has_no_origin_and_no_network() {
    let house = House::open().await;
    let page = house.ask("GET /artifact/diagram.html", &[], "").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("x-frame-options"), Some("SAMEORIGIN"));
    let policy = page.header("content-security-policy").unwrap();
    let parts: Vec<&str> = policy.split("; ").collect();
    let wanted = [
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "frame-ancestors 'self'",
    ];
    for part in wanted {
        assert!(parts.contains(&part), "{part}: {policy}");
    }
    for never in ["allow-same-origin", "connect-src", "http", "unsafe-eval", "allow-top"] {
        assert!(!policy.contains(never), "{never}: {policy}");
    }
    // Nothing else may be framed, and no other file lies beside it.
    let main = house.ask("GET /", &[], "").await;
    assert_eq!(main.header("x-frame-options"), Some("DENY"));
    assert_eq!(house.ask("GET /artifact/", &[], "").await.status, 404);
    assert_ne!(house.ask("POST /artifact/diagram.html", &[JSON], "{}").await.status, 200);
    house.close().await;
}
