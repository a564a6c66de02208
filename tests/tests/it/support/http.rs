//! A small blocking HTTP client: one connection a request, exact headers, bodies that stream.
//! Blocking because tests are easier to read so; hyper because it is what the world speaks.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, runtime::Runtime, time::timeout};

use super::wait::PATIENCE;

/// What to ask for.
pub(crate) struct Ask<'a> {
    /// `GET`, `POST` …
    pub(crate) method: &'a str,
    /// `127.0.0.1:1234`.
    pub(crate) address: &'a str,
    /// Path and query.
    pub(crate) path: &'a str,
    /// Headers besides `Host`.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl<'a> Ask<'a> {
    /// A request without headers or body.
    pub(crate) fn new(method: &'a str, address: &'a str, path: &'a str) -> Self {
        Self { method, address, path, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    /// Adds any body.
    pub(crate) fn bytes(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", kind)
    }

    /// Sends it and reads the whole answer.
    pub(crate) fn send(self) -> Reply {
        self.stream().whole()
    }

    /// As [`Self::send`]; `None` where the other side dies before its answer begins.
    pub(crate) fn send_to_mortal(self) -> Option<Reply> {
        self.stream_of_mortal().map(Stream::whole)
    }

    /// As [`Self::stream`]; `None` where the other side dies before its answer begins.
    pub(crate) fn stream_of_mortal(self) -> Option<Stream> {
        self.begin().ok()
    }

    /// Sends it and returns as soon as the headers are there.
    pub(crate) fn stream(self) -> Stream {
        self.begin().expect("an answer")
    }

    fn begin(self) -> Result<Stream, Box<dyn Error>> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let response = runtime.block_on(async {
            timeout(PATIENCE, exchange(self)).await.expect("an answer before the guard time")
        })?;
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let status = response.status().as_u16();
        Ok(Stream { runtime, status, headers, body: response.into_body() })
    }
}

async fn exchange(ask: Ask<'_>) -> Result<hyper::Response<Incoming>, Box<dyn Error>> {
    let socket = TcpStream::connect(ask.address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder().method(ask.method).uri(ask.path);
    if !ask.headers.iter().any(|(name, _)| *name == "host") {
        request = request.header(header::HOST, ask.address);
    }
    for (name, value) in &ask.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(ask.body))).expect("a sound request");
    Ok(sender.send_request(request).await?)
}

/// A whole answer.
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("status {}, not JSON: {}", self.status, self.text()))
    }
}

/// An answer whose body is still coming. Dropping it closes the connection.
pub(crate) struct Stream {
    runtime: Runtime,
    /// The status.
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Incoming,
}

impl Stream {
    /// All of it.
    fn whole(mut self) -> Reply {
        let mut body = Vec::new();
        while let Some(part) = self.part() {
            body.extend_from_slice(&part);
        }
        Reply { status: self.status, headers: self.headers, body }
    }

    /// The next part; `None` at the end, also where the other side died.
    pub(crate) fn part(&mut self) -> Option<Bytes> {
        self.part_within(PATIENCE).expect("more of the body before the guard time")
    }

    /// The next part, or an error where none comes in that time.
    pub(crate) fn part_within(&mut self, limit: Duration) -> Result<Option<Bytes>, TookTooLong> {
        let body = &mut self.body;
        self.runtime.block_on(async {
            loop {
                match timeout(limit, body.frame()).await.map_err(|_| TookTooLong)? {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => return Ok(Some(data)),
                        Err(_) => continue,
                    },
                    Some(Err(_)) | None => return Ok(None),
                }
            }
        })
    }
}

/// Nothing came.
#[derive(Debug)]
pub(crate) struct TookTooLong;
