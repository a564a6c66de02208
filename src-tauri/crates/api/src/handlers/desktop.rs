//! What only a desktop can do, through the host.

use hearth_domain::ErrorCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

use super::Empty;
use crate::{ApiError, Cx, Host, QuickAct, Result};

/// Schemes that a link may have; nothing else ever reaches the system.
const LINK_SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Opens a link that the person confirmed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LinkOpenReq {
    /// An absolute `http`, `https` or `mailto` address.
    pub url: String,
}

/// Puts text on the clipboard.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TextCopyReq {
    /// What.
    pub text: String,
}

/// A file that was dropped on the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DroppedFile {
    /// Its name, without a folder.
    pub name: String,
    /// The beginning of its content, more than an attachment may have; `None` where it cannot be
    /// read.
    pub base64: Option<String>,
}

/// Saves text to a file that the person chooses.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TextSaveReq {
    /// What the file may be called.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Brings the window to the front.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct WindowShowReq {
    /// Files that a second launch named.
    pub files: Vec<String>,
    /// The quick chat is wanted, and the main window only for files and links.
    pub quick: bool,
    /// Links (`hearth://…`) that a second launch named. They are looked at where they arrive.
    pub links: Vec<String>,
}

/// The one look at an address before a system opens it: parsed once, and opened as it was parsed.
fn checked(url: &str) -> Result<Url> {
    let url = Url::parse(url.trim()).ok();
    url.filter(|url| LINK_SCHEMES.contains(&url.scheme())).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidRequest, "only http, https and mailto links are opened")
    })
}

pub(crate) async fn link_open(cx: &Cx, request: LinkOpenReq) -> Result<Empty> {
    let url = checked(&request.url)?;
    cx.host.open_link(url.as_str())?;
    Ok(Empty {})
}

pub(crate) async fn text_copy(cx: &Cx, request: TextCopyReq) -> Result<Empty> {
    cx.host.copy_text(&request.text)?;
    Ok(Empty {})
}

pub(crate) async fn files_dropped(cx: &Cx, _: Empty) -> Result<Vec<DroppedFile>> {
    cx.host.dropped_files().await
}

/// Answers whether a place was chosen.
pub(crate) async fn text_save(cx: &Cx, request: TextSaveReq) -> Result<bool> {
    cx.host.save_text(&request.name, request.text).await
}

pub(crate) async fn window_show(cx: &Cx, request: WindowShowReq) -> Result<Empty> {
    show_window(&*cx.host, &request)?;
    Ok(Empty {})
}

/// Needs no data, and so is done while it is locked too.
pub(crate) fn show_window(host: &dyn Host, request: &WindowShowReq) -> Result<()> {
    if request.quick {
        host.quick(QuickAct::Open)?;
    }
    if !request.quick || !request.files.is_empty() || !request.links.is_empty() {
        host.show_window(&request.files, &request.links)?;
    }
    Ok(())
}

pub(crate) async fn ui_ready(cx: &Cx, _: Empty) -> Result<Empty> {
    cx.host.ui_ready()?;
    Ok(Empty {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_33_only_links_of_the_web_and_of_mail_are_opened() {
        let hostile = [
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "smb://host/share",
            "ms-msdt:/id",
            "tel:1",
            "calculator:",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "tauri://localhost",
            "data:text/html,x",
            "vbscript:x",
            "\\\\server\\share",
            "//host/share",
            "C:\\x.exe",
            "https",
            "",
            "http:",
        ];
        for url in hostile {
            assert!(checked(url).is_err(), "{url:?}");
        }
        for url in ["https://example.org/a?b=c", " HTTP://EXAMPLE.ORG ", "mailto:a@example.org"] {
            assert!(checked(url).is_ok(), "{url:?}");
        }
        // What is opened is what was parsed, not what was written.
        assert_eq!(checked("ht\ntps://example.org").unwrap().as_str(), "https://example.org/");
    }
}
