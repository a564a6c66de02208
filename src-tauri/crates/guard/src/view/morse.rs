//! Morse code: letters of dots and dashes, apart by spaces, words by a stroke.

const LETTERS: &[(&str, char)] = &[
    (".-", 'a'),
    ("-...", 'b'),
    ("-.-.", 'c'),
    ("-..", 'd'),
    (".", 'e'),
    ("..-.", 'f'),
    ("--.", 'g'),
    ("....", 'h'),
    ("..", 'i'),
    (".---", 'j'),
    ("-.-", 'k'),
    (".-..", 'l'),
    ("--", 'm'),
    ("-.", 'n'),
    ("---", 'o'),
    (".--.", 'p'),
    ("--.-", 'q'),
    (".-.", 'r'),
    ("...", 's'),
    ("-", 't'),
    ("..-", 'u'),
    ("...-", 'v'),
    (".--", 'w'),
    ("-..-", 'x'),
    ("-.--", 'y'),
    ("--..", 'z'),
    ("-----", '0'),
    (".----", '1'),
    ("..---", '2'),
    ("...--", '3'),
    ("....-", '4'),
    (".....", '5'),
    ("-....", '6'),
    ("--...", '7'),
    ("---..", '8'),
    ("----.", '9'),
];
/// Letters at least: a line of dashes is a line of dashes.
const FEWEST: usize = 6;

/// Bytes of so many letters and what stands between them, at least.
pub(super) const SHORTEST: usize = 2 * FEWEST - 1;

/// What it says, where every sign is one.
pub(super) fn decoded(code: &str) -> Option<String> {
    if code.len() < SHORTEST {
        return None;
    }
    let mut text = String::new();
    for sign in code.split(' ').filter(|sign| !sign.is_empty()) {
        if sign.bytes().all(|byte| matches!(byte, b'/' | b'|')) {
            text.push(' ');
        } else {
            text.push(LETTERS.iter().find(|(known, _)| *known == sign)?.1);
        }
    }
    let letters = text.chars().filter(|it| !it.is_whitespace()).count();
    (letters >= FEWEST).then_some(text)
}
