//! Request bodies: JSON of a limited size that arrives in a limited time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hearth_api::ApiError;
use hearth_domain::ErrorCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Value, json};
use tokio::time;

/// Bytes of a body; what a text may have is the business of `app`.
const BODY_BYTES: usize = 8 * 1024 * 1024;
/// The whole body must be there after this time.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Reads a body as JSON. Depth is limited by `serde_json` (128), so nothing overflows the stack.
pub(crate) async fn json(body: Body) -> Result<Value, ApiError> {
    let bytes = all(body).await?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::invalid_request(&error))
}

async fn all(body: Body) -> Result<Bytes, ApiError> {
    let read = Limited::new(body, BODY_BYTES).collect();
    let Ok(read) = time::timeout(BODY_TIME, read).await else {
        return Err(ApiError::new(ErrorCode::InvalidRequest, "the body did not arrive in time"));
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError {
            details: Some(json!({ "limit": BODY_BYTES })),
            ..ApiError::new(ErrorCode::TextTooLarge, "the body is larger than what is taken")
        }),
        Err(_) => Err(ApiError::new(ErrorCode::InvalidRequest, "the body broke off")),
    }
}
