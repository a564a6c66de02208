//! The files of the user interface. They hold no secrets, so they need no key.

use axum::{
    body::Body,
    extract::Request,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{assets, reply::Shape};

/// Only our own files run or are shown; nothing may frame the page or be sent elsewhere. Of our own
/// pages only the one without an origin lets itself be framed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names of files with a hash in them never mean another content.
const FOREVER: &str = "private, max-age=31536000, immutable";

pub(super) async fn file(request: Request) -> Response {
    let path = request.uri().path();
    let found = assets::asset(path).filter(|_| Shape::of(path) == Shape::Hearth);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(asset) = found.filter(|_| reads) else {
        return super::nothing_here(request).await;
    };
    let caching = if asset.hashed { FOREVER } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, asset.mime),
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (StatusCode::OK, headers, Body::from(asset.bytes.into_owned())).into_response()
}
