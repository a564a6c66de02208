//! The page in which diagrams are drawn. A model's text runs through it, so it is sent with a sandbox
//! and is the one page that may be framed: by our own.

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::assets;

pub(super) async fn page(request: Request) -> Response {
    let Some((page, policy)) = assets::artifact("'self'") else {
        return super::nothing_here(request).await;
    };
    let headers = [
        (header::CONTENT_TYPE, page.mime.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN".to_owned()),
    ];
    (StatusCode::OK, headers, Body::from(page.bytes.into_owned())).into_response()
}
