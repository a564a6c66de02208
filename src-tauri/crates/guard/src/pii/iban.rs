//! Account numbers (ISO 13616): the length of the country, and the check of the whole.

use super::{Hit, check};
use crate::pattern::{letter_at, letter_before};

/// How many letters an account number of each country has.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// Every account number in a text.
pub(super) fn find(text: &str) -> Vec<Hit> {
    beginnings(text).into_iter().filter_map(|start| account(text, start)).collect()
}

/// Where an account number may begin.
fn beginnings(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // The digits come after the two letters of the country.
    while let Some(digit) =
        bytes.get(at + 2..).and_then(|it| it.iter().position(u8::is_ascii_digit))
    {
        at += digit;
        match beginning(&bytes[at..]) {
            Some(length) => {
                found.push(at);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Two letters for the country, two digits, and how the account goes on.
fn beginning(bytes: &[u8]) -> Option<usize> {
    let [one, two, three, four, rest @ ..] = bytes else { return None };
    let headed = one.is_ascii_alphabetic() && two.is_ascii_alphabetic();
    let checked = three.is_ascii_digit() && four.is_ascii_digit();
    let gap = usize::from(rest.first().is_some_and(|byte| matches!(byte, b' ' | b'-' | b'.')));
    let goes_on = rest.get(gap).is_some_and(u8::is_ascii_alphanumeric);
    (headed && checked && goes_on).then_some(5 + gap)
}

fn account(text: &str, start: usize) -> Option<Hit> {
    if letter_before(text, start).is_some_and(|it| it.is_ascii_alphanumeric()) {
        return None;
    }
    let country = text.get(start..start + 2)?.to_ascii_uppercase();
    let (_, length) = LENGTHS.iter().find(|(name, _)| *name == country)?;
    let (compact, end) = letters(text, start, *length)?;
    if letter_at(text, end).is_some_and(|it| it.is_ascii_alphanumeric()) {
        return None;
    }
    let turned = compact[4..].chars().chain(compact[..4].chars());
    let (rule, label) = ("pii.iban", "IBAN_CODE");
    (check::mod_97(turned) == Some(1)).then_some(Hit { start, end, rule, label, score: 0.98 })
}

/// So many letters and digits, with at most one space, dash or dot between two of them.
fn letters(text: &str, start: usize, length: usize) -> Option<(String, usize)> {
    let mut compact = String::with_capacity(length);
    let mut gap = false;
    for (at, letter) in text[start..].char_indices().take(length * 2) {
        if letter.is_ascii_alphanumeric() {
            compact.push(letter.to_ascii_uppercase());
            gap = false;
            if compact.len() == length {
                return Some((compact, start + at + 1));
            }
        } else if matches!(letter, ' ' | '-' | '.') && !gap {
            gap = true;
        } else {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::compile;

    proptest! {
        #[test]
        fn beginnings_are_those_of_a_pattern(text in "[A-Da-d0-9 .é-]{0,60}") {
            let pattern = compile(r"[A-Za-z]{2}[0-9]{2}[ \-.]?[A-Za-z0-9]");
            let matched = pattern.find_iter(&text).map(|found| found.start());
            prop_assert_eq!(beginnings(&text), matched.collect::<Vec<_>>());
        }
    }
}
