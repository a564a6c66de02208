//! Files whose text is their own: plain text, Markdown, code, tables of values. The text is not
//! touched; the readers here only say where its blocks are.

mod code;
mod csv;
mod markdown;
mod plain;

use super::{Refusal, builder::MOST_TEXT};
use crate::document::{Block, BlockKind, Document, Format, PAGE_BREAK, Page, Span, Unit};

/// Says where the blocks of a text are.
///
/// # Errors
/// [`Refusal::TooBig`].
pub(super) fn read(text: String, format: Format) -> Result<Document, Refusal> {
    if text.len() > MOST_TEXT {
        return Err(Refusal::TooBig);
    }
    let mut document = Document { format, text, ..Document::default() };
    document.blocks = match format {
        Format::Markdown => markdown::blocks(&document.text),
        Format::Csv => csv::blocks(&document.text),
        Format::Code => code::blocks(&document.text),
        _ => plain::blocks(&document.text),
    };
    document.title = match format {
        Format::Markdown => title(&document),
        _ => None,
    };
    paginate(&mut document)?;
    Ok(document)
}

/// The first heading.
fn title(document: &Document) -> Option<String> {
    let heading = |block: &&Block| matches!(block.kind, BlockKind::Heading { .. });
    let first = document.blocks.iter().find(heading)?;
    super::clean::title(document.slice(first.span).trim_matches(['#', '=', '-', ' ', '\n', '\r']))
}

/// Form feeds make pages in plain text; everything else is one page.
fn paginate(document: &mut Document) -> Result<(), Refusal> {
    let page = |start, end| Span::new(start, end).map(|span| Page { span, ..Page::default() });
    let breaks: Vec<usize> = match document.format {
        Format::Text => document.text.match_indices(PAGE_BREAK).map(|(at, _)| at).collect(),
        _ => Vec::new(),
    };
    if !breaks.is_empty() && breaks.len() < super::builder::MOST_PAGES {
        document.unit = Unit::Page;
    }
    let mut start = 0;
    if document.unit == Unit::Page {
        for at in breaks {
            document.pages.push(page(start, at).ok_or(Refusal::TooBig)?);
            start = at + PAGE_BREAK.len_utf8();
        }
    }
    document.pages.push(page(start, document.text.len()).ok_or(Refusal::TooBig)?);
    Ok(())
}

/// A block without the white space around it; `None` where nothing is left.
fn block(text: &str, start: usize, end: usize, kind: BlockKind) -> Option<Block> {
    let piece = text.get(start..end)?;
    let lead = piece.len() - piece.trim_start().len();
    let kept = piece.trim().len();
    if kept == 0 {
        return None;
    }
    let lead = if let BlockKind::Code { .. } = kind { leading_lines(piece, lead) } else { lead };
    let tail = piece.trim_end().len();
    Some(Block { span: Span::new(start + lead, start + tail)?, kind })
}

/// Code keeps the indentation of its first line.
fn leading_lines(piece: &str, lead: usize) -> usize {
    piece.get(..lead).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1)
}

/// Lines with the byte where each begins, their ends included.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}
