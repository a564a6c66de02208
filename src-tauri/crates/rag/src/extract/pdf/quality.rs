//! The test for bad text: whether what a reader made of a page is text, or what comes out where a font
//! has no table of meanings. The thresholds are those of the readers' comparison (decision 0027).

/// What a text is made of.
#[derive(Clone, Copy, Debug, Default)]
struct Census {
    signs: usize,
    /// U+FFFD, private use, controls.
    unknown: usize,
    words: usize,
    letters: usize,
    in_long_words: usize,
    one_letter_words: usize,
}

/// Letters in a word that nobody writes.
const LONG: usize = 25;

fn census(text: &str) -> Census {
    let mut census = Census::default();
    let mut length = 0;
    for letter in text.chars().chain(std::iter::once(' ')) {
        if !letter.is_whitespace() {
            census.signs += 1;
            census.unknown += usize::from(is_unknown(letter));
        }
        // Scripts without spaces: each sign is a word of its own, neither long nor short.
        if letter.is_alphanumeric() && !is_ideographic(letter) {
            length += 1;
            continue;
        }
        if length > 0 {
            census.words += 1;
            census.letters += length;
            census.in_long_words += if length >= LONG { length } else { 0 };
            census.one_letter_words += usize::from(length == 1);
            length = 0;
        }
    }
    census
}

pub(super) fn is_unknown(letter: char) -> bool {
    letter == char::REPLACEMENT_CHARACTER
        || matches!(letter as u32, 0xe000..=0xf8ff | 0xf_0000..=0x10_fffd)
        || (letter.is_control() && !letter.is_whitespace())
}

fn is_ideographic(letter: char) -> bool {
    matches!(letter as u32, 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Whether a text is not what the page says.
pub(super) fn is_bad(text: &str) -> bool {
    let census = census(text);
    let words = census.words.max(1);
    let enough = census.words >= 12;
    census.signs == 0
        || census.unknown * 20 > census.signs
        || (enough && census.letters > 10 * words)
        || (enough && census.in_long_words * 100 > 15 * census.letters)
        || (enough && census.one_letter_words * 2 > words)
}

/// How good a text is, to choose between readers: the more known letters the better.
pub(super) fn score(text: &str) -> i64 {
    let census = census(text);
    let good = census.signs.saturating_sub(census.unknown * 4);
    let good = i64::try_from(good).unwrap_or(i64::MAX / 4);
    if is_bad(text) { good / 4 } else { good }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_script_is_good() {
        for good in [
            "The tide tables of the harbour are printed in March, and again in October each year.",
            "潮汐表每年三月印刷一次，十月再印刷一次，供港口使用。",
            "تُطبع جداول المد والجزر للميناء في شهر مارس من كل عام ثم مرة أخرى في أكتوبر",
            "Die Gezeitentafeln des Hafens werden im März gedruckt, und im Oktober noch einmal für alle.",
            "7",
        ] {
            assert!(!is_bad(good), "{good}");
        }
    }

    #[test]
    fn what_fonts_without_meanings_leave_is_bad() {
        let glued = "thetidetablesoftheharbourareprintedinmarchandagaininoctober ".repeat(13);
        let spaced = "t h e t i d e t a b l e s o f t h e h a r b o u r";
        let lost = "t\u{fffd}e ti\u{fffd}e ta\u{fffd}les";
        let private = "\u{e001}\u{e002} \u{e003}";
        for bad in ["", "  ", glued.as_str(), spaced, lost, private] {
            assert!(is_bad(bad), "{bad}");
        }
    }

    #[test]
    fn of_two_readings_the_one_with_more_known_letters_is_better() {
        assert!(score("a whole sentence") > score("a whole"));
        assert!(
            score("a whole sentence")
                > score("a \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} sentence")
        );
    }
}
