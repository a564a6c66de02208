//! The ends of an article: what stands there in its structure and not in its text is dates, captions, buttons
//! and teasers. Not here: what stands between them, of which nothing is taken out.

use super::visible::{self, Piece};
use crate::document::BlockKind;

/// Bytes of the text that are looked through for the blocks of an end: each look may go through all of it. Where that
/// many do not find a block, the text is not of these blocks.
const MOST_COMPARED: usize = 64 << 20;

/// An article without what stands before its first words and behind its last ones. Headings before its first words
/// are its own.
pub(super) fn trimmed(pieces: Vec<Piece>, text: &str) -> Vec<Piece> {
    let text = plain(text);
    let looks = MOST_COMPARED / text.len().max(1);
    let own = |(_, piece): &(usize, &Piece)| match piece {
        // Of a sentence the text may lack a part, or have more: it is no label all the same.
        Piece::Block(_, block) => {
            !is_heading(piece) && visible::is_sentence(block) || text.contains(&plain(block))
        }
        Piece::TableStart | Piece::Row(_) => true,
    };
    let forth = pieces.iter().enumerate().filter(|(_, piece)| !is_heading(piece));
    let back = pieces.iter().enumerate().rev();
    let first = forth.take(looks).find(own).map(|(at, _)| at);
    let last = back.take(looks).find(own).map(|(at, _)| at);
    let (Some(first), Some(last)) = (first, last) else { return pieces };
    let within = pieces.into_iter().take(last + 1).enumerate();
    within.filter(|(at, piece)| *at >= first || is_heading(piece)).map(|(_, piece)| piece).collect()
}

fn is_heading(piece: &Piece) -> bool {
    matches!(piece, Piece::Block(BlockKind::Heading { .. }, _))
}

/// A text without its white space, which the two readers set differently.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str =
        "The depot opens at nine in the morning and closes at five in the afternoon.";

    fn paragraph(text: &str) -> Piece {
        Piece::Block(BlockKind::Paragraph, text.to_owned())
    }

    fn heading(text: &str) -> Piece {
        Piece::Block(BlockKind::Heading { level: 2 }, text.to_owned())
    }

    fn texts(pieces: &[Piece]) -> Vec<&str> {
        pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Block(_, text) => Some(text.as_str()),
                Piece::TableStart | Piece::Row(_) => None,
            })
            .collect()
    }

    #[test]
    fn labels_at_the_ends_go_and_headings_before_the_text_stay() {
        let pieces = vec![
            heading("Depot"),
            paragraph("Posted on Friday"),
            paragraph("It opens."),
            paragraph("Share"),
            paragraph("It closes."),
            paragraph("5 comments"),
            heading("More"),
        ];
        let kept = trimmed(pieces, "It opens.\nIt closes.");
        assert_eq!(texts(&kept), ["Depot", "It opens.", "Share", "It closes."]);
    }

    #[test]
    fn a_sentence_at_an_end_stays_however_the_text_has_it() {
        let pieces =
            vec![paragraph("Friday"), paragraph(LONG), paragraph("It is far."), paragraph(LONG)];
        let text = format!("{} It is far. {}", LONG.replace("nine", "nine [i]"), &LONG[1..]);
        assert_eq!(texts(&trimmed(pieces, &text)), [LONG, "It is far.", LONG]);
        let chinese = "港口从中午开始关闭，因为西边来了一场很大的风暴，船只都必须留在港内。";
        let kept = trimmed(vec![paragraph(chinese), paragraph("It is far.")], "It is far.");
        assert_eq!(texts(&kept), [chinese, "It is far."]);
    }

    /// One look through the text for each of these would take hours.
    #[test]
    fn an_article_that_its_text_knows_little_of_is_left_as_it_is() {
        let pieces = || (0..400_000).map(|n| paragraph(&format!("Row {n}")));
        let text = LONG.repeat(1 << 16);
        assert_eq!(trimmed(pieces().collect(), &text).len(), 400_000);
        let middle = pieces().chain([paragraph(LONG)]).chain(pieces()).collect();
        assert_eq!(trimmed(middle, &text).len(), 800_001);
    }
}
