//! What every request to the port passes before anything looks at its path.
//!
//! A web page anywhere can make a browser talk to this computer. Its requests carry a foreign
//! `Origin`, a foreign `Host` (after DNS rebinding), or a body that needs no preflight; each is
//! refused here. Nothing here knows who asks: that is the business of `auth`.

use axum::http::{HeaderMap, Method, header, request::Parts};
use hearth_domain::ErrorCode;

/// The only names under which a listener answers, and how its own pages name it.
#[derive(Clone, Debug)]
pub(crate) struct OwnNames {
    scheme: &'static str,
    hosts: Vec<String>,
}

impl OwnNames {
    /// Those of the port on this computer.
    pub(crate) fn here(port: u16) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
        Self { scheme: "http://", hosts: hosts.into() }
    }

    /// Those by which other computers reach this one. The port of HTTPS is left out by clients.
    pub(crate) fn network<'a>(names: impl Iterator<Item = &'a str>, port: u16) -> Self {
        let with_port = |name: &str| match port {
            443 => vec![name.to_owned(), format!("{name}:{port}")],
            _ => vec![format!("{name}:{port}")],
        };
        Self { scheme: "https://", hosts: names.flat_map(with_port).collect() }
    }

    /// Whether they are those for other computers, which come in by TLS alone.
    pub(crate) fn is_network(&self) -> bool {
        self.scheme == "https://"
    }

    /// Exactly one `Host`, and exactly one of ours: no suffix, no other spelling.
    fn host<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let host = only(headers, &header::HOST)??;
        // Names are the same in either case; clients send them as a person typed them.
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)).then_some(host)
    }

    /// Whether the request says that it comes from a page of ours.
    pub(crate) fn has_own_origin(&self, headers: &HeaderMap) -> bool {
        let host = only(headers, &header::HOST).flatten();
        headers.contains_key(header::ORIGIN)
            && host.is_some_and(|host| self.is_absent_or_own_origin(headers, host))
    }

    fn is_absent_or_own_origin(&self, headers: &HeaderMap, host: &str) -> bool {
        match only(headers, &header::ORIGIN) {
            Some(None) => true,
            Some(Some(origin)) => origin.strip_prefix(self.scheme) == Some(host),
            None => false,
        }
    }
}

/// Checks a request whose path nobody has looked at yet.
pub(crate) fn check(own: &OwnNames, parts: &Parts) -> Result<(), ErrorCode> {
    let host = own.host(&parts.headers).ok_or(ErrorCode::ForeignOrigin)?;
    // `GET http://elsewhere/ HTTP/1.1` names another server than `Host` does.
    if parts.uri.authority().is_some_and(|authority| authority != host) {
        return Err(ErrorCode::ForeignOrigin);
    }
    // Our own pages never need a preflight, so whoever sends one is foreign.
    if !own.is_absent_or_own_origin(&parts.headers, host) || parts.method == Method::OPTIONS {
        return Err(ErrorCode::ForeignOrigin);
    }
    if parts.uri.query().is_some_and(names_a_key) {
        return Err(ErrorCode::Unauthorized);
    }
    if parts.method == Method::POST && !is_json(&parts.headers) {
        return Err(ErrorCode::UnsupportedMediaType);
    }
    Ok(())
}

/// Whether a browser says that another site, or another port of this computer, made the request.
pub(crate) fn is_cross_origin_fetch(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().any(|site| site != "same-origin")
}

/// The one value of a header: `Some(None)` where it is absent, `None` where it is there twice or
/// is not text.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match (first, values.next()) {
        (None, _) => Some(None),
        (Some(value), None) => value.to_str().ok().map(Some),
        (Some(_), Some(_)) => None,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Some(kind)) = only(headers, &header::CONTENT_TYPE) else { return false };
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|p| p.is_empty() || p.eq_ignore_ascii_case("charset=utf-8"))
}

/// Keys in an address end in logs and histories, so they are refused instead of ignored.
fn names_a_key(query: &str) -> bool {
    const NAMES: [&str; 9] = [
        "key",
        "api_key",
        "api-key",
        "apikey",
        "token",
        "access_token",
        "auth",
        "authorization",
        "bearer",
    ];
    query.split(['&', ';']).any(|pair| {
        let name = percent_decoded(pair.split('=').next().unwrap_or_default());
        NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    })
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        let value = escape
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(value.unwrap_or(byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn verdict(method: &str, uri: &str, headers: &[(&str, &str)]) -> Result<(), ErrorCode> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&OwnNames::here(8790), &parts)
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:8790");

    #[test]
    fn only_the_three_exact_names_of_the_port_are_answered() {
        for host in ["127.0.0.1:8790", "localhost:8790", "[::1]:8790"] {
            assert_eq!(verdict("GET", "/", &[("host", host)]), Ok(()), "{host}");
        }
        for host in ["127.0.0.1", "localhost.:8790", "127.0.0.1:8791", "0.0.0.0:8790", ""] {
            let refused = verdict("GET", "/", &[("host", host)]);
            assert_eq!(refused, Err(ErrorCode::ForeignOrigin), "{host}");
        }
        assert_eq!(verdict("GET", "/", &[]), Err(ErrorCode::ForeignOrigin));
        assert_eq!(verdict("GET", "/", &[HOST, HOST]), Err(ErrorCode::ForeignOrigin));
        let absolute = verdict("GET", "http://evil.example/", &[HOST]);
        assert_eq!(absolute, Err(ErrorCode::ForeignOrigin));
    }

    #[test]
    fn over_the_network_each_name_is_answered_with_its_port_and_pages_are_ours_by_https() {
        let names = ["box.lan", "192.168.1.7", "[fd00::7]"];
        let verdict = |port, host: &str, origin: Option<&str>| {
            let mut request = Request::builder().uri("/").header("host", host);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            check(&OwnNames::network(names.into_iter(), port), &parts)
        };
        for host in ["box.lan:8443", "Box.LAN:8443", "192.168.1.7:8443", "[fd00::7]:8443"] {
            assert_eq!(verdict(8443, host, None), Ok(()), "{host}");
        }
        for host in
            ["box.lan", "localhost:8443", "127.0.0.1:8443", "0.0.0.0:8443", "x.box.lan:8443"]
        {
            assert_eq!(verdict(8443, host, None), Err(ErrorCode::ForeignOrigin), "{host}");
        }
        assert_eq!(verdict(443, "box.lan", None), Ok(()));
        assert_eq!(verdict(443, "box.lan", Some("https://box.lan")), Ok(()));
        let plain = verdict(443, "box.lan", Some("http://box.lan"));
        assert_eq!(plain, Err(ErrorCode::ForeignOrigin));
    }

    #[test]
    fn an_origin_is_ours_only_where_it_names_the_host_that_was_asked() {
        let with = |origin| verdict("GET", "/", &[HOST, ("origin", origin)]);
        assert_eq!(with("http://127.0.0.1:8790"), Ok(()));
        for origin in ["null", "https://127.0.0.1:8790", "http://localhost:8790", "http://evil", ""]
        {
            assert_eq!(with(origin), Err(ErrorCode::ForeignOrigin), "{origin}");
        }
        let own = ("origin", "http://127.0.0.1:8790");
        assert_eq!(verdict("GET", "/", &[HOST, own, own]), Err(ErrorCode::ForeignOrigin));
        assert_eq!(verdict("OPTIONS", "/", &[HOST, own]), Err(ErrorCode::ForeignOrigin));
    }

    #[test]
    fn a_body_is_json_by_name_or_it_is_refused() {
        let with = |kind| verdict("POST", "/", &[HOST, ("content-type", kind)]);
        assert_eq!(with("application/json"), Ok(()));
        assert_eq!(with("Application/JSON; charset=UTF-8"), Ok(()));
        for kind in ["text/plain", "application/json, text/plain", "application/jsonp", ""] {
            assert_eq!(with(kind), Err(ErrorCode::UnsupportedMediaType), "{kind}");
        }
        assert_eq!(verdict("POST", "/", &[HOST]), Err(ErrorCode::UnsupportedMediaType));
    }

    #[test]
    fn a_key_in_the_address_is_refused_however_it_is_spelt() {
        for query in ["api_key=x", "a=1&KEY=x", "%6Bey=x", "access_token", "a;token=1"] {
            let refused = verdict("GET", &format!("/v1/models?{query}"), &[HOST]);
            assert_eq!(refused, Err(ErrorCode::Unauthorized), "{query}");
        }
        assert_eq!(verdict("GET", "/api/stream/app?from=3&keys=1", &[HOST]), Ok(()));
    }
}
