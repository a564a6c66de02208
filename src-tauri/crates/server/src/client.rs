//! The other end of the private socket: commands and streams of the process that holds the data
//! folder, for programs that find it locked.

use std::path::{Path, PathBuf};

use axum::http::{Method, header};
use bytes::Bytes;
use hearth_api::ApiError;
use hearth_app::{DataFolder, Endpoint};
use hearth_domain::{ErrorCode, Secret};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use thiserror::Error;

use crate::private;

/// Why the other process did not answer as asked.
#[derive(Debug, Error)]
pub enum ClientError {
    /// It cannot be reached: it is starting, ending, or was killed.
    #[error("the program that holds the data folder does not answer")]
    Unreachable(#[source] std::io::Error),
    /// The connection ended in the middle.
    #[error("the program that holds the data folder went away")]
    BrokeOff,
    /// It answered something that is not ours.
    #[error("the program that holds the data folder speaks another version of the protocol")]
    NotUnderstood,
    /// It refused.
    #[error(transparent)]
    Refused(#[from] ApiError),
}

impl ClientError {
    /// The same as an error of the command table.
    #[must_use]
    pub fn into_api(self) -> ApiError {
        match self {
            Self::Refused(error) => error,
            Self::Unreachable(_) | Self::BrokeOff | Self::NotUnderstood => {
                ApiError::new(ErrorCode::DataFolderLocked, self.to_string())
            }
        }
    }
}

/// A way to the process that holds the data folder. One connection a call.
#[derive(Clone)]
pub struct Client {
    address: PathBuf,
    token: Secret<String>,
}

impl Client {
    /// The process that left this endpoint.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self { address: endpoint.socket, token: endpoint.token }
    }

    /// The process that holds a data folder, where it said how to reach it. Ask only after taking
    /// the folder failed: what a killed process left is not to be believed.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] where the folder cannot be read.
    pub fn of_holder(data_folder: &Path) -> Result<Option<Self>, ClientError> {
        let unreadable = |_| ClientError::Unreachable(std::io::ErrorKind::Other.into());
        let endpoint = DataFolder::endpoint_of(data_folder).map_err(unreadable)?;
        Ok(endpoint.map(Self::new))
    }

    /// Runs a command there.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with what the command answered, or why there was no answer.
    pub async fn rpc(&self, command: &str, request: &Value) -> Result<Value, ClientError> {
        let response =
            self.send(Method::POST, &format!("/rpc/{command}"), request.to_string()).await?;
        let ok = response.status().is_success();
        let body = response.into_body().collect().await.map_err(|_| ClientError::BrokeOff)?;
        understood(ok, &body.to_bytes())
    }

    /// Follows a topic there, from event `from` or from now on.
    ///
    /// # Errors
    /// As [`Client::rpc`].
    pub async fn stream(&self, topic: &str, from: Option<u64>) -> Result<Events, ClientError> {
        let query = from.map(|from| format!("?from={from}")).unwrap_or_default();
        let path = format!("/stream/{topic}{query}");
        let response = self.send(Method::GET, &path, String::new()).await?;
        if response.status().is_success() {
            return Ok(Events { body: response.into_body(), pending: Vec::new() });
        }
        let body = response.into_body().collect().await.map_err(|_| ClientError::BrokeOff)?;
        Err(understood(false, &body.to_bytes()).err().unwrap_or(ClientError::NotUnderstood))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Response<Incoming>, ClientError> {
        let stream = private::connect(&self.address).await.map_err(ClientError::Unreachable)?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| ClientError::BrokeOff)?;
        // Ends when the sender and the body are dropped; its errors come out there as well.
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "hearth")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token.expose()))
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| ClientError::NotUnderstood)?;
        sender.send_request(request).await.map_err(|_| ClientError::BrokeOff)
    }
}

fn understood(ok: bool, body: &[u8]) -> Result<Value, ClientError> {
    if ok {
        return serde_json::from_slice(body).map_err(|_| ClientError::NotUnderstood);
    }
    let refusal = serde_json::from_slice(body).map_err(|_| ClientError::NotUnderstood)?;
    Err(ClientError::Refused(refusal))
}

/// One event of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number.
    pub seq: u64,
    /// The event as JSON.
    pub event: Value,
}

/// The events of a topic, as they come.
pub struct Events {
    body: Incoming,
    pending: Vec<u8>,
}

impl Events {
    /// Waits for the next event; `None` after the last one.
    ///
    /// # Errors
    /// [`ClientError::BrokeOff`] where the other process went away.
    pub async fn next(&mut self) -> Result<Option<Event>, ClientError> {
        loop {
            while let Some(block) = take_block(&mut self.pending) {
                if let Some(event) = parse(&block)? {
                    return Ok(Some(event));
                }
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    self.pending.extend(frame.into_data().unwrap_or_default());
                }
                Some(Err(_)) => return Err(ClientError::BrokeOff),
                None => return Ok(None),
            }
        }
    }
}

/// Takes the bytes up to the first empty line.
fn take_block(pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = pending.windows(2).position(|pair| pair == b"\n\n")?;
    Some(pending.drain(..end + 2).collect())
}

/// An event from its lines; `None` for a comment that only keeps the line alive.
fn parse(block: &[u8]) -> Result<Option<Event>, ClientError> {
    let text = std::str::from_utf8(block).map_err(|_| ClientError::NotUnderstood)?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let Some(data) = field("data:") else { return Ok(None) };
    let seq = field("id:").and_then(|id| id.parse().ok()).ok_or(ClientError::NotUnderstood)?;
    let event = serde_json::from_str(data).map_err(|_| ClientError::NotUnderstood)?;
    Ok(Some(Event { seq, event }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_the_bytes_are_cut() {
        let mut pending = b": alive\n\nid: 4\ndata: {\"a\":1}\n\nid: 5\nda".to_vec();
        let comment = take_block(&mut pending).unwrap();
        assert_eq!(parse(&comment).unwrap(), None);
        let event = parse(&take_block(&mut pending).unwrap()).unwrap().unwrap();
        assert_eq!((event.seq, event.event["a"].as_i64()), (4, Some(1)));
        assert_eq!(take_block(&mut pending), None);
        assert_eq!(pending, b"id: 5\nda");
    }

    #[test]
    fn an_answer_that_is_not_ours_is_not_taken_for_one() {
        assert!(matches!(understood(true, b"<html>"), Err(ClientError::NotUnderstood)));
        assert!(matches!(understood(false, b"{}"), Err(ClientError::NotUnderstood)));
        assert!(parse(b"data: {}\n\n").is_err());
    }
}
