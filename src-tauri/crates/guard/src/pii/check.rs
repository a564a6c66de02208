//! Check digits, each as its standard says. Digits are values 0 to 9, not letters.

/// The digits among these letters.
pub(super) fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
}

/// The number that these digits write; longer than 19 digits wraps, which no caller asks for.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0_u64, |sum, digit| sum.wrapping_mul(10).wrapping_add(u64::from(*digit)))
}

/// Luhn's: cards, the Swedish and the Canadian number.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let doubled = u32::from(*digit) * if at % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// The sum of digits times weights.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// ISO 7064 mod 97, over letters and digits, as account numbers use it.
pub(super) fn mod_97(letters: impl Iterator<Item = char>) -> Option<u32> {
    letters.into_iter().try_fold(0_u32, |rest, letter| {
        let value = letter.to_digit(36)?;
        Some(if value > 9 { (rest * 100 + value) % 97 } else { (rest * 10 + value) % 97 })
    })
}

/// ISO 7064 mod 11,10, as the German tax number uses it.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10_u32, |product, digit| {
        let sum = (product + u32::from(*digit)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(*check)
}

/// Verhoeff's, as the Indian number uses it: the dihedral group of order ten.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const TURN: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a - 5 + 5 - (b - 5)) % 5,
    };
    let turned = |digit: u8, times: usize| {
        (0..times % 8).fold(digit, |digit, _| TURN.get(usize::from(digit)).copied().unwrap_or(0))
    };
    digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| product(sum, turned(*digit, at)))
        == 0
}

/// Whether day and month can be a date.
pub(super) fn is_day(day: u64, month: u64) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_tells_a_number_from_its_neighbours() {
        assert!(luhn(&digits("79927398713")));
        for wrong in 0..10_u8 {
            let mut number = digits("7992739871");
            number.push(wrong);
            assert_eq!(luhn(&number), wrong == 3);
        }
    }

    #[test]
    fn verhoeff_finds_every_single_wrong_digit() {
        let right = digits("2363");
        assert!(verhoeff(&right));
        for at in 0..right.len() {
            for digit in 0..10 {
                let mut changed = right.clone();
                changed[at] = digit;
                assert_eq!(verhoeff(&changed), changed == right);
            }
        }
    }

    #[test]
    fn mod_97_reads_letters_as_two_digits() {
        assert_eq!(mod_97("A".chars()), Some(10));
        assert_eq!(mod_97("10".chars()), Some(10));
        assert_eq!(mod_97("!".chars()), None);
    }
}
