//! What answers while the data is locked: the same socket, and nothing of the data.

use std::sync::Arc;

use hearth_api::ServerHost;
use hearth_app::DataFolder;
use hearth_domain::ErrorCode;
use hearth_server::{Client, GivenKey, LockedPort, Port, PortConfig, PrivateSocket};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{KEY, open_app};

async fn ask(address: &str, line: &str, headers: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request =
        format!("{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

#[tokio::test]
async fn a_port_goes_from_open_to_locked_and_back_on_one_socket() {
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    let config = || PortConfig { given: Some(GivenKey::new(KEY)), ..PortConfig::new(0) };
    let port = Port::open(Arc::clone(&app), Arc::new(ServerHost), config()).await.unwrap();
    let address = format!("127.0.0.1:{}", port.number());
    let bearer = format!("Authorization: Bearer {KEY}\r\n");
    assert_eq!(ask(&address, "GET /v1/models", &bearer).await.0, 200);

    let listener = port.stop().await;
    // Whoever knocks in between waits, and is answered by whoever comes next.
    let (line, headers) = ("GET /v1/models", bearer.clone());
    let (knocking, knocked) = (address.clone(), tokio::sync::oneshot::channel());
    let early = tokio::spawn(async move {
        let asked = ask(&knocking, line, &headers);
        knocked.0.send(()).unwrap();
        asked.await
    });
    knocked.1.await.unwrap();
    let locked = LockedPort::open(listener).unwrap();
    let (status, answer) = early.await.unwrap();
    assert_eq!(status, 423, "{answer}");

    for (line, headers) in [
        ("GET /v1/models", bearer.as_str()),
        ("GET /v1/models", ""),
        ("POST /v1/chat/completions", JSON_LINE),
    ] {
        let (status, answer) = ask(&address, line, headers).await;
        assert_eq!(status, 423, "{line}: {answer}");
        assert!(answer.contains(r#"{"error":{"#) && answer.contains(r#""code":"locked""#));
        assert!(answer.to_ascii_lowercase().contains("x-content-type-options: nosniff"));
    }
    for (line, headers) in [
        ("POST /api/rpc/app_status", JSON_LINE),
        ("POST /api/session", JSON_LINE),
        ("GET /api/stream/app", ""),
        ("GET /health", ""),
        ("GET /", ""),
    ] {
        let (status, answer) = ask(&address, line, headers).await;
        assert_eq!(status, 423, "{line}: {answer}");
        assert!(answer.contains(r#""code":"locked""#) && !answer.contains(r#""error":"#));
    }
    // The guard stands before it as always.
    let (status, _) = ask(&address, "GET /v1/models", "Origin: http://evil\r\n").await;
    assert_eq!(status, 403);
    let (status, _) = ask(&address, "POST /api/rpc/app_status", "Content-Type: x/y\r\n").await;
    assert_eq!(status, 415);

    let listener = locked.stop().await;
    let port = Port::open_on(listener, Arc::clone(&app), Arc::new(ServerHost), config()).unwrap();
    assert_eq!(format!("127.0.0.1:{}", port.number()), address);
    assert_eq!(ask(&address, "GET /v1/models", &bearer).await.0, 200);
    drop(port.stop().await);
    assert!(TcpStream::connect(&address).await.is_err(), "a dropped socket is closed");
    app.shutdown().await;
}

const JSON_LINE: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn the_private_socket_of_locked_data_says_so_to_whoever_has_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let held = DataFolder::open(folder.path()).unwrap();
    let socket = PrivateSocket::open_locked(held, Arc::new(ServerHost)).unwrap();
    let client = Client::of_holder(folder.path()).unwrap().expect("an endpoint was left");
    for command in ["app_status", "conversation_list", "lock_remove"] {
        let refused = client.rpc(command, &json!({})).await.unwrap_err();
        assert_eq!(refused.into_api().code, ErrorCode::Locked, "{command}");
    }
    // Where there is no window, there is none to show.
    let refused = client.rpc("window_show", &json!({})).await.unwrap_err();
    assert_eq!(refused.into_api().code, ErrorCode::DesktopOnly);
    let refused = client.stream("app", Some(0)).await.err().unwrap();
    assert_eq!(refused.into_api().code, ErrorCode::Locked);
    socket.stop().await;
    assert!(Client::of_holder(folder.path()).unwrap().is_none(), "the endpoint was taken back");
}
