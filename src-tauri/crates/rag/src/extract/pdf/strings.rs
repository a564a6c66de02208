//! Text strings of PDF objects: titles and replacements of letters. Not the strings that a page shows,
//! whose meaning depends on their font.

use crate::extract::clean::is_noise;

/// Decodes a text string (ISO 32000-2, 7.9.2.2): UTF-16BE or UTF-8 by its mark, else Latin 1, which
/// PDFDocEncoding agrees with in all letters.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect::<String>(),
    };
    text.chars().filter(|letter| !is_noise(*letter)).collect()
}
