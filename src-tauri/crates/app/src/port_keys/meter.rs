//! How much a key has asked and may still ask. Pure: the time is told.

use std::time::Duration;

use hearth_domain::{KeyUse, KeyUseDay, PortRights, Timestamp};

/// Milliseconds of a minute, in which limits by the minute fill again.
const MINUTE: f64 = 60_000.0;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The day of UTC, counted from 1970-01-01.
pub(crate) fn day(now: Timestamp) -> u32 {
    u32::try_from(now.0.div_euclid(DAY)).unwrap_or(0)
}

/// A limit by the minute: a full minute may be asked at once, and fills again steadily.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// What may still be asked; below zero after an answer that was longer than what was left.
    left: f64,
    at: Timestamp,
}

impl Bucket {
    /// What is left now of a limit. A clock that was set back fills nothing.
    fn left(&mut self, limit: f64, now: Timestamp) -> f64 {
        let passed = now.0.saturating_sub(self.at.0).max(0);
        self.left = (self.left + passed as f64 * limit / MINUTE).min(limit);
        self.at = now;
        self.left
    }

    /// How long until this much is left; `None` where it is.
    fn wait_for(&mut self, wanted: f64, limit: f64, now: Timestamp) -> Option<Duration> {
        let lacking = wanted - self.left(limit, now);
        (lacking > 0.0).then(|| Duration::from_secs_f64(lacking * MINUTE / limit / 1000.0))
    }
}

/// What one key asked.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
    /// The day, and the tokens of that day.
    today: (u32, u64),
    /// What is not in the database yet.
    unsaved: Vec<KeyUseDay>,
}

impl Meter {
    /// A meter that knows what was asked before the program started.
    pub(crate) fn with_today(day: u32, tokens: u64) -> Self {
        Self { today: (day, tokens), ..Self::default() }
    }

    /// Counts a request, or says how long it must wait.
    pub(crate) fn request(&mut self, rights: &PortRights, now: Timestamp) -> Result<(), Duration> {
        if let Some(limit) = rights.requests_per_minute.map(f64::from) {
            let bucket = self.requests.get_or_insert(Bucket { left: limit, at: now });
            bucket.wait_for(1.0, limit, now).map_or(Ok(()), Err)?;
            bucket.left -= 1.0;
        }
        self.note(now, KeyUse { requests: 1, ..KeyUse::default() });
        Ok(())
    }

    /// Whether tokens may be asked for now, or how long that must wait.
    pub(crate) fn may_read(&mut self, rights: &PortRights, now: Timestamp) -> Result<(), Duration> {
        if let Some(limit) = rights.tokens_per_minute.map(f64::from) {
            let bucket = self.tokens.get_or_insert(Bucket { left: limit, at: now });
            bucket.wait_for(1.0, limit, now).map_or(Ok(()), Err)?;
        }
        let today = self.tokens_of(day(now));
        if rights.tokens_per_day.is_some_and(|limit| today >= u64::from(limit)) {
            let rest = DAY - now.0.rem_euclid(DAY);
            return Err(Duration::from_millis(rest.unsigned_abs()));
        }
        Ok(())
    }

    /// Takes tokens from what is left. Less than nothing gives back what was taken too much.
    pub(crate) fn take(&mut self, rights: &PortRights, now: Timestamp, tokens: i64) {
        if let Some(limit) = rights.tokens_per_minute.map(f64::from) {
            let bucket = self.tokens.get_or_insert(Bucket { left: limit, at: now });
            bucket.left = (bucket.left(limit, now) - tokens as f64).min(limit);
        }
        let today = self.tokens_of(day(now));
        self.today.1 = today.saturating_add_signed(tokens);
    }

    /// Notes what was done, for the database.
    pub(crate) fn note(&mut self, now: Timestamp, used: KeyUse) {
        let day = day(now);
        match self.unsaved.last_mut().filter(|last| last.day == day) {
            Some(last) => last.used = last.used.and(used),
            None => self.unsaved.push(KeyUseDay { day, used }),
        }
    }

    /// What the database does not have yet; it is handed out once.
    pub(crate) fn take_unsaved(&mut self) -> Vec<KeyUseDay> {
        std::mem::take(&mut self.unsaved)
    }

    fn tokens_of(&mut self, day: u32) -> u64 {
        if self.today.0 != day {
            self.today = (day, 0);
        }
        self.today.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000 * DAY);

    fn after(seconds: i64) -> Timestamp {
        Timestamp(START.0 + seconds * 1000)
    }

    #[test]
    fn a_minute_s_requests_may_come_at_once_and_then_one_by_one() {
        let rights = PortRights { requests_per_minute: Some(2), ..PortRights::default() };
        let mut meter = Meter::default();
        assert_eq!(meter.request(&rights, START), Ok(()));
        assert_eq!(meter.request(&rights, START), Ok(()));
        assert_eq!(meter.request(&rights, START), Err(Duration::from_secs(30)));
        assert_eq!(meter.request(&rights, after(10)), Err(Duration::from_secs(20)));
        assert_eq!(meter.request(&rights, after(30)), Ok(()));
        // What was refused is not counted.
        assert_eq!(meter.take_unsaved()[0].used.requests, 3);
        assert_eq!(meter.take_unsaved(), []);
    }

    #[test]
    fn an_answer_that_was_longer_than_what_was_left_is_paid_off() {
        let rights = PortRights { tokens_per_minute: Some(60), ..PortRights::default() };
        let mut meter = Meter::default();
        assert_eq!(meter.may_read(&rights, START), Ok(()));
        meter.take(&rights, START, 119);
        assert_eq!(meter.may_read(&rights, START), Err(Duration::from_secs(60)));
        assert_eq!(meter.may_read(&rights, after(60)), Ok(()));
        meter.take(&rights, after(60), -1000);
        meter.take(&rights, after(60), 60);
        assert_eq!(meter.may_read(&rights, after(60)), Err(Duration::from_secs(1)));
    }

    #[test]
    fn the_tokens_of_a_day_begin_anew_at_midnight_of_utc() {
        let rights = PortRights { tokens_per_day: Some(100), ..PortRights::default() };
        let mut meter = Meter::with_today(day(START), 90);
        meter.take(&rights, after(3600), 10);
        let rest = Duration::from_secs(23 * 3600);
        assert_eq!(meter.may_read(&rights, after(3600)), Err(rest));
        assert_eq!(meter.may_read(&rights, after(24 * 3600)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_neither_fills_nor_locks() {
        let rights = PortRights { requests_per_minute: Some(1), ..PortRights::default() };
        let mut meter = Meter::default();
        meter.request(&rights, START).unwrap();
        assert_eq!(meter.request(&rights, after(-3600)), Err(Duration::from_secs(60)));
        assert_eq!(meter.request(&rights, after(-3540)), Ok(()));
    }
}
