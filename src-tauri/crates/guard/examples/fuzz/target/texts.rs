//! A text made of pieces, then spoiled: cut, doubled, spliced, bits turned over, written in codes.

use super::{codes::encoded, draw::Draw, fragments::fragment};

/// The longest text, in bytes.
const MOST: usize = 16 * 1024;

/// The text that the next numbers make.
pub(super) fn text(draw: &mut Draw) -> String {
    let most = match draw.below(100) {
        0..70 => 160,
        70..95 => 1024,
        95..99 => 4096,
        _ => MOST,
    };
    let (size, mut text) = (draw.below(most + 1), String::new());
    while text.len() < size {
        text.push_str(&piece(draw));
        if draw.percent(40) {
            text.push(' ');
        }
        if draw.percent(1) {
            // The same over and over: where quadratic time and bounded memory show.
            let unit = fragment(draw);
            text.push_str(&unit.repeat(draw.below(size.min(400) / (unit.len() + 1) + 2)));
        }
    }
    for _ in 0..draw.below(4) {
        text = spoiled(draw, text);
    }
    text.truncate(text.floor_char_boundary(MOST));
    text
}

fn piece(draw: &mut Draw) -> String {
    let mut piece = fragment(draw);
    // What was written in a code may be written in another one.
    for _ in 0..3 {
        if !draw.percent(15) || piece.len() > 2048 {
            break;
        }
        piece = encoded(draw, &piece);
    }
    piece
}

fn spoiled(draw: &mut Draw, text: String) -> String {
    let (one, other) = (draw.border(&text), draw.border(&text));
    let (start, end) = (one.min(other), one.max(other));
    let (before, within, after) = (&text[..start], &text[start..end], &text[end..]);
    match draw.below(6) {
        0 => format!("{before}{after}"),
        1 => format!("{before}{within}{within}{after}"),
        2 => format!("{after}{within}{before}"),
        3 => format!("{before}{}{within}{after}", fragment(draw)),
        4 if within.len() < 2048 => format!("{before}{}{after}", encoded(draw, within)),
        _ => turned_over(draw, text),
    }
}

/// With some bits turned over; what is no letter then becomes the sign for that.
fn turned_over(draw: &mut Draw, text: String) -> String {
    let mut bytes = text.into_bytes();
    for _ in 0..=draw.below(3) {
        let at = draw.below(bytes.len().max(1));
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << draw.below(8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
