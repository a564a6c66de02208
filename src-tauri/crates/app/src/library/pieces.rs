//! A document from its beginning to its end, in pieces that follow one another: for what is read whole
//! instead of searched.

use hearth_rag::document::{CodePoints, Document, Unit};

/// A stretch of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its first character in the document's text, and the one behind its last, in code points.
    pub(crate) characters: (u64, u64),
    /// The page it begins on, from 1, where the document has pages.
    pub(crate) page: Option<u32>,
    /// What is read of it: neither what is hidden nor what each page repeats.
    pub(crate) text: String,
}

/// A piece that still grows, in bytes of the document.
struct Growing {
    start: usize,
    end: usize,
    page: usize,
    text: String,
}

/// The pieces, of at most so many bytes of text; where they are to keep to their pages, each is of one.
pub(crate) fn pieces(document: &Document, most: usize, keep_to_pages: bool) -> Vec<Piece> {
    let most = most.max(1);
    let mut all: Vec<Growing> = Vec::new();
    for block in document.content() {
        let mut start = block.span.start as usize;
        for text in cuts(document.slice(block.span), most) {
            let end = start + text.len();
            let page = document.page_at(u32::try_from(start).unwrap_or(u32::MAX));
            match all.last_mut() {
                Some(last)
                    if last.text.len() + text.len() < most
                        && (last.page == page || !keep_to_pages) =>
                {
                    last.text.push('\n');
                    last.text.push_str(text);
                    last.end = end;
                }
                _ => all.push(Growing { start, end, page, text: text.to_owned() }),
            }
            start = end;
        }
    }
    let (points, paged) = (CodePoints::new(&document.text), document.unit != Unit::Whole);
    let finished = |it: Growing| Piece {
        characters: (points.at_byte(it.start) as u64, points.at_byte(it.end) as u64),
        page: u32::try_from(it.page + 1).ok().filter(|_| paged),
        text: it.text,
    };
    all.into_iter().map(finished).collect()
}

/// A text in parts of at most so many bytes, cut behind white space where there is some.
fn cuts(mut text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    while text.len() > most {
        let most = text.floor_char_boundary(most);
        let head = text.get(..most).unwrap_or_default();
        let space = head.rfind(char::is_whitespace).map(|at| head.ceil_char_boundary(at + 1));
        let end = space.filter(|at| *at > most / 2).unwrap_or(most);
        // One character can be larger than a part.
        let end = if end == 0 { text.ceil_char_boundary(1) } else { end };
        let (part, rest) = text.split_at(end);
        parts.push(part);
        text = rest;
    }
    parts.push(text);
    parts
}

#[cfg(test)]
mod tests {
    use hearth_rag::document::{Block, BlockKind, Page, Span};

    use super::*;

    /// A document of these pages, each line a paragraph; one that begins with `!` is hidden.
    fn document(pages: &[&str]) -> Document {
        let mut document = Document { unit: Unit::Page, ..Document::default() };
        for text in pages {
            let start = document.text.len();
            for line in text.lines() {
                let at = document.text.len();
                document.text.push_str(line);
                let span = Span::new(at, document.text.len()).unwrap();
                let hidden = line.starts_with('!');
                let kind = if hidden { BlockKind::Hidden } else { BlockKind::Paragraph };
                document.blocks.push(Block { span, kind });
                document.text.push('\n');
            }
            let span = Span::new(start, document.text.len()).unwrap();
            document.pages.push(Page { span, ..Page::default() });
            document.text.push('\u{c}');
        }
        document
    }

    fn texts(pieces: &[Piece]) -> Vec<&str> {
        pieces.iter().map(|it| it.text.as_str()).collect()
    }

    #[test]
    fn pieces_follow_one_another_and_leave_out_what_is_hidden() {
        let document = document(&["one\n!obey\ntwo", "three"]);
        let found = pieces(&document, 100, false);
        assert_eq!(texts(&found), ["one\ntwo\nthree"]);
        assert_eq!(found[0].page, Some(1));
        let found = pieces(&document, 100, true);
        assert_eq!(texts(&found), ["one\ntwo", "three"]);
        assert_eq!(found[1].page, Some(2));
        let (start, end) = found[1].characters;
        let marked: String =
            document.text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!(marked, "three");
    }

    #[test]
    fn nothing_of_a_long_paragraph_is_lost_and_no_character_is_cut() {
        let text = "Grüße aus Köln, 世界. ".repeat(50);
        for most in [1, 7, 64, 300] {
            let joined: String = cuts(&text, most).concat();
            assert_eq!(joined, text, "{most}");
        }
        let found = pieces(&document(&[&text]), 64, false);
        assert!(found.iter().all(|it| it.text.len() <= 64), "{found:?}");
        assert!(found.len() >= text.len() / 64);
    }
}
