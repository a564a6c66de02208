//! Where in a text the number of a person can stand at all, so that the forms of all states are looked
//! for there and not in every text from end to end. Not the forms themselves: see `national`.

use std::ops::Range;

use super::run;
use crate::bits;

/// Digits of a form at least, and letters between two of them at most.
const DIGITS: usize = 6;
const BETWEEN: usize = 2;
/// Letters of a form before its first and after its last digit at most.
const AROUND: usize = 3;
/// Letters of the Italian number, some of which can stand for its digits.
const LETTERED: usize = 16;

/// Places in order, none of which touches another: around digits that are near each other, and long
/// words.
pub(super) fn places(text: &str, digits: &run::Digits) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let (mut first, mut last, mut count) = (0, 0, 0);
    for group in digits {
        if count == 0 || group.start - last > BETWEEN {
            (first, count) = (group.start, 0);
        }
        (last, count) = (group.end, count + group.len());
        if count >= DIGITS {
            places.push(first.saturating_sub(AROUND)..last + AROUND);
        }
    }
    // The Italian number may have letters for its digits.
    places.extend(bits::runs(text.as_bytes(), LETTERED, |byte| byte.is_ascii_alphanumeric()));
    joined(text, places)
}

/// On borders of letters, and those that touch each other as one.
fn joined(text: &str, mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_unstable_by_key(|place| place.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        let start = text.floor_char_boundary(place.start);
        let end = text.ceil_char_boundary(place.end);
        match joined.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => joined.push(start..end),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::run;

    fn found(text: &str) -> Vec<&str> {
        let places = places(text, &run::digits(text));
        places.into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn digits_near_each_other_are_a_place_with_what_may_belong_to_them() {
        assert_eq!(found("born 1999, AB 12 34 56 C, yes"), ["AB 12 34 56 C,"]);
        assert_eq!(found("in 1999 and in 2001"), [""; 0]);
        assert_eq!(found("é131052-308Té"), ["é131052-308Té"]);
    }

    #[test]
    fn a_long_word_is_a_place_without_any_digit() {
        assert_eq!(found("cf RSSMRALRTMLARSLA."), ["RSSMRALRTMLARSLA"]);
        assert_eq!(found("x123456abcdefgh123456"), ["x123456abcdefgh123456"]);
    }
}
