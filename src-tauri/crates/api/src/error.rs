//! Errors on the wire: a stable code, a sentence in English for logs and developers, a trace id.
//!
//! The user interface translates by code and never shows or matches the sentence.

use std::fmt;

use hearth_domain::{ErrorCode, PortScope, TraceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ts_rs::TS;
use uuid::Uuid;

/// What a failed command answers. Holds no paths, no prompts, no text of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ApiError {
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong, for developers.
    pub message: String,
    /// Numbers that the code promises, such as the size of a context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "unknown", optional)]
    pub details: Option<Value>,
    /// Joins it with the log.
    pub trace_id: TraceId,
}

impl ApiError {
    /// An error with a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, trace_id: TraceId(Uuid::new_v4()) }
    }

    /// There is no such command.
    #[must_use]
    pub fn unknown_command() -> Self {
        Self::new(ErrorCode::UnknownCommand, "there is no command of that name")
    }

    /// The request does not have the shape of the command.
    ///
    /// Only the place and the kind of the fault are told: serde's own sentence can repeat input.
    #[must_use]
    pub fn invalid_request(error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a field is missing, unknown or of another type",
            _ => "the request is not JSON",
        };
        Self::new(ErrorCode::InvalidRequest, what)
    }

    /// The request is no JSON object.
    #[must_use]
    pub fn no_object() -> Self {
        Self::new(ErrorCode::InvalidRequest, "the request is no JSON object")
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(ErrorCode::Forbidden, "this caller may not use the command")
    }

    /// The key of the caller does not open this.
    #[must_use]
    pub fn not_opened(scope: PortScope) -> Self {
        let scope = scope.as_str();
        let text = format!("this key does not open '{scope}'; its owner can change that in Hearth");
        Self { details: Some(json!({ "scope": scope })), ..Self::new(ErrorCode::Forbidden, text) }
    }

    /// The data is locked by a passphrase.
    #[must_use]
    pub fn locked() -> Self {
        Self::new(ErrorCode::Locked, "the data is locked; unlock it in the window of Hearth")
    }

    /// Only a desktop can do this.
    #[must_use]
    pub fn desktop_only() -> Self {
        Self::new(ErrorCode::DesktopOnly, "only the desktop application can do this")
    }

    /// A fault of ours.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "something failed inside; the log has its trace id")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_str())
    }
}

impl std::error::Error for ApiError {}

impl From<hearth_app::Error> for ApiError {
    fn from(error: hearth_app::Error) -> Self {
        let wire = Self { details: error.details(), ..Self::new(error.code(), error.to_string()) };
        tracing::debug!(code = wire.code.as_str(), trace_id = %wire.trace_id, "a command failed");
        wire
    }
}
