//! What makes a number of a state right: its check digits, its dates, its ranges. The forms are in
//! `national`.

use super::check;

fn part(digits: &[u8], from: usize, to: usize) -> u64 {
    digits.get(from..to).map_or(0, check::number)
}

pub(super) fn nir(text: &str) -> bool {
    // Corsica: 2A counts as 19, 2B as 18.
    let plain = text.replace("2A", "19").replace("2B", "18");
    let digits = check::digits(&plain);
    digits.len() == 15 && 97 - part(&digits, 0, 13) % 97 == part(&digits, 13, 15)
}

pub(super) fn dni(text: &str) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let text = text.to_ascii_uppercase();
    let head = match text.as_bytes().first() {
        Some(b'Y') => 10_000_000,
        Some(b'Z') => 20_000_000,
        _ => 0,
    };
    let number = head + check::number(&check::digits(&text));
    let letter = usize::try_from(number % 23).ok().and_then(|at| LETTERS.get(at));
    letter.is_some_and(|letter| text.as_bytes().last() == Some(letter))
}

/// One digit stands two or three times among the first ten, and no other does so.
pub(super) fn german_tax(text: &str) -> bool {
    let digits = check::digits(text);
    let counts: Vec<usize> =
        (0..10).map(|digit| digits.iter().take(10).filter(|it| **it == digit).count()).collect();
    let repeated = counts.iter().filter(|count| **count > 1).count();
    digits.len() == 11
        && repeated == 1
        && counts.iter().all(|count| *count <= 3)
        && check::mod_11_10(&digits)
}

pub(super) fn cpf(text: &str) -> bool {
    let digits = check::digits(text);
    let Some(first) = digits.first() else { return false };
    let digit = |from: u32, until: usize| {
        let weights: Vec<u32> = (2..=from).rev().collect();
        let rest = check::weighted(&digits[..until.min(digits.len())], &weights) * 10 % 11;
        u64::from(rest % 10)
    };
    digits.len() == 11
        && digits.iter().any(|it| it != first)
        && digit(10, 9) == part(&digits, 9, 10)
        && digit(11, 10) == part(&digits, 10, 11)
}

pub(super) fn nino(text: &str) -> bool {
    let head = text.get(..2).unwrap_or_default().to_ascii_uppercase();
    !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&head.as_str())
}

pub(super) fn nhs(text: &str) -> bool {
    let digits = check::digits(text);
    let rest = 11 - check::weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    digits.len() == 10 && rest != 10 && u64::from(rest % 11) == part(&digits, 9, 10)
}

pub(super) fn codice_fiscale(text: &str) -> bool {
    const ODD: [u32; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
        6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    let values: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(36)).collect();
    let Some((check, body)) = values.split_last() else { return false };
    let even = |value: u32| if value > 9 { value - 10 } else { value };
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let odd = ODD.get(*value as usize).copied().unwrap_or(0);
            if at % 2 == 0 { odd } else { even(*value) }
        })
        .sum();
    body.len() == 15 && sum % 26 + 10 == *check
}

pub(super) fn pesel(text: &str) -> bool {
    let digits = check::digits(text);
    let sum = check::weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    digits.len() == 11
        && sum.is_multiple_of(10)
        && check::is_day(part(&digits, 4, 6), part(&digits, 2, 4) % 20)
}

pub(super) fn bsn(text: &str) -> bool {
    let digits = check::digits(text);
    let sum = check::weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    let last = digits.last().map_or(0, |digit| u32::from(*digit));
    digits.len() == 9 && check::number(&digits) > 0 && (sum + 10 * last).is_multiple_of(11)
}

pub(super) fn ahv(text: &str) -> bool {
    let digits = check::digits(text);
    let sum = check::weighted(&digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    digits.len() == 13 && sum.is_multiple_of(10)
}

/// Born in this century: a two before the nine digits.
pub(super) fn belgian(text: &str) -> bool {
    let digits = check::digits(text);
    let (body, check) = (part(&digits, 0, 9), part(&digits, 9, 11));
    digits.len() == 11 && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

pub(super) fn personnummer(text: &str) -> bool {
    let digits = check::digits(text);
    let digits = digits.get(digits.len().saturating_sub(10)..).unwrap_or_default();
    let day = part(digits, 4, 6);
    let day = if day > 60 { day - 60 } else { day };
    digits.len() == 10 && check::luhn(digits) && check::is_day(day, part(digits, 2, 4))
}

pub(super) fn fodselsnummer(text: &str) -> bool {
    let digits = check::digits(text);
    let first = check::weighted(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = check::weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    digits.len() == 11 && first.is_multiple_of(11) && second.is_multiple_of(11)
}

pub(super) fn cpr(text: &str) -> bool {
    let digits = check::digits(text);
    digits.len() == 10 && check::is_day(part(&digits, 0, 2), part(&digits, 2, 4))
}

pub(super) fn hetu(text: &str) -> bool {
    const LETTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let upper = text.to_ascii_uppercase();
    let (Some(date), Some(rest)) = (upper.get(..6), upper.get(7..10)) else { return false };
    let mut digits = check::digits(date);
    let day = check::is_day(part(&digits, 0, 2), part(&digits, 2, 4));
    digits.extend(check::digits(rest));
    let letter = usize::try_from(check::number(&digits) % 31).ok().and_then(|at| LETTERS.get(at));
    day && digits.len() == 9 && letter.is_some_and(|letter| upper.as_bytes().last() == Some(letter))
}

pub(super) fn pps(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let value = |letter: u8| u32::from(letter.saturating_sub(b'A') + 1);
    let bytes = upper.as_bytes();
    let second = bytes.get(8).map_or(0, |letter| if *letter == b'W' { 0 } else { value(*letter) });
    let sum = check::weighted(&check::digits(&upper), &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    bytes.get(7).is_some_and(|letter| value(*letter) % 23 == sum % 23)
}

pub(super) fn nif(text: &str) -> bool {
    let digits = check::digits(text);
    let rest = check::weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    digits.len() == 9 && u64::from(check) == part(&digits, 8, 9)
}

pub(super) fn aadhaar(text: &str) -> bool {
    check::verhoeff(&check::digits(text))
}

pub(super) fn chinese(text: &str) -> bool {
    const LETTERS: &[u8; 11] = b"10X98765432";
    let digits = check::digits(text.get(..17).unwrap_or_default());
    let sum = check::weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let letter = LETTERS.get((sum % 11) as usize);
    let last = text.as_bytes().last().map(u8::to_ascii_uppercase);
    check::is_day(part(&digits, 12, 14), part(&digits, 10, 12)) && last.as_ref() == letter
}

pub(super) fn korean(text: &str) -> bool {
    let digits = check::digits(text);
    let sum = check::weighted(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    check::is_day(part(&digits, 4, 6), part(&digits, 2, 4))
        && u64::from((11 - sum % 11) % 10) == part(&digits, 12, 13)
}

pub(super) fn turkish(text: &str) -> bool {
    let digits = check::digits(text);
    if digits.len() != 11 {
        return false;
    }
    let sum = |from: usize, step: usize, to: usize| -> i64 {
        digits.iter().take(to).skip(from).step_by(step).map(|it| i64::from(*it)).sum()
    };
    let tenth = (sum(0, 2, 9) * 7 - sum(1, 2, 8)).rem_euclid(10);
    let last = sum(0, 1, 10) % 10;
    tenth == i64::from(digits[9]) && last == i64::from(digits[10])
}

pub(super) fn luhn(text: &str) -> bool {
    check::luhn(&check::digits(text))
}

pub(super) fn tfn(text: &str) -> bool {
    let digits = check::digits(text);
    digits.len() == 9 && check::weighted(&digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{national::National, run},
        *,
    };

    /// The body, with the check that makes it right; and no other check does.
    fn only(check: fn(&str) -> bool, body: &str, checks: &[&str]) {
        let right = checks.iter().filter(|it| check(&format!("{body}{it}"))).count();
        assert_eq!(right, 1, "{body}");
    }

    #[test]
    fn of_all_check_digits_one_is_right() {
        let digits: Vec<String> = (0..10).map(|it| it.to_string()).collect();
        let digits: Vec<&str> = digits.iter().map(String::as_str).collect();
        let pairs: Vec<String> = (0..100).map(|it| format!("{it:02}")).collect();
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        let letters: Vec<String> = ('A'..='Z').map(|it| it.to_string()).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        only(nir, "1850578006084", &pairs);
        only(dni, "12345678", &letters);
        only(cpf, "529982247", &pairs);
        only(codice_fiscale, "RSSMRA85T10A562", &letters);
        only(pesel, "4405140145", &digits);
        only(ahv, "756921776998", &digits);
        only(personnummer, "811218987", &digits);
        only(pps, "1234567", &letters[..23]);
        only(nif, "12345678", &digits);
        only(aadhaar, "23412341234", &digits);
        only(korean, "900101123456", &digits);
        only(turkish, "100000001", &pairs);
        only(luhn, "04645428", &digits);
        // One for each century.
        let belgians = pairs.iter().filter(|it| belgian(&format!("850730033{it}"))).count();
        assert_eq!(belgians, 2);
    }

    #[test]
    fn plain_digits_are_a_persons_number_only_where_the_text_says_so() {
        let national = National::new();
        let found = |text: &str| national.find(text, &run::digits(text));
        let right = (0..10).map(|it| format!("4405140145{it}")).find(|it| pesel(it)).unwrap();
        assert_eq!(found(&format!("PESEL: {right}")).len(), 1);
        assert_eq!(found(&format!("parcel {right}")).len(), 0);
    }
}
