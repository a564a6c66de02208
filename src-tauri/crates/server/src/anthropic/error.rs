//! Errors as Anthropic's clients read them: `{type: "error", error: {type, message}}`.

use hearth_domain::{ErrorCode, ErrorKind};
use serde_json::{Value, json};

use crate::programs::Refusal;

/// The object that answers and streams carry; `code` and `param` are additions of ours.
pub(crate) fn object(refusal: &Refusal) -> Value {
    let code = refusal.error.code;
    let kind = match code.kind() {
        ErrorKind::Unauthorized => "authentication_error",
        ErrorKind::Forbidden => "permission_error",
        ErrorKind::NotFound => "not_found_error",
        ErrorKind::Internal => "api_error",
        ErrorKind::Unavailable => "overloaded_error",
        ErrorKind::ResourceExhausted if code.http_status() == 429 => "rate_limit_error",
        ErrorKind::ResourceExhausted => "overloaded_error",
        ErrorKind::InvalidInput if code == ErrorCode::TextTooLarge => "request_too_large",
        ErrorKind::InvalidInput
        | ErrorKind::Conflict
        | ErrorKind::Unsupported
        | ErrorKind::Cancelled
        | ErrorKind::BlockedByGuard
        | ErrorKind::CorruptData => "invalid_request_error",
    };
    let mut error = json!({"type": kind, "message": refusal.error.message, "code": code.as_str()});
    if let Some(param) = &refusal.param {
        error["param"] = param.as_str().into();
    }
    // What the guardrails found: kinds, rules and places, never what stands there.
    if let Some(findings) = refusal.error.details.as_ref().and_then(|it| it.get("findings")) {
        error["findings"] = findings.clone();
    }
    json!({"type": "error", "error": error})
}
