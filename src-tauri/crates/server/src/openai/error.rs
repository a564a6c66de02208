//! Errors as OpenAI clients read them: `{error: {message, type, code, param}}`.

use hearth_domain::{ErrorCode, ErrorKind};
use serde_json::{Value, json};

use crate::programs::Refusal;

/// The object that answers and streams carry.
pub(crate) fn object(refusal: &Refusal) -> Value {
    let code = refusal.error.code;
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
    let message = &refusal.error.message;
    let mut object =
        json!({"message": message, "type": kind, "code": code, "param": refusal.param});
    // What the guardrails found: kinds, rules and places, never what stands there.
    if let Some(findings) = refusal.error.details.as_ref().and_then(|it| it.get("findings")) {
        object["findings"] = findings.clone();
    }
    json!({ "error": object })
}
