//! Where the web view may go: to its own pages and nowhere else. A frame asks too, so the page that
//! draws diagrams is one of them.

use tauri::Url;

use crate::artifact;

/// Whether an address is one of our own pages.
pub(crate) fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        artifact::SCHEME => is_artifact(url, "localhost"),
        // What the same origins are called where a web view knows no schemes of our own.
        "http" | "https" if cfg!(windows) => {
            url.host_str() == Some("tauri.localhost") || is_artifact(url, "artifact.localhost")
        }
        "about" => url.path() == "blank",
        _ => false,
    }
}

fn is_artifact(url: &Url, host: &str) -> bool {
    url.host_str() == Some(host) && url.path() == artifact::PAGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_loaded() {
        let own = |url: &str| is_own(&Url::parse(url).unwrap());
        assert!(own("tauri://localhost/index.html"));
        assert!(own("about:blank"));
        assert!(own("artifact://localhost/diagram.html"));
        for foreign in [
            "https://example.org/",
            "tauri://elsewhere/index.html",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:config",
            "artifact://localhost/index.html",
            "artifact://elsewhere/diagram.html",
        ] {
            assert!(!own(foreign), "{foreign}");
        }
        assert!(cfg!(windows) || !own("http://tauri.localhost/"));
    }
}
