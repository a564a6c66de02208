//! Who asks: a program with a key of the port, or a browser that signed in.
//!
//! There are exactly two ways in, a key and the session cookie. A key comes as a bearer or, as Anthropic's
//! clients send it, as `x-api-key`: it is the same key with the same limits. No other header, and
//! nothing in the address. A wrong and a missing key get the same answer.

mod attempts;
mod key;
mod sessions;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, Method, header, request::Parts};
use hearth_app::{App, Grant};

use self::{attempts::Attempts, sessions::Sessions};
use crate::{connections::Arrival, guard};
pub use key::GivenKey;
pub(crate) use key::{digest, fresh_secret};

/// Reads the clock; a test hands in its own.
pub type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Where Anthropic's clients put a key.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "hearth_session";

/// Who a request comes from.
#[derive(Clone, Debug)]
pub(crate) enum Guest {
    /// A program with a key that allows this.
    Program(Arc<Grant>),
    /// A browser that signed in.
    Browser,
}

/// Why a request was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No key, a wrong one, or one in two places.
    Unknown,
    /// The cookie is right, but another page sends it.
    Foreign,
    /// Too many wrong keys; this long to wait.
    Wait(Duration),
}

/// The door of one port.
pub(crate) struct Gate {
    app: Arc<App>,
    given: Option<GivenKey>,
    attempts: Mutex<Attempts>,
    sessions: Mutex<Sessions>,
    now: Now,
}

impl Gate {
    pub(crate) fn new(app: Arc<App>, given: Option<GivenKey>, now: Now) -> Self {
        Self { app, given, attempts: Mutex::default(), sessions: Mutex::default(), now }
    }

    /// Says who asks, or why they may not.
    pub(crate) fn admit(&self, arrival: &Arrival, parts: &Parts) -> Result<Guest, Denied> {
        let shows_key = [header::AUTHORIZATION, API_KEY];
        if shows_key.iter().any(|name| parts.headers.contains_key(name)) {
            return self.admit_program(arrival.from, &parts.headers);
        }
        let cookie = cookie(&parts.headers).ok_or(Denied::Unknown)?;
        if !lock(&self.sessions).knows(cookie, (self.now)()) {
            return Err(Denied::Unknown);
        }
        // Cookies do not know ports: another local page can make a browser send ours.
        let foreign = guard::is_cross_origin_fetch(&parts.headers)
            || (parts.method == Method::POST && !arrival.own.has_own_origin(&parts.headers));
        if foreign { Err(Denied::Foreign) } else { Ok(Guest::Browser) }
    }

    fn admit_program(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Guest, Denied> {
        let now = (self.now)();
        let shown = shown(headers).unwrap_or_default();
        // Both are asked always, so that the time tells nothing.
        let given = self.given.as_ref().and_then(|given| given.grant(shown));
        let stored = self.app.port_key_grant(shown);
        // Nobody guesses 256 random bits: a program with a wrong key keeps none with a right one out. The key
        // that the run was started with was chosen by somebody, so guesses at it must wait.
        if let Some(grant) = stored {
            return Ok(Guest::Program(grant));
        }
        lock(&self.attempts).may_try(peer, now).map_err(Denied::Wait)?;
        if let Some(grant) = given {
            lock(&self.attempts).succeeded(peer);
            return Ok(Guest::Program(grant));
        }
        lock(&self.attempts).failed(peer, now);
        Err(Denied::Unknown)
    }

    /// Whether there is any key that could be shown.
    pub(crate) fn has_key(&self) -> bool {
        self.given.is_some() || self.app.port_key_count() > 0
    }

    /// A token for one sign-in, good for a minute.
    pub(crate) fn sign_in_token(&self) -> Option<String> {
        lock(&self.sessions).issue_token((self.now)())
    }

    /// Exchanges a token for a session; the token is spent in any case.
    pub(crate) fn sign_in(&self, peer: IpAddr, token: &str) -> Result<String, Denied> {
        let now = (self.now)();
        lock(&self.attempts).may_try(peer, now).map_err(Denied::Wait)?;
        let session = lock(&self.sessions).redeem(token, now);
        if session.is_none() {
            lock(&self.attempts).failed(peer, now);
        }
        session.ok_or(Denied::Unknown)
    }
}

/// The one key that a request shows.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(API_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => bearer(headers),
        (Some(key), None) if !headers.contains_key(header::AUTHORIZATION) => key.to_str().ok(),
        _ => None,
    }
}

/// The key of the one `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut ours = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    match (ours.next(), ours.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
