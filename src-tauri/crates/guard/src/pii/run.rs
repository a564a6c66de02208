//! Runs of digits with what people put between them. The raw material of cards, phones and numbers
//! of people; nothing is judged here.

use std::ops::{Range, RangeInclusive};

use crate::bits;

/// A run of digits in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Groups of digits as they are written: place and length.
    pub(super) groups: Vec<(usize, usize)>,
}

impl Run {
    /// How many digits.
    pub(super) fn count(&self) -> usize {
        self.groups.iter().map(|(_, length)| length).sum()
    }

    /// The digits alone, as values.
    pub(super) fn digits(&self, text: &str) -> Vec<u8> {
        super::check::digits(text.get(self.start..self.end).unwrap_or_default())
    }

    /// How long each group is.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.groups.iter().map(|(_, length)| *length).collect()
    }

    /// The run without its last group, and without what stood before that.
    pub(super) fn shorter(&self) -> Option<Self> {
        let (_, groups) = self.groups.split_last()?;
        let (at, length) = groups.last()?;
        Some(Self { start: self.start, end: at + length, groups: groups.to_vec() })
    }

    /// Whether nothing but this separator stands between the groups.
    pub(super) fn only(&self, text: &str, separator: u8) -> bool {
        text.as_bytes()
            .get(self.start..self.end)
            .is_some_and(|bytes| bytes.iter().all(|it| it.is_ascii_digit() || *it == separator))
    }
}

/// Where digits stand next to each other, in order.
pub(super) type Digits = [Range<usize>];

/// Those of a text.
pub(super) fn digits(text: &str) -> Vec<Range<usize>> {
    bits::runs(text.as_bytes(), 1, |byte| byte.is_ascii_digit()).collect()
}

/// Runs of at least `least` digits, joined by at most `gap` of these separators. A run has at most
/// forty digits: what is longer is no number of anybody, and is cut.
pub(super) fn runs(
    text: &str,
    digits: &Digits,
    (separators, gap): (&[u8], usize),
    least: usize,
) -> Vec<Run> {
    let joins = |one: &Range<usize>, other: &Range<usize>| {
        let between = &text.as_bytes()[one.end..other.start];
        between.len() <= gap && between.iter().all(|byte| separators.contains(byte))
    };
    let mut found = Vec::new();
    let mut rest = digits;
    while let Some(first) = rest.first() {
        let (mut groups, mut count) = (1, first.len());
        while count < 40 && groups < rest.len() && joins(&rest[groups - 1], &rest[groups]) {
            count += rest[groups].len();
            groups += 1;
        }
        let (run, others) = rest.split_at(groups);
        rest = others;
        if count >= least {
            let groups = run.iter().map(|group| (group.start, group.len())).collect();
            found.push(Run { start: first.start, end: run[run.len() - 1].end, groups });
        }
    }
    found
}

/// Digits that may be a telephone number.
const DIGITS: RangeInclusive<usize> = 5..=25;

/// The next digits from `from` on that stand together, at most three signs between two of them, with
/// the plus or the bracket before them.
pub(super) fn spaced(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let first = at + bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let end = digits_end(bytes, first);
        if bytes[first..end].iter().filter(|it| it.is_ascii_digit()).count() >= *DIGITS.start() {
            let before = &bytes[from..first];
            let prefix = ["+ ", "(+", "+", "("].iter().find(|it| before.ends_with(it.as_bytes()));
            return Some(first - prefix.map_or(0, |it| it.len())..end);
        }
        at = end;
    }
}

/// The end of the digits that begin at `first`.
fn digits_end(bytes: &[u8], first: usize) -> usize {
    let mut end = first + 1;
    for _ in 1..*DIGITS.end() {
        let sign = |byte: &&u8| b" .-/()".contains(byte);
        let gap = bytes[end..].iter().take(4).take_while(sign).count();
        if gap > 3 || !bytes.get(end + gap).is_some_and(u8::is_ascii_digit) {
            break;
        }
        end += gap + 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::compile;

    proptest! {
        #[test]
        fn digits_are_counted_as_a_pattern_would(text in "[0-9+() ./a-]{0,60}") {
            let pattern = compile(r"(?:\+ ?|\(\+?)?[0-9](?:[ .\-/()]{0,3}[0-9]){4,24}");
            let counted = std::iter::successors(spaced(&text, 0), |last| spaced(&text, last.end));
            let matched = pattern.find_iter(&text).map(|found| found.range());
            prop_assert_eq!(counted.collect::<Vec<_>>(), matched.collect::<Vec<_>>());
        }
    }

    #[test]
    fn digits_with_signs_between_them_begin_with_their_plus_or_bracket() {
        let next = |text: &'static str, from: usize| spaced(text, from).map(|it| &text[it]);
        assert_eq!(next("7 or (+49) 30-123 456.", 0), Some("(+49) 30-123 456"));
        assert_eq!(next("(+ 49 30 123", 0), Some("+ 49 30 123"));
        assert_eq!(next("12 34    567", 0), None);
        assert_eq!(next("+12345", 1), Some("12345"));
    }

    #[test]
    fn a_run_knows_its_groups_and_can_lose_the_last() {
        let text = "x 12 345-6 y";
        let found = runs(text, &digits(text), (b" -", 1), 4);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].shape(), [2, 3, 1]);
        let shorter = found[0].shorter().unwrap();
        assert_eq!(&text[shorter.start..shorter.end], "12 345");
        assert_eq!(shorter.shorter().unwrap().shorter(), None);
    }
}
