//! `POST /api/rpc/{command}`: the command table over HTTP.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use hearth_api::{Caller, Cx, dispatch};

use crate::{body, port::Shared, reply};

pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Path(command): Path<String>,
    body: Body,
) -> Response {
    run(&shared.cx(caller), &command, body).await
}

/// Runs a command; used by the private socket too.
pub(crate) async fn run(cx: &Cx, command: &str, body: Body) -> Response {
    let limit = body::limit(command, &cx.caller);
    let request = match body::json_up_to(body, limit).await {
        Ok(request) => request,
        Err(error) => return reply::api_error(&error),
    };
    match dispatch(cx, command, request).await {
        Ok(response) => Json(response).into_response(),
        Err(error) => reply::api_error(&error),
    }
}
