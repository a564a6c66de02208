//! What is shown of a model's output: the text after the stream filter, fed in pieces, and for a page
//! the HTML that export makes of it.

use hearth_guard::{output, stream};

use super::batch::Row;
use crate::args::Pieces;

/// Letters of a random piece at most.
const LARGEST: u64 = 9;

/// What a reader would see.
pub(super) fn shown(row: &Row, pieces: Pieces) -> String {
    let text = stream::clean(cut(&row.text, pieces));
    if row.channel == "html" { output::html(&text) } else { text }
}

/// The text in pieces, always between letters.
fn cut(text: &str, pieces: Pieces) -> Vec<&str> {
    let mut state = match pieces {
        Pieces::Whole => return vec![text],
        Pieces::Chars => 0,
        Pieces::Random(seed) => seed | 1,
    };
    let mut borders = text.char_indices().map(|(at, _)| at).skip(1);
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let length = if state == 0 {
            1
        } else {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % LARGEST + 1
        };
        let next = (1..length).try_for_each(|_| borders.next().map(|_| ()));
        match next.and_then(|()| borders.next()) {
            Some(border) => {
                found.push(&text[from..border]);
                from = border;
            }
            None => break,
        }
    }
    found.push(&text[from..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_cutting_keeps_the_text() {
        for text in ["", "a", "grüße an alle 😀 und so weiter", "abc def ghi"] {
            for pieces in [Pieces::Whole, Pieces::Chars, Pieces::Random(0), Pieces::Random(7)] {
                assert_eq!(cut(text, pieces).concat(), text, "{pieces:?}");
            }
        }
        assert_eq!(cut("aé😀", Pieces::Chars).len(), 3);
        assert!(cut(&"x".repeat(100), Pieces::Random(3)).len() > 10);
    }
}
