//! The private socket, from both ends.

use std::sync::Arc;

use hearth_api::ServerHost;
use hearth_app::{DataFolder, Endpoint};
use hearth_domain::{ErrorCode, Secret};
use hearth_server::{Client, ClientError, PrivateSocket};
use serde_json::json;

use crate::support::open_app;

#[tokio::test]
async fn another_process_finds_the_socket_runs_commands_and_follows_streams() {
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    let socket = PrivateSocket::open(Arc::clone(&app), Arc::new(ServerHost)).await.unwrap();
    let client = Client::of_holder(folder.path()).unwrap().expect("an endpoint was left");
    let status = client.rpc("app_status", &json!({})).await.unwrap();
    assert_eq!(status["host"], "server");
    let refused = client.rpc("conversation_get", &json!({"id": "x"})).await.unwrap_err();
    assert_eq!(refused.into_api().code, ErrorCode::InvalidRequest);
    let mut events = client.stream("app", Some(0)).await.unwrap();
    app.invalidate(&["here"]);
    loop {
        let event = events.next().await.unwrap().expect("the stream goes on");
        if event.event["tags"] == json!(["here"]) {
            break;
        }
    }
    let missing = client.stream("generation/none", None).await.err().unwrap();
    assert_eq!(missing.into_api().code, ErrorCode::StreamNotFound);
    socket.stop().await;
    assert!(Client::of_holder(folder.path()).unwrap().is_none(), "the endpoint was taken back");
    let gone = client.rpc("app_status", &json!({})).await.unwrap_err();
    assert!(matches!(gone, ClientError::Unreachable(_)), "{gone:?}");
    app.shutdown().await;
}

#[tokio::test]
async fn nobody_gets_in_without_the_token_of_the_endpoint_file() {
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    let socket = PrivateSocket::open(Arc::clone(&app), Arc::new(ServerHost)).await.unwrap();
    let endpoint = DataFolder::endpoint_of(folder.path()).unwrap().unwrap();
    for wrong in ["", "x", &endpoint.token.expose()[1..]] {
        let token = Secret::new(wrong.to_owned());
        let client = Client::new(Endpoint { token, ..endpoint.clone() });
        let refused = client.rpc("app_status", &json!({})).await.unwrap_err();
        assert_eq!(refused.into_api().code, ErrorCode::Unauthorized);
    }
    socket.stop().await;
    app.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
async fn only_this_user_can_see_the_socket() {
    use std::os::unix::fs::MetadataExt;

    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    let socket = PrivateSocket::open(Arc::clone(&app), Arc::new(ServerHost)).await.unwrap();
    let endpoint = DataFolder::endpoint_of(folder.path()).unwrap().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&endpoint.socket), 0o600);
    assert_eq!(mode(endpoint.socket.parent().unwrap()), 0o700);
    assert!(endpoint.socket.as_os_str().len() < 104);
    socket.stop().await;
    assert!(!endpoint.socket.exists());
    app.shutdown().await;
}
