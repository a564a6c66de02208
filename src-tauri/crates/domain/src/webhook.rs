//! Webhooks: programs elsewhere that are told when something ended here, and the record of everything
//! that left this computer. Sending is the business of `app` and `outbound`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ConnectionId, DeliveryId, Timestamp, WebhookId};

/// What a webhook is told of. Nothing that anybody wrote is ever in it: names of things, counts and how it
/// ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
pub enum WebhookEvent {
    /// An answer in a conversation ended, in whatever way.
    #[serde(rename = "generation.finished")]
    GenerationFinished,
    /// A job ended: documents were taken in, or could not be.
    #[serde(rename = "job.finished")]
    JobFinished,
    /// A person tries whether it arrives; every webhook is told of that.
    #[serde(rename = "webhook.test")]
    Test,
}

impl WebhookEvent {
    /// Those that a webhook can be for.
    pub const ALL: [Self; 2] = [Self::GenerationFinished, Self::JobFinished];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GenerationFinished => "generation.finished",
            Self::JobFinished => "job.finished",
            Self::Test => "webhook.test",
        }
    }
}

/// What a person says of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookDraft {
    /// What it is for; 1 to 80 characters, each name once.
    pub name: String,
    /// Where it is sent to: `https://` or `http://`.
    pub url: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// Whether it may be on this computer or in its own network, on any port.
    #[serde(default)]
    pub local: bool,
    /// Told of nothing for now.
    #[serde(default)]
    pub paused: bool,
}

impl WebhookDraft {
    /// The same with each event once, in order; says which field cannot be. The address is checked where
    /// it is used.
    ///
    /// # Errors
    /// The name of the field.
    pub fn checked(mut self) -> Result<Self, &'static str> {
        self.events.sort_unstable();
        self.events.dedup();
        let known = self.events.iter().all(|event| WebhookEvent::ALL.contains(event));
        if self.events.is_empty() || !known { Err("events") } else { Ok(self) }
    }
}

/// A program elsewhere that is told when something ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// What it is for.
    pub name: String,
    /// Where it is sent to.
    pub url: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// Whether it may be on this computer or in its own network.
    pub local: bool,
    /// Told of nothing for now.
    pub paused: bool,
    /// When it was made.
    pub created: Timestamp,
    /// What was last to be sent to it.
    pub last: Option<Delivery>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It is sent, or tried again, soon.
    Waiting,
    /// It arrived.
    Delivered,
    /// It is not tried any more.
    Failed,
}

/// Why nothing arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum OutboundError {
    /// It is no address that anything is sent to.
    InvalidAddress,
    /// The address lies where nothing may be sent: this computer or its network without leave, or a place
    /// that belongs to nobody.
    Forbidden,
    /// No address belongs to the name.
    NameNotFound,
    /// Nobody answers there.
    Unreachable,
    /// Its certificate does not prove who it is.
    Certificate,
    /// No secure connection came about: it may not speak TLS at all.
    Tls,
    /// This system trusts no authority, so that no certificate can be checked.
    NoRoots,
    /// It could not be written into the ledger, so nothing was sent.
    Unrecorded,
    /// It took too long.
    TimedOut,
    /// What came back is no HTTP, or broke off.
    Broken,
    /// It answered that it does not take this.
    Status,
}

impl OutboundError {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidAddress => "invalid_address",
            Self::Forbidden => "forbidden",
            Self::NameNotFound => "name_not_found",
            Self::Unreachable => "unreachable",
            Self::Certificate => "certificate",
            Self::Tls => "tls",
            Self::NoRoots => "no_roots",
            Self::Unrecorded => "unrecorded",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
            Self::Status => "status",
        }
    }
}

/// One message to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Delivery {
    /// Which; sent with it, so that the other side can tell a second try.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Of what it tells.
    pub event: WebhookEvent,
    /// When that happened.
    pub created: Timestamp,
    /// How far it is.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub due: Option<Timestamp>,
    /// What the other side answered last.
    pub http_status: Option<u16>,
    /// Why it did not arrive last.
    pub error: Option<OutboundError>,
    /// How long the last try took, in milliseconds.
    pub took_ms: Option<u32>,
}

/// One connection that this computer made to another, or did not make because it may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// When.
    pub at: Timestamp,
    /// For what, in a word: `webhook`.
    pub purpose: String,
    /// The name that was asked for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The address that was connected to, if one was.
    pub address: Option<String>,
    /// Whether nobody on the way can read it.
    pub tls: bool,
    /// Bytes that left.
    pub sent: u64,
    /// Bytes that came back.
    pub received: u64,
    /// What was answered.
    pub http_status: Option<u16>,
    /// Why nothing was answered. Without either the program ended meanwhile.
    pub error: Option<OutboundError>,
}

/// Connections, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConnectionPage {
    /// The connections.
    pub connections: Vec<Connection>,
    /// Whether there are earlier ones.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(events: Vec<WebhookEvent>) -> WebhookDraft {
        let (name, url) = ("n8n".to_owned(), "https://example.org/hook".to_owned());
        WebhookDraft { name, url, events, local: false, paused: false }
    }

    #[test]
    fn each_event_is_named_once_and_one_at_the_least() {
        let [generation, job] = WebhookEvent::ALL;
        let twice = draft(vec![job, generation, job]).checked().unwrap();
        assert_eq!(twice.events, WebhookEvent::ALL);
        assert_eq!(draft(Vec::new()).checked(), Err("events"));
        assert_eq!(draft(vec![WebhookEvent::Test]).checked(), Err("events"), "all get that");
    }

    #[test]
    fn each_event_has_the_name_that_it_is_written_with() {
        for event in WebhookEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
        }
        for error in [OutboundError::NameNotFound, OutboundError::TimedOut, OutboundError::Status] {
            assert_eq!(serde_json::to_value(error).unwrap(), error.as_str());
        }
    }
}
