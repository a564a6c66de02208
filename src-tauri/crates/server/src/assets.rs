//! The built user interface, inside the program: the same bundle for the window and the browser.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../../ui/dist"]
#[allow_missing = true]
struct Bundle;

/// The page in which a model's diagram is drawn, as a path of the user interface.
const DIAGRAM: &str = "/artifact/diagram.html";

/// What the page of [`artifact`] may do wherever it is shown: run its own script and nothing else.
/// `sandbox` takes its origin away, also where someone opens it without a frame; without an origin
/// there is no storage, no cookie and no page that it could read. Nothing can be fetched.
const CONFINED: &str = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; \
    style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// One file of the user interface.
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its type, such as `text/html; charset=utf-8`.
    pub mime: &'static str,
    /// Whether its name has a hash of its content in it.
    pub hashed: bool,
}

/// The file at a path of the user interface; `/` is the main page.
///
/// `None` where there is no such file, also where this build has no user interface inside.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    let name = path.strip_prefix('/').unwrap_or(path);
    let name = if name.is_empty() { "index.html" } else { name };
    let file = Bundle::get(name)?;
    Some(Asset { bytes: file.data, mime: mime(name), hashed: name.starts_with("assets/") })
}

/// The page that draws diagrams, and the policy it must be sent with; `ancestors` are those who may
/// frame it, in the words of a `Content-Security-Policy`.
///
/// It has everything in one document, and a stricter policy of its own inside: of all scripts only
/// the one that was built runs. `None` where this build has no user interface inside.
#[must_use]
pub fn artifact(ancestors: &str) -> Option<(Asset, String)> {
    let page = asset(DIAGRAM)?;
    Some((page, format!("{CONFINED}; frame-ancestors {ancestors}")))
}

/// Types of what a web build has; anything else is bytes.
fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_outside_the_bundle_is_nothing() {
        for path in ["/../Cargo.toml", "/nothing", "//etc/passwd", "/assets"] {
            assert!(asset(path).is_none(), "{path}");
        }
    }

    #[test]
    fn scripts_have_the_type_without_which_browsers_refuse_them() {
        assert_eq!(mime("assets/main-abc.js"), "text/javascript; charset=utf-8");
        assert_eq!(mime("strange"), "application/octet-stream");
    }
}
