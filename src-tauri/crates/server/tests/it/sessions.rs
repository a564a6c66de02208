//! Signing a browser in with a link.

use crate::support::{House, JSON};

const STATUS: &str = "POST /api/rpc/app_status";

#[tokio::test]
async fn a_sign_in_link_works_once() {
    let house = House::open().await;
    let token = house.token();
    let first = house.exchange(&token).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let cookie = first.header("set-cookie").unwrap();
    for part in ["hearth_session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(&token), "the cookie is another secret");
    let second = house.exchange(&token).await;
    assert_eq!(second.status, 401);
    assert!(second.header("set-cookie").is_none());
    house.close().await;
}

#[tokio::test]
async fn a_sign_in_link_is_good_for_a_minute() {
    let house = House::open().await;
    let (early, late) = (house.token(), house.token());
    house.pass(59);
    assert_eq!(house.exchange(&early).await.status, 200);
    house.pass(1);
    assert_eq!(house.exchange(&late).await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_signed_in_browser_runs_commands_and_a_program_with_a_key_does_not() {
    let house = House::open().await;
    let (cookie, origin) = (house.sign_in().await, house.origin());
    let browser = house.ask(STATUS, &[JSON, &cookie, &origin], "{}").await;
    assert_eq!(browser.status, 200, "{}", browser.body);
    assert_eq!(browser.json()["host"], "server");
    let program = house.ask(STATUS, &[JSON, &house.authorization()], "{}").await;
    assert_eq!(program.status, 403);
    assert_eq!(program.json()["code"], "forbidden");
    assert_eq!(house.ask(STATUS, &[JSON, &origin], "{}").await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn errors_of_commands_have_a_code_a_status_and_a_trace_id() {
    let house = House::open().await;
    let (cookie, origin) = (house.sign_in().await, house.origin());
    for (command, body, status, code) in [
        ("no_such_command", "{}", 404, "unknown_command"),
        ("conversation_get", "{}", 400, "invalid_request"),
        ("conversation_get", "not json", 400, "invalid_request"),
        ("link_open", r#"{"url": "https://example.org"}"#, 501, "desktop_only"),
    ] {
        let line = format!("POST /api/rpc/{command}");
        let reply = house.ask(&line, &[JSON, &cookie, &origin], body).await;
        assert_eq!(reply.status, status, "{command}: {}", reply.body);
        assert_eq!(reply.json()["code"], code);
        assert!(reply.json()["trace_id"].is_string());
    }
    house.close().await;
}

#[tokio::test]
async fn sessions_end_with_the_process() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    house.close().await;
    let another = House::open().await;
    let reply = another.ask(STATUS, &[JSON, &cookie, &another.origin()], "{}").await;
    assert_eq!(reply.status, 401);
    another.close().await;
}
