//! `POST /api/session {token}`: the one-time token of a sign-in link becomes a cookie.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use hearth_api::{ApiError, Empty};
use serde::Deserialize;

use crate::{
    auth::{COOKIE, Denied},
    body,
    connections::Arrival,
    guard,
    port::Shared,
    reply::{self, Shape},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    token: String,
}

pub(super) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Extension(arrival): Extension<Arrival>,
    headers: header::HeaderMap,
    body: Body,
) -> Response {
    if guard::is_cross_origin_fetch(&headers) {
        return Shape::Hearth.denied(Denied::Foreign);
    }
    let request = body::json(body).await.and_then(|request| {
        serde_json::from_value::<SignIn>(request).map_err(|e| ApiError::invalid_request(&e))
    });
    let token = match request {
        Ok(SignIn { token }) => token,
        Err(error) => return reply::api_error(&error),
    };
    match shared.gate.sign_in(arrival.from, &token) {
        Ok(session) => {
            let cookie = format!("{COOKIE}={session}; HttpOnly; SameSite=Strict; Path=/");
            ([(header::SET_COOKIE, cookie)], Json(Empty {})).into_response()
        }
        Err(denied) => Shape::Hearth.denied(denied),
    }
}
