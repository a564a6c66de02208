//! Streams over WebSockets: numbered, resumable, ended in order, opened by nobody else.

use futures::{SinkExt, StreamExt};
use hearth_domain::{PortRights, PortScope};
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    time::{self, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue, Response},
        protocol::frame::coding::CloseCode,
    },
};

use crate::support::{House, PATIENCE};

type Socket = WebSocketStream<TcpStream>;

/// Asks for a socket with these headers.
async fn connect(
    house: &House,
    topic: &str,
    headers: &[&str],
) -> Result<Socket, Box<Response<Option<Vec<u8>>>>> {
    let address = house.address();
    let mut request = format!("ws://{address}/api/stream/{topic}").into_client_request().unwrap();
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    }
    // Takes little at a time: what is not read waits where it comes from.
    let stream = TcpSocket::new_v4().unwrap();
    stream.set_recv_buffer_size(4096).unwrap();
    let stream = stream.connect(address.parse().unwrap()).await.unwrap();
    match timeout(PATIENCE, client_async(request, stream)).await.unwrap() {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response),
        Err(error) => panic!("{error}"),
    }
}

async fn refused(house: &House, topic: &str, headers: &[&str]) -> u16 {
    connect(house, topic, headers).await.expect_err("it was let in").status().as_u16()
}

/// The next event, or how it ended.
async fn next(socket: &mut Socket) -> Result<Value, CloseCode> {
    loop {
        match timeout(PATIENCE, socket.next()).await.unwrap() {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code),
            Some(Ok(_)) => {}
            other => panic!("it broke off: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_socket_has_the_events_of_a_topic_and_one_that_comes_back_what_it_missed() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let mut socket = connect(&house, "app", &[&cookie]).await.unwrap();
    house.app.invalidate(&["one"]);
    let one = next(&mut socket).await.unwrap();
    assert_eq!(one["event"], json!({ "type": "invalidated", "tags": ["one"] }));
    drop(socket);
    house.app.invalidate(&["two"]);
    let from = format!("app?from={}", one["seq"].as_u64().unwrap() + 1);
    let mut again = connect(&house, &from, &[&cookie]).await.unwrap();
    let two = next(&mut again).await.unwrap();
    assert_eq!(two["seq"], one["seq"].as_u64().unwrap() + 1);
    assert_eq!(two["event"]["tags"], json!(["two"]));
    house.close().await;
}

#[tokio::test]
async fn ac_02_a_page_of_others_and_whoever_has_no_key_opens_no_socket() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    assert_eq!(refused(&house, "app", &[&cookie, "Origin: http://evil.example"]).await, 403);
    assert_eq!(refused(&house, "app", &[&cookie, "Origin: null"]).await, 403);
    assert!(connect(&house, "app", &[&cookie, &house.origin()]).await.is_ok());
    assert_eq!(refused(&house, "app", &[]).await, 401);
    let protocol = format!("Sec-WebSocket-Protocol: {}", crate::support::KEY);
    assert_eq!(refused(&house, "library", &[&protocol]).await, 401, "AC-05");
    assert_eq!(refused(&house, "app", &[&house.authorization()]).await, 403);
    assert_eq!(refused(&house, "generation/none", &[&cookie]).await, 404);
    assert_eq!(refused(&house, "app?from=x", &[&cookie]).await, 400);
    let old = "Sec-WebSocket-Version: 8";
    assert_eq!(refused(&house, "app", &[&cookie, old]).await, 400);
    house.close().await;
}

#[tokio::test]
async fn ac_07_the_socket_of_a_key_that_is_revoked_ends_and_says_why() {
    let house = House::open().await;
    let rights = PortRights { scopes: vec![PortScope::Documents], ..PortRights::default() };
    let key = house.key("Editor", rights).await;
    let mut socket = connect(&house, "library", &[&key]).await.unwrap();
    let made = house.app.port_key_list().await.unwrap().remove(0);
    house.app.port_key_revoke(made.id).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap_err(), CloseCode::Policy);
    assert_eq!(refused(&house, "library", &[&key]).await, 401);
    house.close().await;
}

#[tokio::test]
async fn closing_the_port_says_goodbye_to_sockets() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let mut socket = connect(&house, "app", &[&cookie]).await.unwrap();
    house.app.invalidate(&["here"]);
    next(&mut socket).await.unwrap();
    let ended = async {
        loop {
            if let Err(code) = next(&mut socket).await {
                return code;
            }
        }
    };
    let (code, ()) = tokio::join!(ended, house.close());
    assert_eq!(code, CloseCode::Away);
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let mut socket = connect(&house, "app", &[&cookie]).await.unwrap();
    socket.send(Message::Close(None)).await.unwrap();
    let answer = timeout(PATIENCE, socket.next()).await.unwrap();
    assert!(matches!(answer, Some(Ok(Message::Close(_)))), "{answer:?}");
    assert!(timeout(PATIENCE, socket.next()).await.unwrap().is_none());
    house.close().await;
}

#[tokio::test]
async fn a_reader_that_takes_little_is_not_sent_the_rest_once_the_port_is_closed() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let (count, long) = (300, "x".repeat(10_000));
    for _ in 0..count {
        house.app.invalidate(&[&long]);
    }
    let mut socket = connect(&house, "app?from=0", &[&cookie]).await.unwrap();
    next(&mut socket).await.unwrap();
    house.close().await;
    let mut read = 1;
    while let Some(Ok(Message::Text(_))) = timeout(PATIENCE, socket.next()).await.unwrap() {
        read += 1;
    }
    assert!(read < count, "all of them were sent to a port that is closed");
}

#[tokio::test]
async fn whoever_answers_nothing_any_more_is_left() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let mut socket = connect(&house, "app", &[&cookie]).await.unwrap();
    house.app.invalidate(&["one"]);
    next(&mut socket).await.unwrap();
    // A program that hangs: its computer takes what comes, and it answers nothing.
    time::pause();
    let mut rest = Vec::new();
    socket.get_mut().read_to_end(&mut rest).await.unwrap();
    time::resume();
    assert!(rest.contains(&0x89), "it was asked first: {rest:?}");
    house.close().await;
}
