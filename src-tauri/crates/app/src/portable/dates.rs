//! Moments as other programs and people write them. The time zone is UTC: who reads a file knows
//! no other.

use hearth_domain::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The last moment of the year 9999, in milliseconds.
const LAST: i64 = 253_402_300_799_999;

/// A moment that is one, or nothing.
pub(super) fn plausible(moment: Timestamp) -> Option<Timestamp> {
    (0..=LAST).contains(&moment.0).then_some(moment)
}

/// Seconds since 1970, with a fraction.
pub(super) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    // Out of range saturates and is refused below; NaN is zero, which JSON cannot hold.
    #[allow(clippy::cast_possible_truncation, reason = "saturates")]
    let milliseconds = (seconds * 1000.0).round() as i64;
    plausible(Timestamp(milliseconds))
}

/// `2026-11-21T15:04:05.678+01:00`.
pub(super) fn from_text(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let milliseconds = moment.unix_timestamp_nanos() / 1_000_000;
    i64::try_from(milliseconds).ok().and_then(|ms| plausible(Timestamp(ms)))
}

/// `2026-11-21 15:04 UTC`.
pub(super) fn for_people(moment: Timestamp) -> String {
    let Some(at) = civil(moment) else { return String::new() };
    format!("{} {:02}:{:02} UTC", day(moment), at.hour(), at.minute())
}

/// `2026-11-21`.
pub(super) fn day(moment: Timestamp) -> String {
    let Some(at) = civil(moment) else { return String::new() };
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}

fn civil(moment: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(moment.0.div_euclid(1000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let moment = Timestamp(1_795_273_445_678);
        assert_eq!(from_text("2026-11-21T16:04:05.678912+01:00"), Some(moment));
        assert_eq!(from_seconds(1_795_273_445.678), Some(moment));
        assert_eq!(for_people(moment), "2026-11-21 15:04 UTC");
        assert_eq!(day(Timestamp(0)), "1970-01-01");
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "-0001-01-01T00:00:00Z"] {
            assert_eq!(from_text(text), None, "{text}");
        }
        for seconds in [1e300, -1.0, f64::INFINITY] {
            assert_eq!(from_seconds(seconds), None, "{seconds}");
        }
        assert_eq!(for_people(Timestamp(i64::MAX)), "");
    }
}
