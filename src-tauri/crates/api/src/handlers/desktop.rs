//! What only a desktop can do, through the host.

use hearth_domain::ErrorCode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

use super::Empty;
use crate::{ApiError, Cx, Result};

/// Schemes that a link may have; nothing else ever reaches the system.
const LINK_SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Opens a link that the person confirmed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LinkOpenReq {
    /// An absolute `http`, `https` or `mailto` address.
    pub url: String,
}

/// Puts text on the clipboard.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TextCopyReq {
    /// What.
    pub text: String,
}

/// Brings the window to the front.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct WindowShowReq {
    /// Files that a second launch named.
    pub files: Vec<String>,
}

pub(crate) async fn link_open(cx: &Cx, request: LinkOpenReq) -> Result<Empty> {
    let url = Url::parse(request.url.trim()).ok();
    let url = url.filter(|url| LINK_SCHEMES.contains(&url.scheme())).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidRequest, "only http, https and mailto links are opened")
    })?;
    cx.host.open_link(url.as_str())?;
    Ok(Empty {})
}

pub(crate) async fn text_copy(cx: &Cx, request: TextCopyReq) -> Result<Empty> {
    cx.host.copy_text(&request.text)?;
    Ok(Empty {})
}

pub(crate) async fn window_show(cx: &Cx, request: WindowShowReq) -> Result<Empty> {
    cx.host.show_window(&request.files)?;
    Ok(Empty {})
}

pub(crate) async fn ui_ready(cx: &Cx, _: Empty) -> Result<Empty> {
    cx.host.ui_ready()?;
    Ok(Empty {})
}
