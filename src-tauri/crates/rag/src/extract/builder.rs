//! Puts a document together, block by block, for formats whose text is not one piece in the file.

use super::{
    Refusal,
    clean::{clean, clean_line},
};
use crate::document::{
    Block, BlockKind, Document, Format, Omission, OmissionKind, PAGE_BREAK, Page, Span, Unit,
};

/// Bytes of text in a document at most: a hundred thick books.
pub(crate) const MOST_TEXT: usize = 48 << 20;
/// Pages, sheets, slides or chapters at most.
pub(crate) const MOST_PAGES: usize = 20_000;
/// Blocks at most.
const MOST_BLOCKS: usize = 2_000_000;

/// A document that is being put together.
#[derive(Debug)]
pub(crate) struct Builder {
    document: Document,
    /// Whether the last page is open.
    open: bool,
}

impl Builder {
    pub(crate) fn new(format: Format, unit: Unit) -> Self {
        Self { document: Document { format, unit, ..Document::default() }, open: false }
    }

    pub(crate) fn title(&mut self, title: Option<String>) {
        if self.document.title.is_none() {
            self.document.title = title;
        }
    }

    pub(crate) fn language(&mut self, language: Option<String>) {
        let plain = |tag: &String| {
            tag.len() <= 35 && tag.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
        };
        self.document.language = language.filter(|tag| plain(tag) && !tag.is_empty());
    }

    /// Says that something was left out.
    pub(crate) fn omit(&mut self, kind: OmissionKind, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match self.document.omitted.iter_mut().find(|it| it.kind == kind) {
            Some(known) => known.count = known.count.saturating_add(count),
            None if count > 0 => self.document.omitted.push(Omission { kind, count }),
            None => {}
        }
    }

    /// Begins a page.
    pub(crate) fn page(
        &mut self,
        label: Option<String>,
        size: Option<(f32, f32)>,
    ) -> Result<(), Refusal> {
        if self.document.pages.len() >= MOST_PAGES {
            return Err(Refusal::TooBig);
        }
        self.close_page();
        if !self.document.pages.is_empty() {
            self.document.text.push(PAGE_BREAK);
        }
        let span = self.span(self.document.text.len())?;
        self.document.pages.push(Page { span, label, size, boxes: Vec::new() });
        self.open = true;
        Ok(())
    }

    /// Adds a block of cleaned text; `None` where nothing is left of it. Lines of code keep their white
    /// space, every other line is one space between words.
    pub(crate) fn block(&mut self, kind: BlockKind, text: &str) -> Result<Option<Span>, Refusal> {
        let text = match kind {
            BlockKind::Code { .. } => clean(text).trim_matches('\n').trim_end().to_owned(),
            _ => {
                let cleaned = clean(text);
                let lines = cleaned.split('\n').map(clean_line).filter(|line| !line.is_empty());
                lines.collect::<Vec<_>>().join("\n")
            }
        };
        self.ready(kind, &text)
    }

    /// Adds a block of text that is clean already.
    pub(crate) fn ready(&mut self, kind: BlockKind, text: &str) -> Result<Option<Span>, Refusal> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        if !self.open {
            self.page(None, None)?;
        }
        self.separate(&kind);
        let start = self.document.text.len();
        if start + text.len() > MOST_TEXT || self.document.blocks.len() >= MOST_BLOCKS {
            return Err(Refusal::TooBig);
        }
        self.document.text.push_str(text);
        let span = self.span(start)?;
        if let (BlockKind::Heading { .. }, None) = (&kind, &self.document.title) {
            self.document.title = super::clean::title(text);
        }
        self.document.blocks.push(Block { span, kind });
        Ok(Some(span))
    }

    /// Adds the row of a table; its first row is its head.
    pub(crate) fn row(
        &mut self,
        cells: &[String],
        head: Option<Span>,
    ) -> Result<Option<Span>, Refusal> {
        let cells: Vec<String> = cells.iter().map(|cell| clean_line(cell)).collect();
        let row = cells.join("\t");
        let row = row.trim_end_matches('\t');
        let span = self.ready(BlockKind::TableRow { head }, row)?;
        if let (None, Some(span)) = (head, span) {
            self.name_head(span);
        }
        Ok(span)
    }

    /// Makes the last block the head of a table.
    pub(crate) fn name_head(&mut self, span: Span) {
        if let Some(block) = self.document.blocks.last_mut() {
            block.kind = BlockKind::TableRow { head: Some(span) };
        }
    }

    /// White space before a block: rows and list items stand close.
    fn separate(&mut self, kind: &BlockKind) {
        let page_start = self.document.pages.last().map_or(0, |page| page.span.start as usize);
        if self.document.text.len() == page_start {
            return;
        }
        let last = self.document.blocks.last().map(|block| &block.kind);
        let close = matches!(
            (last, kind),
            (Some(BlockKind::TableRow { .. }), BlockKind::TableRow { .. })
                | (Some(BlockKind::ListItem { .. }), BlockKind::ListItem { .. })
        );
        self.document.text.push_str(if close { "\n" } else { "\n\n" });
    }

    fn span(&self, start: usize) -> Result<Span, Refusal> {
        Span::new(start, self.document.text.len()).ok_or(Refusal::TooBig)
    }

    fn close_page(&mut self) {
        let end = u32::try_from(self.document.text.len()).unwrap_or(u32::MAX);
        if let Some(page) = self.document.pages.last_mut().filter(|_| self.open) {
            page.span.end = end;
        }
        self.open = false;
    }

    /// The page that is open, for what only a reader of pages knows.
    pub(crate) fn open_page(&mut self) -> Option<&mut Page> {
        self.document.pages.last_mut().filter(|_| self.open)
    }

    /// Ends the document. A document without a letter is a refusal.
    pub(crate) fn finish(mut self) -> Result<Document, Refusal> {
        self.close_page();
        if self.document.pages.is_empty() {
            self.document.pages.push(Page::default());
        }
        if says_something(&self.document.text) { Ok(self.document) } else { Err(Refusal::Empty) }
    }
}

/// Whether there is a letter or digit in a text.
pub(crate) fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
