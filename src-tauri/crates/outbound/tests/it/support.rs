//! A ledger that remembers, a network that lies, and servers that do as they are told.

use std::{
    collections::VecDeque,
    future, io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use hearth_outbound::{
    Attempt, Bytes, Connection, Error, Eventually, Ledger, Network, Outbound, Outcome, Reach,
    Reply, Target, Written,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Remembers what it is told.
#[derive(Default)]
pub(crate) struct Lines {
    began: Mutex<Vec<Attempt>>,
    ended: Mutex<Vec<Connection>>,
    full: AtomicBool,
}

impl Ledger for Lines {
    fn began<'a>(&'a self, attempt: &'a Attempt) -> Written<'a> {
        Box::pin(async {
            self.began.lock().unwrap().push(attempt.clone());
            !self.full.load(Ordering::SeqCst)
        })
    }

    fn ended(&self, connection: &Connection) {
        self.ended.lock().unwrap().push(connection.clone());
    }
}

impl Lines {
    /// No line can be written any more.
    pub(crate) fn fill(&self) {
        self.full.store(true, Ordering::SeqCst);
    }

    pub(crate) fn began(&self) -> Vec<Attempt> {
        self.began.lock().unwrap().clone()
    }

    pub(crate) fn ended(&self) -> Vec<Connection> {
        self.ended.lock().unwrap().clone()
    }

    /// The only line, which has a beginning and an end.
    pub(crate) fn only(&self) -> Connection {
        let (began, ended) = (self.began(), self.ended());
        assert_eq!(began.len(), 1, "{began:?}");
        let [line] = ended.as_slice() else { panic!("{ended:?}") };
        assert_eq!(line.attempt, began[0]);
        line.clone()
    }

    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        self.ended().iter().map(|line| line.outcome).collect()
    }
}

/// Answers names from a list, one answer a question, and leads every connection to one place of this computer.
#[derive(Default)]
pub(crate) struct Lies {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    leads_to: Option<SocketAddr>,
    silent: Vec<IpAddr>,
    asked: Mutex<Vec<String>>,
    dialed: Mutex<Vec<SocketAddr>>,
}

impl Lies {
    pub(crate) fn new(answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|answer| addresses(answer)).collect();
        Self { answers: Mutex::new(answers), ..Self::default() }
    }

    /// Connections to any address come to this one.
    pub(crate) fn leading_to(self, server: SocketAddr) -> Self {
        Self { leads_to: Some(server), ..self }
    }

    /// These addresses never answer.
    pub(crate) fn with_silent(self, silent: &[&str]) -> Self {
        Self { silent: addresses(silent), ..self }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn dialed(&self) -> Vec<String> {
        self.dialed.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

impl Network for Lies {
    fn resolve<'a>(&'a self, name: &'a str) -> Eventually<'a, Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move { answer.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }

    fn connect(&self, address: SocketAddr) -> Eventually<'_, TcpStream> {
        self.dialed.lock().unwrap().push(address);
        if self.silent.contains(&address.ip()) {
            return Box::pin(future::pending());
        }
        Box::pin(async move {
            // What comes now takes real time: a clock that jumps would end it.
            if !self.silent.is_empty() {
                tokio::time::resume();
            }
            let server = self.leads_to.ok_or(io::ErrorKind::ConnectionRefused)?;
            TcpStream::connect(server).await
        })
    }
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// A way out with a ledger that can be read.
pub(crate) fn outbound() -> (Outbound, Arc<Lines>) {
    let lines = Arc::new(Lines::default());
    (Outbound::new(lines.clone()), lines)
}

/// The same with a network that lies.
pub(crate) fn lied_to(lies: Lies) -> (Outbound, Arc<Lines>, Arc<Lies>) {
    let (outbound, lines) = outbound();
    let lies = Arc::new(lies);
    (outbound.with_network(lies.clone()), lines, lies)
}

pub(crate) fn internet(text: &str) -> Target {
    Target::parse(text, Reach::Internet).unwrap()
}

pub(crate) fn local(text: &str) -> Target {
    Target::parse(text, Reach::Local).unwrap()
}

pub(crate) async fn post(outbound: &Outbound, target: &Target) -> Result<Reply, Error> {
    outbound.post("test", target, &[], Bytes::from_static(b"{}")).await
}

/// A server for one connection of this computer, and what it has to tell in the end.
pub(crate) async fn server<F, T>(
    serve: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (SocketAddr, JoinHandle<T>)
where
    F: Future<Output = T> + Send,
    T: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await
    });
    (address, task)
}

/// One that reads a request and answers with these bytes; it tells the request.
pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> (SocketAddr, JoinHandle<String>) {
    let answer = answer.into();
    server(async move |mut stream| {
        let request = read_request(&mut stream).await;
        // The other end may have left already.
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
        request
    })
    .await
}

/// Reads one request to the end of its body.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text.into_owned();
            }
        }
        let count = stream.read_buf(&mut read).await.unwrap();
        assert!(count > 0, "the request ended in the middle: {}", String::from_utf8_lossy(&read));
    }
}
