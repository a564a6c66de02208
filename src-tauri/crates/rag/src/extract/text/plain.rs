//! Plain text: paragraphs between empty lines and page breaks.

use super::{block, lines};
use crate::document::{Block, BlockKind, PAGE_BREAK};

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut start = 0;
    for (at, line) in lines(text) {
        // A page break ends a paragraph where it stands, not at the end of its line.
        for (offset, _) in line.match_indices(PAGE_BREAK) {
            blocks.extend(block(text, start, at + offset, BlockKind::Paragraph));
            start = at + offset + PAGE_BREAK.len_utf8();
        }
        if line.trim().is_empty() && start < at {
            blocks.extend(block(text, start, at, BlockKind::Paragraph));
            start = at;
        }
    }
    blocks.extend(block(text, start, text.len(), BlockKind::Paragraph));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_end_at_empty_lines_and_pages() {
        let text = "one\ntwo\r\n\r\n  three\u{c}four\n\n\n";
        let found: Vec<_> = blocks(text).iter().map(|it| &text[it.span.range()]).collect();
        assert_eq!(found, ["one\ntwo", "three", "four"]);
    }
}
