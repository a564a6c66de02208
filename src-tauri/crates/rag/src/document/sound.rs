//! Whether the ranges of a document fit its text. A child process that reads hostile files sends
//! documents, so nothing about them is taken on trust.

use super::{BlockKind, Document, Page, Span};

impl Document {
    /// Whether every range lies in the text between two characters, pages and blocks follow each other,
    /// and every box lies in its page.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.follows(self.pages.iter().map(|page| page.span))
            && self.follows(self.blocks.iter().map(|block| block.span))
            && self.pages.iter().all(boxes_fit)
            && self.blocks.iter().all(|block| match block.kind {
                BlockKind::TableRow { head: Some(head) } => {
                    self.fits(head) && head.start <= block.span.start
                }
                BlockKind::Heading { level } => (1..=6).contains(&level),
                _ => true,
            })
    }

    fn fits(&self, span: Span) -> bool {
        span.start <= span.end && self.text.get(span.range()).is_some()
    }

    fn follows(&self, spans: impl Iterator<Item = Span>) -> bool {
        let mut end = 0;
        for span in spans {
            if !self.fits(span) || span.start < end {
                return false;
            }
            end = span.end;
        }
        true
    }
}

fn boxes_fit(page: &Page) -> bool {
    let mut end = 0;
    page.boxes.iter().all(|word| {
        let follows = word.start >= end;
        end = word.start.saturating_add(word.length.into());
        follows && end as usize <= page.span.len()
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Block, WordBox};
    use super::*;

    fn document() -> Document {
        let word = WordBox { start: 0, length: 3, ..WordBox::default() };
        let page =
            |start, end| Page { span: Span { start, end }, boxes: vec![word], ..Page::default() };
        Document {
            text: "one\u{c}zwöl".to_owned(),
            pages: vec![page(0, 3), page(4, 9)],
            blocks: vec![Block { span: Span { start: 0, end: 3 }, kind: BlockKind::Paragraph }],
            ..Document::default()
        }
    }

    #[test]
    fn a_document_survives_its_compact_form() {
        let document = document();
        let bytes = document.to_bytes().unwrap();
        assert_eq!(Document::from_bytes(&bytes), Some(document));
        assert_eq!(Document::from_bytes(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn ranges_that_do_not_fit_are_refused() {
        let spoil: [fn(&mut Document); 5] = [
            |it| it.pages[1].span.end = 10,
            |it| it.pages[1].span.start = 2,
            |it| it.blocks[0].span = Span { start: 0, end: 7 },
            |it| it.pages[0].boxes[0].length = 4,
            |it| it.blocks[0].kind = BlockKind::TableRow { head: Some(Span { start: 3, end: 99 }) },
        ];
        for spoil in spoil {
            let mut document = document();
            spoil(&mut document);
            assert_eq!(Document::from_bytes(&document.to_bytes().unwrap()), None);
        }
    }

    #[test]
    fn a_page_break_belongs_to_the_page_before_it() {
        let pages = [0, 2, 3, 4, 9].map(|offset| document().page_at(offset));
        assert_eq!(pages, [0, 0, 0, 1, 1]);
    }
}
