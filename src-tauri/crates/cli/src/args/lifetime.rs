//! How long a key is good, as it is typed: `30d`, `12h`, or the day on which it ends.

use hearth_domain::Timestamp;
use time::{Date, OffsetDateTime, macros::format_description};

const HOUR: i64 = 3600 * 1000;

/// Until when, or how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Milliseconds from now.
    For(i64),
    /// A point in time.
    Until(Timestamp),
}

impl Lifetime {
    pub(crate) fn end(self, now: Timestamp) -> Timestamp {
        match self {
            Self::For(length) => Timestamp(now.0.saturating_add(length)),
            Self::Until(end) => end,
        }
    }
}

pub(super) fn lifetime(text: &str) -> Result<Lifetime, &'static str> {
    let form = format_description!("[year]-[month]-[day]");
    if let Ok(day) = Date::parse(text, form) {
        let end = day.midnight().assume_utc().unix_timestamp();
        return Ok(Lifetime::Until(Timestamp(end * 1000)));
    }
    let wrong = "a number with h, d or w is needed, or a day such as 2027-01-31";
    let unit = text.chars().last().ok_or(wrong)?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        _ => return Err(wrong),
    };
    let count: u16 = text.strip_suffix(unit).and_then(|it| it.parse().ok()).ok_or(wrong)?;
    if count == 0 { Err(wrong) } else { Ok(Lifetime::For(i64::from(count) * hours * HOUR)) }
}

/// The day of UTC.
pub(crate) fn day(at: Timestamp) -> String {
    let form = format_description!("[year]-[month]-[day]");
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
    at.and_then(|at| at.format(form).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_hours_days_weeks_or_a_day_in_the_calendar() {
        assert_eq!(lifetime("12h"), Ok(Lifetime::For(12 * HOUR)));
        assert_eq!(lifetime("30d"), Ok(Lifetime::For(30 * 24 * HOUR)));
        assert_eq!(lifetime("2w"), Ok(Lifetime::For(14 * 24 * HOUR)));
        let end = lifetime("1970-01-02").unwrap();
        assert_eq!(end, Lifetime::Until(Timestamp(24 * HOUR)));
        assert_eq!(day(end.end(Timestamp(0))), "1970-01-02");
    }

    #[test]
    fn what_is_no_lifetime_is_refused() {
        for wrong in ["", "0d", "-1d", "d", "30", "30m", "99999d", "2027-13-01", "tomorrow"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}
