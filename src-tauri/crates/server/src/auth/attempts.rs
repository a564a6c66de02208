//! Wrong keys of each peer, and how long it must wait after too many.

use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};

/// Wrong keys that cost nothing.
const FREE: u32 = 10;
/// The first wait; it doubles with each further wrong key.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Peers remembered at once; on loopback there are a handful.
const PEERS: usize = 1024;

#[derive(Default)]
pub(super) struct Attempts(HashMap<IpAddr, Failures>);

struct Failures {
    count: u32,
    closed_until: Instant,
}

impl Attempts {
    /// Whether a key of this peer is looked at now, or how long it must wait.
    pub(super) fn may_try(&self, peer: IpAddr, now: Instant) -> Result<(), Duration> {
        let wait = self.0.get(&peer).map(|f| f.closed_until.saturating_duration_since(now));
        wait.filter(|wait| !wait.is_zero()).map_or(Ok(()), Err)
    }

    /// Notes a wrong key.
    pub(super) fn failed(&mut self, peer: IpAddr, now: Instant) {
        if self.0.len() >= PEERS && !self.0.contains_key(&peer) {
            self.0.retain(|_, failures| failures.closed_until > now);
        }
        let failures = self.0.entry(peer).or_insert(Failures { count: 0, closed_until: now });
        failures.count = failures.count.saturating_add(1);
        if let Some(over) = failures.count.checked_sub(FREE) {
            let wait = FIRST_WAIT.saturating_mul(1 << over.min(16));
            failures.closed_until = now + wait.min(LONGEST_WAIT);
        }
    }

    /// Forgets the wrong keys of a peer that showed the right one.
    pub(super) fn succeeded(&mut self, peer: IpAddr) {
        self.0.remove(&peer);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn ten_wrong_keys_are_free_and_then_the_wait_doubles() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for _ in 0..9 {
            attempts.failed(PEER, start);
            assert_eq!(attempts.may_try(PEER, start), Ok(()));
        }
        attempts.failed(PEER, start);
        assert_eq!(attempts.may_try(PEER, start), Err(Duration::from_secs(1)));
        let later = start + Duration::from_secs(1);
        assert_eq!(attempts.may_try(PEER, later), Ok(()));
        attempts.failed(PEER, later);
        assert_eq!(attempts.may_try(PEER, later), Err(Duration::from_secs(2)));
        for _ in 0..100 {
            attempts.failed(PEER, later);
        }
        assert_eq!(attempts.may_try(PEER, later), Err(LONGEST_WAIT));
    }

    #[test]
    fn the_right_key_opens_a_clean_page_and_other_peers_never_wait() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..20 {
            attempts.failed(PEER, now);
        }
        assert_eq!(attempts.may_try(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), now), Ok(()));
        attempts.succeeded(PEER);
        assert_eq!(attempts.may_try(PEER, now), Ok(()));
    }
}
