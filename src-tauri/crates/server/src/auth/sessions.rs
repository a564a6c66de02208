//! One-time sign-in tokens and the browser sessions they are exchanged for.
//!
//! Both live in memory only and die with the process; only their digests are kept.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::key::{Digest, digest, fresh_secret};

/// How long a sign-in link is good.
const TOKEN_LIFE: Duration = Duration::from_secs(60);
/// How long a session lives after its last use.
const SESSION_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Tokens that wait, and sessions that live, at once.
const KEPT: usize = 64;

#[derive(Default)]
pub(super) struct Sessions {
    tokens: HashMap<Digest, Instant>,
    sessions: HashMap<Digest, Instant>,
}

impl Sessions {
    /// Makes a token; `None` where the system gives no randomness.
    pub(super) fn issue_token(&mut self, now: Instant) -> Option<String> {
        insert(&mut self.tokens, now, TOKEN_LIFE)
    }

    /// Spends a token. The session it opens, or `None` where it is unknown, spent or too old.
    pub(super) fn redeem(&mut self, token: &str, now: Instant) -> Option<String> {
        let good_until = self.tokens.remove(&digest(token))?;
        if good_until <= now {
            return None;
        }
        insert(&mut self.sessions, now, SESSION_LIFE)
    }

    /// Whether a cookie names a living session; using it keeps it alive.
    pub(super) fn knows(&mut self, cookie: &str, now: Instant) -> bool {
        let Some(good_until) = self.sessions.get_mut(&digest(cookie)) else { return false };
        let alive = *good_until > now;
        if alive {
            *good_until = now + SESSION_LIFE;
        }
        alive
    }
}

fn insert(kept: &mut HashMap<Digest, Instant>, now: Instant, life: Duration) -> Option<String> {
    kept.retain(|_, good_until| *good_until > now);
    if kept.len() >= KEPT {
        let oldest = kept.iter().min_by_key(|(_, good_until)| **good_until).map(|(key, _)| *key);
        oldest.and_then(|key| kept.remove(&key));
    }
    let secret = fresh_secret()?;
    kept.insert(digest(&secret), now + life);
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_session_and_only_once() {
        let (mut sessions, now) = (Sessions::default(), Instant::now());
        let token = sessions.issue_token(now).unwrap();
        let cookie = sessions.redeem(&token, now).unwrap();
        assert_ne!(cookie, token);
        assert!(sessions.knows(&cookie, now));
        assert_eq!(sessions.redeem(&token, now), None);
        assert!(!sessions.knows(&token, now));
    }

    #[test]
    fn a_token_is_good_for_a_minute() {
        let (mut sessions, now) = (Sessions::default(), Instant::now());
        let (early, late) =
            (sessions.issue_token(now).unwrap(), sessions.issue_token(now).unwrap());
        assert!(sessions.redeem(&early, now + TOKEN_LIFE - Duration::from_millis(1)).is_some());
        assert_eq!(sessions.redeem(&late, now + TOKEN_LIFE), None);
    }

    #[test]
    fn a_session_that_is_used_lives_on_and_an_idle_one_ends() {
        let (mut sessions, start) = (Sessions::default(), Instant::now());
        let token = sessions.issue_token(start).unwrap();
        let cookie = sessions.redeem(&token, start).unwrap();
        let day_six = start + Duration::from_secs(6 * 24 * 3600);
        assert!(sessions.knows(&cookie, day_six));
        assert!(sessions.knows(&cookie, day_six + Duration::from_secs(6 * 24 * 3600)));
        assert!(!sessions.knows(&cookie, day_six + SESSION_LIFE * 2));
    }

    #[test]
    fn the_oldest_session_gives_way_where_there_are_too_many() {
        let (mut sessions, start) = (Sessions::default(), Instant::now());
        let cookies: Vec<_> = (0..=KEPT)
            .map(|n| {
                let now = start + Duration::from_secs(n as u64);
                let token = sessions.issue_token(now).unwrap();
                sessions.redeem(&token, now).unwrap()
            })
            .collect();
        let now = start + Duration::from_secs(KEPT as u64 + 1);
        assert!(!sessions.knows(&cookies[0], now));
        assert!(cookies[1..].iter().all(|cookie| sessions.knows(cookie, now)));
    }
}
