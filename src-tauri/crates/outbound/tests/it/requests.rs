//! What goes over the wire, and what comes of the answer.

use std::sync::Arc;

use hearth_outbound::{
    Bytes, Error, HeaderName, HeaderValue, Outbound, Outcome, REQUEST_BODY, REQUEST_HEADERS,
};
use tokio::net::TcpListener;

use crate::support::{Lies, Lines, answering, lied_to, local, outbound, post};

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn header(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_static(value))
}

#[tokio::test]
async fn the_server_gets_exactly_the_headers_and_the_body() {
    let (address, server) = answering(FINE).await;
    let (outbound, lines) = outbound();
    let target = local(&format!("http://{address}/hooks/a%20b?token=1&x=%2F"));
    let headers =
        [header("content-type", "application/json"), header("x-seen", "a"), header("x-seen", "b")];
    let reply = outbound.post("test", &target, &headers, Bytes::from("{\"a\":1}")).await.unwrap();
    assert_eq!(reply.status, 200);
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "POST /hooks/a%20b?token=1&x=%2F HTTP/1.1\r\nhost: {address}\r\nuser-agent: Hearth/{version}\r\n\
         connection: close\r\ncontent-type: application/json\r\nx-seen: a\r\nx-seen: b\r\n\
         content-length: 7\r\n\r\n{{\"a\":1}}"
    );
    assert_eq!(server.await.unwrap(), expected);
    let line = lines.only();
    assert_eq!((line.sent, line.received), (expected.len() as u64, FINE.len() as u64));
    assert_eq!((line.address, line.outcome), (Some(address), Outcome::Answered(200)));
    assert_eq!(line.took, reply.took);
}

#[tokio::test]
async fn the_name_of_this_computer_is_found_by_the_system() {
    let (address, server) = answering(FINE).await;
    let (outbound, lines) = outbound();
    let target = local(&format!("http://localhost:{}/", address.port()));
    assert_eq!(post(&outbound, &target).await.unwrap().status, 200);
    assert!(server.await.unwrap().contains(&format!("host: localhost:{}\r\n", address.port())));
    assert_eq!(lines.only().address, Some(address));
}

#[tokio::test]
async fn the_usual_port_is_not_named_to_the_server() {
    let (address, server) = answering(FINE).await;
    let lies = Lies::new(&[&["10.0.0.7"]]).leading_to(address);
    let (outbound, _, lies) = lied_to(lies);
    post(&outbound, &local("http://Printer.Example.:80")).await.unwrap();
    assert!(server.await.unwrap().starts_with("POST / HTTP/1.1\r\nhost: printer.example\r\n"));
    assert_eq!(lies.asked(), ["printer.example"]);
    assert_eq!(lies.dialed(), ["10.0.0.7:80"]);
}

#[tokio::test]
async fn a_redirect_is_only_a_status_and_nothing_is_connected_to() {
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = inside.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} There\r\nlocation: http://{to}/inside\r\ncontent-length: 0\r\n\r\n"
        );
        let (address, _) = answering(answer).await;
        let (outbound, lines, lies) = lied_to(Lies::default().leading_to(address));
        let reply = post(&outbound, &local("http://10.1.2.3:8080/")).await.unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(lies.dialed(), ["10.1.2.3:8080"]);
        assert_eq!(lines.only().outcome, Outcome::Answered(status));
    }
    let knocked = tokio::select! {
        biased;
        knocked = inside.accept() => Some(knocked),
        () = tokio::task::yield_now() => None,
    };
    assert!(knocked.is_none(), "the redirect was followed");
}

#[tokio::test]
async fn an_error_of_the_server_is_an_answer() {
    for status in [400, 401, 404, 410, 429, 500, 503] {
        let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
        let (address, _) = answering(answer).await;
        let (outbound, _) = outbound();
        let reply = post(&outbound, &local(&format!("http://{address}/"))).await.unwrap();
        assert_eq!(reply.status, status);
    }
}

#[tokio::test]
async fn interim_answers_are_passed_over_and_a_body_without_length_ends_with_the_connection() {
    let answer = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\nbody";
    let (address, _) = answering(answer).await;
    let (outbound, _) = outbound();
    let reply = post(&outbound, &local(&format!("http://{address}/"))).await.unwrap();
    assert_eq!(reply.status, 202);
}

#[tokio::test]
async fn headers_of_the_connection_are_not_the_callers_to_set() {
    let (outbound, lines, lies) = lied_to(Lies::default());
    let reserved = [
        header("host", "other.example"),
        header("connection", "keep-alive"),
        header("content-length", "9"),
        header("transfer-encoding", "chunked"),
        header("cookie", "a=b"),
        header("user-agent", "other"),
        header("upgrade", "h2c"),
        header("expect", "100-continue"),
    ];
    for header in reserved {
        let target = local("http://127.0.0.1:9/");
        let refused = outbound.post("test", &target, &[header], Bytes::new()).await;
        assert_eq!(refused, Err(Error::ReservedHeader));
    }
    assert_eq!(lies.dialed(), [""; 0]);
    assert_eq!(lines.outcomes(), [Outcome::Failed(Error::ReservedHeader); 8]);
}

#[tokio::test]
async fn a_request_over_its_limits_never_leaves() {
    let (outbound, lines, lies) = lied_to(Lies::default());
    let target = local("http://127.0.0.1:9/");
    let body = Bytes::from(vec![b'x'; REQUEST_BODY + 1]);
    assert_eq!(outbound.post("test", &target, &[], body).await, Err(Error::TooLarge));
    let long = HeaderValue::from_str(&"x".repeat(REQUEST_HEADERS)).unwrap();
    let headers = [(HeaderName::from_static("x-long"), long)];
    assert_eq!(outbound.post("test", &target, &headers, Bytes::new()).await, Err(Error::TooLarge));
    assert_eq!(lies.dialed(), [""; 0]);
    assert_eq!(lines.outcomes(), [Outcome::Failed(Error::TooLarge); 2]);
}

#[tokio::test]
async fn the_largest_body_arrives_whole() {
    let (address, server) = answering(FINE).await;
    let (outbound, _) = outbound();
    let target = local(&format!("http://{address}/"));
    let body = Bytes::from(vec![b'x'; REQUEST_BODY]);
    assert_eq!(outbound.post("test", &target, &[], body).await.unwrap().status, 200);
    assert!(server.await.unwrap().ends_with(&"x".repeat(REQUEST_BODY)));
}

#[tokio::test]
async fn a_clone_writes_to_the_same_ledger_and_goes_on_with_its_numbers() {
    let lines = Arc::new(Lines::default());
    let outbound = Outbound::new(lines.clone()).with_network(Arc::new(Lies::new(&[&["10.0.0.1"]])));
    for outbound in [outbound.clone(), outbound] {
        post(&outbound, &local("http://10.0.0.1/")).await.unwrap_err();
    }
    let numbers: Vec<_> = lines.began().iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2]);
}
