//! The scheme of the page in which diagrams are drawn. It is not the scheme of our own pages, so what
//! runs there shares nothing with them: no origin, no commands, no storage.
//!
//! The web view of Linux offers the port of messages to every frame. The page hides it from itself,
//! and Tauri refuses a message without the key of the main page; it says so on stderr with the key
//! in it, which is why nothing ever shows or keeps what is written there.

use std::borrow::Cow;

use tauri::{
    Runtime, UriSchemeContext,
    http::{HeaderValue, Request, Response, StatusCode, header},
};

/// The name of the scheme.
pub(crate) const SCHEME: &str = "artifact";
/// The one page.
pub(crate) const PAGE: &str = "/diagram.html";
/// Who may frame it: our own page, under each of the names it has.
const ANCESTORS: &str = "tauri: http://tauri.localhost https://tauri.localhost";

/// Answers a request to the scheme.
#[allow(clippy::needless_pass_by_value, reason = "Tauri hands its arguments in by value")]
pub(crate) fn serve<R: Runtime>(
    _: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
) -> Response<Cow<'static, [u8]>> {
    answer(request.uri().path())
}

fn answer(path: &str) -> Response<Cow<'static, [u8]>> {
    let page = Some(path).filter(|path| *path == PAGE);
    let page = page.and_then(|_| hearth_server::artifact(ANCESTORS));
    // A page without its policy is not sent.
    let page = page.and_then(|(page, policy)| Some((page, HeaderValue::from_str(&policy).ok()?)));
    let Some((page, policy)) = page else {
        let mut nothing = Response::new(Cow::Borrowed(&[][..]));
        *nothing.status_mut() = StatusCode::NOT_FOUND;
        return nothing;
    };
    let mut response = Response::new(page.bytes);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.mime));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_page_is_answered_and_only_in_its_sandbox() {
        for path in ["", "/", "/index.html", "/../index.html", "/artifact/diagram.html"] {
            assert_eq!(answer(path).status(), StatusCode::NOT_FOUND, "{path}");
        }
        let page = answer(PAGE);
        assert_eq!(page.status(), StatusCode::OK);
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("sandbox allow-scripts; default-src 'none'"), "{policy}");
        assert!(!policy.contains("allow-same-origin"), "{policy}");
    }
}
