//! From bytes to text, whatever the encoding: the byte order mark, then UTF-8, then wide encodings
//! without a mark, then what the web page says, then a guess from the letters.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Refusal;

/// An encoding of more than one byte a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    Utf16(&'static Encoding),
    Utf32 { big: bool },
}

/// Bytes looked at to tell UTF-16 without a mark.
const SAMPLE: usize = 4096;

/// The wide encoding of a text: by its mark, or by zero bytes in every second place.
pub(super) fn wide(bytes: &[u8]) -> Option<Wide> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return Some(Wide::Utf32 { big: false }),
        [0, 0, 0xfe, 0xff, ..] => return Some(Wide::Utf32 { big: true }),
        [0xff, 0xfe, ..] => return Some(Wide::Utf16(UTF_16LE)),
        [0xfe, 0xff, ..] => return Some(Wide::Utf16(UTF_16BE)),
        _ => {}
    }
    let sample = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    if half < 4 {
        return None;
    }
    if odd * 10 > half * 7 && even * 50 < half {
        Some(Wide::Utf16(UTF_16LE))
    } else if even * 10 > half * 7 && odd * 50 < half {
        Some(Wide::Utf16(UTF_16BE))
    } else {
        None
    }
}

/// Decodes a text file. A byte order mark is no text.
///
/// # Errors
/// [`Refusal::Empty`] where nothing is in it.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let text = match wide(bytes) {
        Some(Wide::Utf16(encoding)) => encoding.decode(bytes).0.into_owned(),
        Some(Wide::Utf32 { big }) => utf32(bytes, big),
        None => narrow(bytes, None),
    };
    if text.trim().is_empty() { Err(Refusal::Empty) } else { Ok(text) }
}

/// Decodes a web page or a part of one, which may say its encoding.
pub(super) fn decode_page(bytes: &[u8]) -> String {
    match wide(bytes) {
        Some(Wide::Utf16(encoding)) => encoding.decode(bytes).0.into_owned(),
        Some(Wide::Utf32 { big }) => utf32(bytes, big),
        None => narrow(bytes, declared(bytes)),
    }
}

/// Decodes bytes of one-byte and mixed encodings.
fn narrow(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    if is_damaged_utf8(bytes) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let encoding = declared.filter(|it| *it != UTF_8).unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-8 with a few bytes that are none: more whole letters beyond ASCII than broken ones, which no
/// other encoding looks like.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole >= broken && whole > 0
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The encoding that a page names in its first kilobyte.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024)).unwrap_or_default());
    let lower = start.to_ascii_lowercase();
    let after = lower.split_once("charset=").or_else(|| lower.split_once("encoding="))?.1;
    let name: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | ':'))
        .collect();
    Encoding::for_label(name.as_bytes())
}

fn utf32(bytes: &[u8], big: bool) -> String {
    let units = bytes.chunks_exact(4).skip(1).map(|unit| {
        let unit: [u8; 4] = unit.try_into().unwrap_or_default();
        let number = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    units.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_old_encoding_is_read() {
        let cases: [(&str, &str); 9] = [
            ("utf-8", "Straßen und Plätze der Stadt sind gesperrt"),
            ("utf-16le", "Straßen und Plätze der Stadt sind gesperrt"),
            ("utf-16be", "Straßen und Plätze der Stadt sind gesperrt"),
            ("windows-1252", "Les élèves ont été reçus à l’école où ils étudiaient"),
            ("iso-8859-2", "Žluťoučký kůň příšerně úpěl ďábelské ódy, ale nikdo ho neslyšel"),
            ("windows-1251", "Расписание приливов печатается в марте каждого года"),
            ("shift_jis", "潮汐表は毎年三月に印刷されます。港で使います。"),
            ("gb18030", "潮汐表每年三月印刷一次，十月再印刷一次，供港口使用。"),
            ("euc-kr", "조석표는 매년 삼월에 인쇄되어 항구에서 사용됩니다"),
        ];
        for (label, text) in cases {
            let bytes: Vec<u8> = match label {
                "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned(),
            };
            assert_eq!(decode(&bytes).unwrap(), text, "{label}");
        }
    }

    #[test]
    fn marks_are_no_text_and_broken_letters_cost_only_themselves() {
        assert_eq!(decode(b"\xef\xbb\xbfabc").unwrap(), "abc");
        assert_eq!(decode(b"\xff\xfe\0\0a\0\0\0b\0\0\0").unwrap(), "ab");
        assert_eq!(decode(b"the cormor\xc3\xa1n \xff flew").unwrap(), "the cormorán \u{fffd} flew");
    }
}
