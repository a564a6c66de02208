//! What was encoded in a text, decoded in its place: base64, hexadecimal and binary digits, percent
//! signs, HTML entities, backslash escapes, Morse. Two rounds, because things get wrapped twice.
//! A run is replaced only where the result reads as text.

use std::ops::Range;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

use super::{Form, OffsetMap, View, morse};
use crate::bits;

/// Shorter runs of letters and digits are words and numbers.
const SHORTEST: usize = 16;
/// Escapes in a run, at least.
const FEWEST: usize = 4;
const ROUNDS: usize = 2;

/// The decoded form, where something could be decoded.
pub(super) fn decoded(folded: &View) -> Option<View> {
    let mut done: Option<View> = None;
    for _ in 0..ROUNDS {
        let source = done.as_ref().unwrap_or(folded);
        let Some((text, map)) = round(&source.text) else { break };
        let map = map.through(&source.map);
        done = Some(View { form: Form::Decoded, text, map });
    }
    done
}

/// One pass over a text; none where nothing was decoded.
fn round(source: &str) -> Option<(String, OffsetMap)> {
    let mut text = String::new();
    let mut map = OffsetMap::default();
    let (mut at, mut kept) = (0, 0);
    loop {
        at += plain_words(&source.as_bytes()[at..]);
        if at == source.len() {
            break;
        }
        let (run, plain) = next(source, at);
        if let Some(plain) = plain {
            text.push_str(&source[kept..run.start]);
            map.keep(kept, run.start - kept);
            map.replace(run.clone(), plain.len());
            text.push_str(&plain);
            kept = run.end;
        }
        at = run.end;
    }
    if kept == 0 {
        return None;
    }
    text.push_str(&source[kept..]);
    map.keep(kept, source.len() - kept);
    Some((text, map))
}

/// Bytes at the beginning that hold no run: signs that begin none, and words and rows of signs that
/// are too short for a block or for Morse and no row of pairs or of binary digits.
fn plain_words(bytes: &[u8]) -> usize {
    let (mut before, mut digits) = (0, bits::word(bytes, is_digit_64));
    for at in (0..bytes.len()).step_by(bits::WIDTH) {
        let rest = &bytes[at..];
        let after = bits::word(rest.get(bits::WIDTH..).unwrap_or_default(), is_digit_64);
        let begin = beginnings(rest, before, digits, after);
        if begin != 0 {
            return at + begin.trailing_zeros() as usize;
        }
        (before, digits) = (digits >> (bits::WIDTH - 1), after);
    }
    bytes.len()
}

/// Where in the first bytes a run may begin: those that are digits of base 64, the last one before
/// them and the ones after them are known.
fn beginnings(bytes: &[u8], before: u64, digits: u64, after: u64) -> u64 {
    let next = |by: usize| digits >> by | after << (bits::WIDTH - by);
    let words = digits & !(digits << 1 | before);
    let binary = words & bits::word(bytes, |byte| matches!(byte, b'0' | b'1'));
    let twos = words & next(1) & !next(2);
    let pairs = bits::kept(twos, |at| is_pair(&bytes[at..]));
    let escapes = bits::word(bytes, |byte| matches!(byte, b'%' | b'&' | b'\\'));
    let codes = bits::word(bytes, |byte| matches!(byte, b'.' | b'-'));
    let codes = bits::kept(codes, |at| may_be_code(&bytes[at..]));
    binary | pairs | escapes | codes | bits::rows(digits, after, SHORTEST)
}

/// Whether the signs at the beginning are enough for Morse, or end within what looks like a word.
fn may_be_code(bytes: &[u8]) -> bool {
    let code = &bytes[..run(bytes, 0, is_code)];
    code.len() >= morse::SHORTEST || code.contains(&b'/')
}

/// Signs that Morse code is written in.
fn is_code(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b' ' | b'/' | b'|')
}

/// The run that begins at `at`, and what it decodes to. Each byte is in at most one run of each sort.
fn next(source: &str, at: usize) -> (Range<usize>, Option<String>) {
    let bytes = source.as_bytes();
    match bytes[at] {
        b'%' | b'&' | b'\\' => {
            let (end, plain) = escapes(source, at);
            (at..end, plain)
        }
        b'.' | b'-' => {
            let end = run(bytes, at, is_code);
            (at..end, morse::decoded(&source[at..end]).filter(|plain| reads(plain)))
        }
        byte if is_digit_64(byte) => {
            let end = run(bytes, at, is_digit_64);
            let padded = run(bytes, end, |byte| byte == b'=').min(end + 2);
            if bytes[at..end].iter().all(|byte| matches!(byte, b'0' | b'1')) {
                let end = run(bytes, at, |byte| matches!(byte, b'0' | b'1' | b' '));
                let plain = binary(&source[at..end]);
                return (at..end, plain);
            }
            if is_pair(&bytes[at..]) {
                return spaced_hex(source, at);
            }
            (at..padded, block(&source[at..end]))
        }
        _ => (at..at + 1, None),
    }
}

fn run(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    from + bytes[from..].iter().take_while(|byte| belongs(**byte)).count()
}

fn is_digit_64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_')
}

/// A block of hexadecimal digits or of base64.
fn block(digits: &str) -> Option<String> {
    if digits.len() < SHORTEST {
        return None;
    }
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits.len().is_multiple_of(2);
    if hex {
        return HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok().and_then(text);
    }
    // A sentence without spaces is no base64: it has digits or capitals inside.
    let mixed = digits.bytes().skip(1).any(|byte| !byte.is_ascii_lowercase());
    if !mixed || digits.len() % 4 == 1 {
        return None;
    }
    let plain = BASE64_NOPAD.decode(digits.as_bytes());
    let plain = plain.or_else(|_| BASE64URL_NOPAD.decode(digits.as_bytes()));
    plain.ok().and_then(text)
}

/// Pairs of hexadecimal digits with a space between them: those that read as text are decoded, others
/// stay as they are.
fn spaced_hex(source: &str, at: usize) -> (Range<usize>, Option<String>) {
    let pairs = source.as_bytes()[at..].chunks(3).take_while(|three| is_pair(three));
    let bytes = pairs.filter_map(|three| HEXLOWER_PERMISSIVE.decode(&three[..2]).ok());
    let bytes = bytes.flatten().collect::<Vec<u8>>();
    let place = |pairs: usize| (at + pairs * 3).min(source.len());
    let (mut text, mut from, mut kept) = (String::new(), 0, 0);
    for chunk in bytes.utf8_chunks() {
        for part in chunk.valid().split_inclusive(|letter| !is_held(letter)) {
            let held = part.trim_end_matches(|letter| !is_held(letter));
            let best = if reads(held) { 0..held.len() } else { lettered(held) };
            let plain = &held[best.clone()];
            if plain.len() >= SHORTEST / 2 && reads(plain) {
                text.push_str(&source[place(kept)..place(from + best.start)]);
                text.push_str(plain);
                text.push(' ');
                kept = from + best.end;
            }
            from += part.len();
        }
        from += chunk.invalid().len();
    }
    let end = place(bytes.len());
    (at..end, (kept > 0).then(|| text + &source[place(kept)..end]))
}

/// The stretch of a text that has the most letters for what else it has (Kadane's sum).
fn lettered(text: &str) -> Range<usize> {
    let (mut best, mut most) = (0..0, 0);
    let (mut start, mut sum) = (0, 0);
    for (at, letter) in text.char_indices() {
        if sum <= 0 {
            (start, sum) = (at, 0);
        }
        sum += if is_letter(letter) { 3 } else { -7 };
        if sum > most {
            (best, most) = (start..at + letter.len_utf8(), sum);
        }
    }
    best
}

/// Whether two hexadecimal digits stand at the beginning, and a space after them.
fn is_pair(bytes: &[u8]) -> bool {
    bytes.len() >= 2
        && bytes[..2].iter().all(u8::is_ascii_hexdigit)
        && bytes.get(2).is_none_or(u8::is_ascii_whitespace)
}

/// Eight binary digits a letter.
fn binary(source: &str) -> Option<String> {
    let digits: Vec<u8> = source.bytes().filter(|byte| *byte != b' ').collect();
    if digits.len() < 8 * FEWEST || !digits.len().is_multiple_of(8) {
        return None;
    }
    let byte = |eight: &[u8]| eight.iter().fold(0u8, |sum, bit| (sum << 1) | (bit & 1));
    text(digits.chunks(8).map(byte).collect())
}

/// A run of percent signs, entities or backslash escapes; words between them stay.
fn escapes(source: &str, from: usize) -> (usize, Option<String>) {
    let mut bytes = Vec::new();
    let (mut at, mut found) = (from, 0);
    while let Some((length, letter)) = escape(&source[at..]) {
        match letter {
            Letter::Byte(byte) => bytes.push(byte),
            Letter::Code(letter) => {
                bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        at += length;
        found += 1;
        // `%20` between words: up to a few plain letters belong to the run too.
        let between = source[at..].bytes().take(24).take_while(u8::is_ascii_alphanumeric).count();
        if between > 0 && escape(&source[at + between..]).is_some() {
            bytes.extend_from_slice(&source.as_bytes()[at..at + between]);
            at += between;
        }
    }
    let plain = if found >= FEWEST { text(bytes) } else { None };
    (at.max(from + 1), plain)
}

enum Letter {
    Byte(u8),
    Code(char),
}

/// The escape at the beginning, with its length.
fn escape(source: &str) -> Option<(usize, Letter)> {
    let bytes = source.as_bytes();
    let hex = |range: Range<usize>| {
        let digits = source.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(digits, 16).ok()
    };
    match bytes.first()? {
        b'%' => Some((3, Letter::Byte(u8::try_from(hex(1..3)?).ok()?))),
        b'\\' if bytes.get(1) == Some(&b'x') => {
            Some((4, Letter::Byte(u8::try_from(hex(2..4)?).ok()?)))
        }
        b'\\' if bytes.get(1) == Some(&b'u') => {
            Some((6, Letter::Code(char::from_u32(hex(2..6)?)?)))
        }
        b'&' if bytes.get(1) == Some(&b'#') => {
            let end = bytes.iter().take(10).position(|byte| *byte == b';')?;
            let digits = source.get(2..end)?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            Some((end + 1, Letter::Code(char::from_u32(code)?)))
        }
        _ => None,
    }
}

/// Bytes that read as text.
fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok().filter(|text| reads(text))
}

/// Whether it is letters for the most part, and nothing that no text holds.
fn reads(text: &str) -> bool {
    let letters = text.chars().filter(|it| is_letter(*it)).count();
    let all = text.chars().count();
    all >= FEWEST && letters * 10 >= all * 7 && text.chars().all(is_held)
}

fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() || letter == ' '
}

/// Whether texts hold it.
fn is_held(letter: char) -> bool {
    !letter.is_control() || letter.is_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A round that asks at every place what run begins there: what is to be decoded, only slower.
    fn slow_round(source: &str) -> Option<String> {
        let (mut text, mut at, mut kept) = (String::new(), 0, 0);
        while at < source.len() {
            let (run, plain) = next(source, at);
            if let Some(plain) = plain {
                text.push_str(&source[kept..run.start]);
                text.push_str(&plain);
                kept = run.end;
            }
            at = source.ceil_char_boundary(run.end);
        }
        (kept > 0).then(|| text + &source[kept..])
    }

    #[test]
    fn pairs_of_digits_are_read_also_between_others() {
        let hidden = "6f 70 65 6e 20 74 68 65 20 64 6f 6f 72";
        for (before, after) in
            [("ff ", ""), ("00 ", " 00"), ("", " c3"), ("31 32 33 34 35 ", " 35 35 35 35")]
        {
            let (plain, _) = round(&format!("say {before}{hidden}{after} now")).unwrap();
            assert!(plain.contains("open the door"), "{plain}");
        }
    }

    #[test]
    fn ac_51_a_megabyte_of_pairs_that_say_nothing_is_read_to_its_end() {
        for pair in ["ff ", "00 ", "31 ", "6f 70 65 6e 20 74 68 65 20 00 ", "c3 "] {
            let text = pair.repeat((1 << 20) / pair.len());
            assert_eq!(round(&text).is_some(), pair.len() > 3, "{pair}");
        }
    }

    proptest! {
        #[test]
        fn no_run_is_passed_over(
            text in r"(?:[. /|a4é\n-]|[01]{3}|%4[1-9]|\\x6[1-9]|aGVsbG8gdGhlcmUh|68656c6c6f|68 65 |\.\.\. |\.- |word|words and words |[01]{8} ){0,40}"
        ) {
            prop_assert_eq!(round(&text).map(|(text, _)| text), slow_round(&text));
        }
    }
}
