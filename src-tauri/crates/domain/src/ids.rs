//! Identifiers. Each is a UUID behind its own type, so that two kinds cannot be confused; models
//! are named by the SHA-256 of their file.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(s).map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// A tree of messages.
    ConversationId;
    /// One message of a conversation.
    MessageId;
    /// One running answer; also the last part of its stream's topic.
    GenerationId;
    /// A named system prompt.
    PersonaId;
    /// A folder of the list.
    FolderId;
    /// A text file that a message carries.
    AttachmentId;
    /// A saved prompt.
    PromptId;
    /// A set of documents.
    CollectionId;
    /// What a person put into a collection.
    SourceId;
    /// A file of a collection.
    FileId;
    /// A key of the port.
    PortKeyId;
    /// Long work with progress.
    JobId;
    /// A program elsewhere that is told when something ended.
    WebhookId;
    /// One message to a webhook.
    DeliveryId;
    /// One connection to another computer.
    ConnectionId;
    /// One run of the program, for telling a restart from a reconnect.
    ProcessId;
    /// Joins an error shown to a person with its line in the log.
    TraceId;
}

impl CollectionId {
    /// The collection of attached documents. It is in no list, and nobody can name it.
    pub const ATTACHED: Self = Self(Uuid::nil());
}

impl SourceId {
    /// What attached documents were put in as.
    pub const ATTACHED: Self = Self(Uuid::nil());
}

/// A model, named by the lower-case hexadecimal SHA-256 of its file, or by its catalogue name
/// (`[a-z0-9._-]+`) where it comes from `models/catalog.json`.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct ModelId(pub String);

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
