//! Passwords inside links (`scheme://user:password@host`) and headers of HTTP.

use data_encoding::BASE64;
use regex::Regex;

use super::{Hit, judge::is_token, stop::is_placeholder};
use crate::pattern::{after, compile};

#[derive(Debug)]
pub(super) struct Links {
    basic: Regex,
    bearer: Regex,
}

impl Links {
    pub(super) fn new() -> Self {
        Self {
            basic: compile(r"(?i)basic\s{1,3}([A-Za-z0-9+/_-]{8,400}={0,2})"),
            bearer: compile(r"(?i)(?:bearer|token|apikey)\s{1,3}([A-Za-z0-9._~+/=|-]{16,800})"),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        for (at, sign) in text.match_indices("://") {
            hits.extend(linked(text, at + sign.len()));
        }
        for found in self.basic.captures_iter(text).filter_map(|it| it.get(1)) {
            if is_basic(found.as_str()) {
                hits.push(Hit {
                    start: found.start(),
                    end: found.end(),
                    rule: "secret.basic_header",
                    score: 0.95,
                });
            }
        }
        for found in self.bearer.captures_iter(text).filter_map(|it| it.get(1)) {
            let value = found.as_str().trim_end_matches(['.', '-']);
            if is_token(value) {
                let end = found.start() + value.len();
                hits.push(Hit {
                    start: found.start(),
                    end,
                    rule: "secret.bearer_header",
                    score: 0.9,
                });
            }
        }
    }
}

/// The password between the name and the host, if a name comes first.
fn linked(text: &str, from: usize) -> Option<Hit> {
    let rest = after(text, from, 240);
    let ends =
        |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '`');
    let rest = rest.split(ends).next()?;
    let host = |at: usize| {
        rest[at + 1..]
            .starts_with(|letter: char| letter.is_alphanumeric() || "[${_".contains(letter))
    };
    let at = rest.match_indices('@').map(|(at, _)| at).find(|at| host(*at))?;
    let (user, password) = rest[..at].split_once(':')?;
    let (start, end) = (from + user.len() + 1, from + at);
    let named = !user.contains('/') && is_access(user, password);
    named.then_some(Hit { start, end, rule: "secret.link_password", score: 0.95 })
}

/// A password of its own: no sample, not the name again, not a word about passwords.
fn is_access(user: &str, password: &str) -> bool {
    let pin = password.len() < 6 && password.bytes().all(|byte| byte.is_ascii_digit());
    password.len() >= 4
        && !password.starts_with(['$', '{', '%', '*', '<', '/'])
        && !password.eq_ignore_ascii_case(user)
        && !is_placeholder(password)
        && !pin
}

/// What is inside is a name and a password.
fn is_basic(value: &str) -> bool {
    let padded = format!("{value}{}", "=".repeat((4 - value.len() % 4) % 4));
    let decoded =
        BASE64.decode(padded.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|inside| {
        inside.chars().all(|letter| !letter.is_control())
            && inside
                .split_once(':')
                .is_some_and(|(_, password)| password.len() >= 3 && !is_placeholder(password))
    })
}
