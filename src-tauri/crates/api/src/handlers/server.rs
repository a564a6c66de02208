//! The local port, as its owner sees it.

use hearth_app::{NewApiKey, ServerStatus};

use super::Empty;
use crate::{Cx, Result};

pub(crate) async fn server_status(cx: &Cx, _: Empty) -> Result<ServerStatus> {
    Ok(cx.app.server_status().await?)
}

pub(crate) async fn server_key_rotate(cx: &Cx, _: Empty) -> Result<NewApiKey> {
    Ok(cx.app.server_key_rotate().await?)
}
