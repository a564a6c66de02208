//! Ways to write a text so that it does not look like itself: what the forms undo.

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use super::draw::Draw;

type Code = fn(&str) -> String;

const CODES: [Code; 18] = [
    |text| BASE64.encode(text.as_bytes()),
    |text| BASE64URL_NOPAD.encode(text.as_bytes()),
    |text| BASE32.encode(text.as_bytes()),
    |text| HEXLOWER.encode(text.as_bytes()),
    |text| HEXUPPER.encode(text.as_bytes()),
    |text| text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
    |text| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
    |text| text.bytes().map(|byte| format!("{byte:08b} ")).collect(),
    |text| text.chars().map(|letter| format!("&#{};", letter as u32)).collect(),
    |text| text.chars().map(|letter| format!("\\u{:04x}", letter as u32)).collect(),
    |text| text.chars().rev().collect(),
    |text| text.chars().map(rotated).collect(),
    |text| text.chars().map(morse).collect(),
    |text| text.chars().flat_map(|letter| [letter, ' ']).collect(),
    |text| text.chars().flat_map(|letter| [letter, '\u{200b}']).collect(),
    |text| text.chars().map(|letter| moved(letter, 0xe_0000)).collect(),
    |text| text.chars().map(|letter| moved(letter, 0xfee0)).collect(),
    |text| text.replace('e', "3").replace('o', "0").replace('a', "4").replace('i', "1"),
];

/// The text in one of the codes.
pub(super) fn encoded(draw: &mut Draw, text: &str) -> String {
    draw.one_of(&CODES)(text)
}

fn rotated(letter: char) -> char {
    let base = match letter {
        'a'..='z' => b'a',
        'A'..='Z' => b'A',
        _ => return letter,
    };
    char::from((letter as u8 - base + 13) % 26 + base)
}

/// Visible ASCII moved up: to tags that no screen shows, or to full width.
fn moved(letter: char, by: u32) -> char {
    let moved = char::from_u32(letter as u32 + by).unwrap_or(letter);
    if ('!'..='~').contains(&letter) { moved } else { letter }
}

fn morse(letter: char) -> &'static str {
    const LETTERS: [&str; 26] = [
        ".- ", "-... ", "-.-. ", "-.. ", ". ", "..-. ", "--. ", ".... ", ".. ", ".--- ", "-.- ",
        ".-.. ", "-- ", "-. ", "--- ", ".--. ", "--.- ", ".-. ", "... ", "- ", "..- ", "...- ",
        ".-- ", "-..- ", "-.-- ", "--.. ",
    ];
    let at = letter.to_ascii_lowercase() as usize;
    LETTERS.get(at.wrapping_sub('a' as usize)).copied().unwrap_or("/ ")
}
