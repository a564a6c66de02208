//! Where the web view may go: to its own pages and nowhere else.

use tauri::Url;

/// Whether an address is one of our own pages.
pub(crate) fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // What the same origin is called where a web view knows no schemes of our own.
        "http" | "https" if cfg!(windows) => url.host_str() == Some("tauri.localhost"),
        "about" => url.path() == "blank",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_loaded() {
        let own = |url: &str| is_own(&Url::parse(url).unwrap());
        assert!(own("tauri://localhost/index.html"));
        assert!(own("about:blank"));
        for foreign in [
            "https://example.org/",
            "tauri://elsewhere/index.html",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:config",
        ] {
            assert!(!own(foreign), "{foreign}");
        }
        assert!(cfg!(windows) || !own("http://tauri.localhost/"));
    }
}
