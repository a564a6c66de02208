//! Errors as OpenAI clients read them: `{error: {message, type, code, param}}`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use hearth_api::ApiError;
use hearth_domain::{ErrorCode, ErrorKind};
use serde_json::{Value, json};

use crate::reply;

/// Why a request of `/v1` is not answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) error: ApiError,
    pub(crate) param: Option<String>,
}

impl Refusal {
    /// A field that is wrong; `expected` completes "… must be".
    pub(crate) fn field(name: &str, expected: &str) -> Self {
        let message = format!("'{name}' must be {expected}");
        Self { error: ApiError::new(ErrorCode::InvalidRequest, message), param: Some(name.into()) }
    }

    /// A part of the interface that is not built yet.
    pub(crate) fn not_supported(name: &str) -> Self {
        let message = format!("'{name}' is not supported yet");
        Self { error: ApiError::new(ErrorCode::InvalidRequest, message), param: Some(name.into()) }
    }

    /// The object that answers and streams carry.
    pub(crate) fn to_json(&self) -> Value {
        let code = self.error.code;
        let kind = match code.kind() {
            ErrorKind::Unauthorized => "authentication_error",
            ErrorKind::Forbidden => "permission_error",
            ErrorKind::Internal | ErrorKind::Unavailable => "server_error",
            ErrorKind::ResourceExhausted if code.http_status() == 429 => "rate_limit_error",
            ErrorKind::ResourceExhausted => "server_error",
            ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Unsupported
            | ErrorKind::Cancelled
            | ErrorKind::BlockedByGuard
            | ErrorKind::CorruptData => "invalid_request_error",
        };
        let code = match code {
            // The names that clients know.
            ErrorCode::PromptTooLong => "context_length_exceeded",
            ErrorCode::Unauthorized => "invalid_api_key",
            other => other.as_str(),
        };
        let message = &self.error.message;
        let mut object =
            json!({"message": message, "type": kind, "code": code, "param": self.param});
        // What the guardrails found: kinds, rules and places, never what stands there.
        if let Some(findings) = self.error.details.as_ref().and_then(|it| it.get("findings")) {
            object["findings"] = findings.clone();
        }
        json!({ "error": object })
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error, param: None }
    }
}

impl From<hearth_app::Error> for Refusal {
    fn from(error: hearth_app::Error) -> Self {
        ApiError::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        reply::refusal(&self.error, Json(self.to_json()))
    }
}
