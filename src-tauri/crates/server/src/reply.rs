//! Answers that say no, in the shape that the caller expects, and the headers of every answer.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hearth_api::ApiError;
use hearth_domain::ErrorCode;

use crate::{
    anthropic,
    auth::Denied,
    ollama, openai,
    programs::{Refusal, Result},
};

/// Whose error shape a path has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{code, message, details?, trace_id}`.
    Hearth,
    /// `{error: {message, type, code, param}}`.
    OpenAi,
    /// `{type: "error", error: {type, message}}`.
    Anthropic,
    /// `{error}`.
    Ollama,
}

impl Shape {
    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("v1") if path.starts_with("/v1/messages") => Self::Anthropic,
            Some("v1") => Self::OpenAi,
            Some("api") if ollama::is_ours(path) => Self::Ollama,
            _ => Self::Hearth,
        }
    }

    /// An error as this caller reads it.
    pub(crate) fn error(self, error: ApiError) -> Response {
        self.refuse(&error.into())
    }

    /// The answer to a request, or why there is none.
    pub(crate) fn answer(self, answered: Result<impl IntoResponse>) -> Response {
        match answered {
            Ok(answer) => answer.into_response(),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn refuse(self, why: &Refusal) -> Response {
        match self {
            Self::Hearth => api_error(&why.error),
            Self::OpenAi => refusal(&why.error, Json(openai::error_object(why))),
            Self::Anthropic => refusal(&why.error, Json(anthropic::error_object(why))),
            Self::Ollama => refusal(&why.error, Json(ollama::error_object(why))),
        }
    }

    /// Someone who was not let in.
    pub(crate) fn denied(self, denied: Denied) -> Response {
        match denied {
            Denied::Unknown => {
                let mut response = self.error(unauthorized());
                let scheme = HeaderValue::from_static("Bearer");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
                response
            }
            Denied::Foreign => self.error(refused_before_routing(ErrorCode::ForeignOrigin)),
            Denied::Wait(wait) => {
                let text = "too many wrong keys; wait before the next try";
                let mut response = self.error(ApiError::new(ErrorCode::TooManyAttempts, text));
                let seconds =
                    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                response
            }
        }
    }
}

/// The error for what [`crate::guard`] refuses.
pub(crate) fn refused_before_routing(code: ErrorCode) -> ApiError {
    match code {
        ErrorCode::ForeignOrigin => {
            ApiError::new(code, "the request names another host or comes from another origin")
        }
        ErrorCode::UnsupportedMediaType => {
            ApiError::new(code, "the body must be sent as application/json")
        }
        _ => unauthorized(),
    }
}

fn unauthorized() -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, "a key is needed, in the header Authorization: Bearer")
}

/// An error in the shape of the command table.
pub(crate) fn api_error(error: &ApiError) -> Response {
    refusal(error, Json(error))
}

/// An error with its status, and with the time after which it is worth another try where it says one.
pub(crate) fn refusal(error: &ApiError, body: impl IntoResponse) -> Response {
    let status = StatusCode::from_u16(error.code.http_status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let wait = error.details.as_ref().and_then(|details| details["wait_ms"].as_u64());
    let mut response = (status, body).into_response();
    if let Some(wait) = wait.filter(|_| status == StatusCode::TOO_MANY_REQUESTS) {
        let seconds = HeaderValue::from(wait.div_ceil(1000).max(1));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// The id of the request, under the names that clients of OpenAI and of Anthropic read.
pub(crate) fn with_request_id(mut response: Response, id: &str) -> Response {
    if let Ok(id) = HeaderValue::from_str(id) {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("request-id"), id.clone());
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

/// What every answer says to a browser; a route may have said something stricter or finer before.
pub(crate) fn with_safe_headers(mut response: Response) -> Response {
    const ALWAYS: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    const UNLESS_SAID: [(HeaderName, &str); 3] = [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(code: ErrorCode, details: serde_json::Value) -> Option<String> {
        let error = ApiError { details: Some(details), ..ApiError::new(code, "no") };
        let response = refusal(&error, Json(&error));
        let value = response.headers().get(header::RETRY_AFTER)?;
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn who_is_refused_for_a_while_is_told_for_how_long_in_whole_seconds() {
        let waits = |ms: u64| after(ErrorCode::QueueFull, json!({ "wait_ms": ms }));
        assert_eq!(waits(61_001).as_deref(), Some("62"));
        assert_eq!(waits(0).as_deref(), Some("1"));
        assert_eq!(after(ErrorCode::TextTooLarge, json!({ "wait_ms": 5 })), None);
        assert_eq!(after(ErrorCode::QueueFull, json!({ "size": 5 })), None);
    }
}
