//! Text that came as such, as a document: rows of a file, what was typed or pasted. Nothing is parsed.

use hearth_rag::document::{Block, BlockKind, Document, Page, Span};

/// The document: paragraphs, and the title beside them. `None` where it says nothing.
pub(crate) fn document(title: Option<String>, text: String) -> Option<Document> {
    let title = title.filter(|title| !title.trim().is_empty());
    if text.trim().is_empty() && title.is_none() {
        return None;
    }
    let text = if text.trim().is_empty() { title.clone().unwrap_or_default() } else { text };
    let mut blocks = Vec::new();
    let mut at = 0;
    for paragraph in text.split("\n\n") {
        let said = paragraph.trim();
        if !said.is_empty() {
            let start = at + paragraph.len() - paragraph.trim_start().len();
            let span = Span::new(start, start + said.len())?;
            blocks.push(Block { span, kind: BlockKind::Paragraph });
        }
        at += paragraph.len() + 2;
    }
    let pages = vec![Page { span: Span::new(0, text.len())?, ..Page::default() }];
    Some(Document { title, text, pages, blocks, ..Document::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_sound_document_whatever_it_is() {
        for text in ["one\n\n two \n\n\n\nthree", "ä", "\n\n x", "a\n\n"] {
            let made = document(Some("T".into()), text.into()).unwrap();
            let read = Document::from_bytes(&made.to_bytes().unwrap()).expect("it is sound");
            assert!(read.blocks.iter().all(|block| !read.slice(block.span).trim().is_empty()));
        }
        assert!(document(None, " \n".into()).is_none());
    }
}
