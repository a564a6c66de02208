//! The social security number of the United States: areas, groups and serials that were given out.
//! Written as 3-2-4 it stands for itself; as nine digits only where the text speaks of it.

use super::{Hit, check, run, run::Run};
use crate::pattern::{Words, after, before, letter_at, letter_before};

#[derive(Debug)]
pub(super) struct Ssn {
    positive: Words,
    negative: Words,
}

impl Ssn {
    pub(super) fn new() -> Self {
        Self {
            positive: Words::new(
                "ssns?|ssn[ _-]?(?:no|number|num)|social[ _-]?sec(?:urity)?|soc[ .]?sec|ss ?#|ss ?no|taxpayer|itin|tin",
                "社会保障|社保号",
            ),
            negative: Words::new(
                "part|cas|model|invalid|serial|order|invoice|item|sku|article|ticket|version|tracking|range|\
                 isbn|room|torque|score|random|not an? ssn|fake|bytes|din|iso",
                "",
            ),
        }
    }

    pub(super) fn find(&self, text: &str, digits: &run::Digits) -> Vec<Hit> {
        let runs = run::runs(text, digits, (b"-. /", 3), 9);
        runs.into_iter().filter_map(|run| self.ssn(text, &run)).collect()
    }

    fn ssn(&self, text: &str, run: &Run) -> Option<Hit> {
        let digits = run.digits(text);
        let glued = letter_before(text, run.start).is_some_and(|it| {
            it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.' | '+' | '*')
        });
        let follows = letter_at(text, run.end)
            .is_some_and(|it| it.is_ascii_alphanumeric() || it == '_')
            || suffixed(after(text, run.end, 3));
        if digits.len() != 9 || glued || follows || !given_out(&digits) {
            return None;
        }
        let window = before(text, run.start, 48);
        let positive = self.positive.stand_in(window);
        if !positive && self.negative.stand_in(window) {
            return None;
        }
        let score = match run.shape().as_slice() {
            [3, 2, 4] if run.only(text, b'-') => 0.9,
            [3, 2, 4] if positive => 0.95,
            [3, 2, 4] if run.only(text, b' ') || run.only(text, b'.') => 0.6,
            [9] | [3, 3, 3] if positive => 0.9,
            shape if positive && shape.iter().all(|length| *length == 1) => 0.9,
            _ => return None,
        };
        let (rule, label) = ("pii.us_ssn", "US_SSN");
        Some(Hit { start: run.start, end: run.end, rule, label, score })
    }
}

/// A number of a part goes on: `123-45-6789-C`.
fn suffixed(next: &str) -> bool {
    let mut letters = next.chars();
    letters.next() == Some('-')
        && letters.next().is_some_and(char::is_alphanumeric)
        && !letters.next().is_some_and(char::is_alphabetic)
}

fn given_out(digits: &[u8]) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).map_or(0, check::number);
    let (area, group, serial) = (part(0, 3), part(3, 5), part(5, 9));
    !matches!(area, 0 | 666 | 900..)
        && group != 0
        && serial != 0
        && check::number(digits) != 123_456_789
}
