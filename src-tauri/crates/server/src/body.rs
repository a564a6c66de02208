//! Request bodies: JSON of a limited size that arrives in a limited time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hearth_api::{ApiError, Caller};
use hearth_domain::ErrorCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Value, json};
use tokio::time;

/// Bytes of a body; what a text may have is the business of `app`.
pub(crate) const BODY_BYTES: usize = 8 * 1024 * 1024;
/// Of a command that brings a file, from who may run it.
const IMPORT_BYTES: usize = 64 * 1024 * 1024;
/// The same from a program of this user on this computer: `app` takes 256 MiB of text, which
/// JSON can write at double length.
const OWN_IMPORT_BYTES: usize = 512 * 1024 * 1024;
/// The whole body must be there after this time.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Bytes that the body of a command may have.
pub(crate) fn limit(command: &str, caller: &Caller) -> usize {
    match (command, caller) {
        ("conversation_import", Caller::Terminal) => OWN_IMPORT_BYTES,
        ("conversation_import" | "attachment_read", Caller::Browser) => IMPORT_BYTES,
        ("attachment_read", Caller::Terminal) => IMPORT_BYTES,
        _ => BODY_BYTES,
    }
}

/// Reads a small body as JSON.
pub(crate) async fn json(body: Body) -> Result<Value, ApiError> {
    json_up_to(body, BODY_BYTES).await
}

/// Reads a body as JSON. Depth is limited by `serde_json` (128), so nothing overflows the stack.
pub(crate) async fn json_up_to(body: Body, limit: usize) -> Result<Value, ApiError> {
    let bytes = all(body, limit).await?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::invalid_request(&error))
}

/// Reads a body.
pub(crate) async fn all(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let read = Limited::new(body, limit).collect();
    let Ok(read) = time::timeout(BODY_TIME, read).await else {
        return Err(ApiError::new(ErrorCode::InvalidRequest, "the body did not arrive in time"));
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError {
            details: Some(json!({ "limit": limit })),
            ..ApiError::new(ErrorCode::TextTooLarge, "the body is larger than what is taken")
        }),
        Err(_) => Err(ApiError::new(ErrorCode::InvalidRequest, "the body broke off")),
    }
}
