//! Streams over server-sent events: numbered, resumable, ended in order.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{House, PATIENCE};

const APP: &str = "GET /api/stream/app?from=0";

/// Reads until the text is there.
async fn read_until(socket: &mut TcpStream, text: &str) -> String {
    let mut all = String::new();
    let mut part = [0; 4096];
    while !all.contains(text) {
        let count = timeout(PATIENCE, socket.read(&mut part)).await.unwrap().unwrap();
        assert!(count > 0, "the stream ended: {all}");
        all.push_str(&String::from_utf8_lossy(&part[..count]));
    }
    all
}

#[tokio::test]
async fn a_reader_that_comes_back_gets_only_what_it_missed() {
    let house = House::open().await;
    let (cookie, host) = (house.sign_in().await, format!("Host: {}", house.address()));
    house.app.invalidate(&["one"]);
    house.app.invalidate(&["two"]);
    let line = format!("{APP} HTTP/1.1");
    let mut first = house.send(&line, &[&host, &cookie], "").await;
    let seen = read_until(&mut first, "two").await;
    assert!(seen.contains("text/event-stream") && seen.contains("x-accel-buffering: no"), "{seen}");
    let last = seen.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap();
    drop(first);
    house.app.invalidate(&["three"]);
    let header = format!("Last-Event-ID: {last}");
    let mut again = house.send(&line, &[&host, &cookie, &header], "").await;
    let seen = read_until(&mut again, "three").await;
    assert!(!seen.contains("two"), "{seen}");
    let next = last.parse::<u64>().unwrap() + 1;
    assert!(seen.contains(&format!("id: {next}\n")), "{seen}");
    house.close().await;
}

#[tokio::test]
async fn closing_the_port_ends_streams_and_accepts_nothing_more() {
    let house = House::open().await;
    let (cookie, host) = (house.sign_in().await, format!("Host: {}", house.address()));
    let mut stream = house.send(&format!("{APP} HTTP/1.1"), &[&host, &cookie], "").await;
    house.app.invalidate(&["here"]);
    read_until(&mut stream, "here").await;
    let address = house.address();
    house.close().await;
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stream_that_does_not_exist_is_said_and_a_key_opens_none() {
    let house = House::open().await;
    let cookie = house.sign_in().await;
    let unknown = house.ask("GET /api/stream/generation/none", &[&cookie], "").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &"stream_not_found".into()));
    let wrong = house.ask("GET /api/stream/app?from=x", &[&cookie], "").await;
    assert_eq!(wrong.status, 400);
    let program = house.ask(APP, &[&house.authorization()], "").await;
    assert_eq!(program.status, 403);
    assert_eq!(house.ask(APP, &[], "").await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_does_not_hold_up_the_others() {
    let house = House::open().await;
    let mut slow = TcpStream::connect(house.address()).await.unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: ").await.unwrap();
    assert_eq!(house.ask("GET /health", &[], "").await.status, 204);
    house.close().await;
}
