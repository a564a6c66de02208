//! What is written down, and what never is.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use hearth_outbound::{Bytes, Error, HeaderName, HeaderValue, Outcome, Target};
use tokio::sync::oneshot;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Lies, answering, internet, lied_to, local, outbound, read_request, server};

/// Where a secret may stand in a request; it must come out nowhere else.
const CANARY: &str = "cAnArY";

fn secret(target: &str) -> String {
    format!("{target}/hooks/{CANARY}?key={CANARY}")
}

async fn send(outbound: &hearth_outbound::Outbound, target: &Target) -> Result<u16, Error> {
    let header = (HeaderName::from_static("x-secret"), HeaderValue::from_static(CANARY));
    let sent = outbound.post("webhook", target, &[header], Bytes::from(CANARY)).await;
    sent.map(|reply| reply.status)
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_attempt_has_one_line_and_neither_lines_nor_logs_nor_errors_have_a_path_or_a_query() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    // For all tests of this program: one for a thread is overlooked where another thread logs the same line first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::callsite::rebuild_interest_cache();

    let (fine, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncAnArY").await;
    let (broken, _) = answering(CANARY).await;
    let (outbound, lines, _) = lied_to(Lies::new(&[&["10.0.0.1"]]));
    let (real, real_lines) = crate::support::outbound();
    let mut outcomes = Vec::new();
    let found = [
        send(&real, &local(&secret(&format!("http://{fine}")))).await,
        send(&real, &local(&secret(&format!("http://{broken}")))).await,
        send(&outbound, &internet(&secret("http://good.example"))).await,
        send(&outbound, &internet(&secret("http://unknown.example"))).await,
        send(&outbound, &internet(&secret("http://1.1.1.1"))).await,
    ];
    for result in found {
        outcomes.push(result.map_or_else(Outcome::Failed, Outcome::Answered));
    }
    assert_eq!(
        outcomes,
        [
            Outcome::Answered(200),
            Outcome::Failed(Error::Broken),
            Outcome::Failed(Error::Forbidden),
            Outcome::Failed(Error::NameNotFound),
            Outcome::Failed(Error::Unreachable),
        ]
    );
    assert_eq!([real_lines.outcomes(), lines.outcomes()].concat(), outcomes);
    let (began, ended) = (lines.began(), lines.ended());
    assert_eq!(began, ended.iter().map(|line| line.attempt.clone()).collect::<Vec<_>>());
    assert_eq!((began[0].purpose, began[0].host.as_str()), ("webhook", "good.example"));
    assert_eq!((began[0].port, began[0].tls), (80, false));

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("good.example"), "the log was kept: {logged}");
    let said = format!("{:?} {ended:?} {outcomes:?} {logged}", real_lines.ended());
    assert!(!said.contains(CANARY), "{said}");
    assert!(!said.contains("hooks") && !said.contains("key="), "{said}");
}

#[tokio::test]
async fn a_request_that_is_given_up_has_its_line_and_takes_its_connection_with_it() {
    let (arrived, arrival) = oneshot::channel();
    let (address, server) = server(async move |mut stream| {
        read_request(&mut stream).await;
        arrived.send(()).unwrap();
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await
    })
    .await;
    let (outbound, lines) = outbound();
    let target = local(&format!("http://{address}/"));
    tokio::select! {
        answered = send(&outbound, &target) => panic!("{answered:?}"),
        arrived = arrival => arrived.unwrap(),
    }
    let line = lines.only();
    assert_eq!((line.outcome, line.address), (Outcome::GivenUp, Some(address)));
    assert!(line.sent > 0);
    assert!(server.await.unwrap().is_ok_and(|read| read == 0), "its connection was closed");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_sent_and_its_name_is_not_asked_for() {
    let (outbound, lines, lies) = lied_to(Lies::new(&[&["1.1.1.1"]]));
    lines.fill();
    assert_eq!(send(&outbound, &internet("http://good.example/")).await, Err(Error::Unrecorded));
    assert!(lies.asked().is_empty() && lies.dialed().is_empty());
    let line = lines.only();
    assert_eq!((line.outcome, line.sent), (Outcome::Failed(Error::Unrecorded), 0));
}

#[tokio::test]
async fn a_request_that_is_never_polled_has_no_line() {
    let (outbound, lines) = outbound();
    let target = local("http://127.0.0.1:9/");
    drop(send(&outbound, &target));
    assert_eq!((lines.began().len(), lines.ended().len()), (0, 0));
}
