//! Web pages: the article where there is one, and all that is visible where there is none. What a
//! person does not see is not read: it may have been put there for a model.

mod edges;
mod hidden;
mod shallow;
mod visible;

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_query::Document as Page;

use self::visible::{Piece, pieces};
use super::{Refusal, builder::Builder, clean, encoding};
use crate::document::{BlockKind, Document, Format, OmissionKind, Span, Unit};

/// Parts of what people come to read that an article keeps at least; an "article" of less is a mistake. Menus, teasers
/// and other links do not count where the article has a sentence: around a short one there is more of them than of it.
const KEPT_QUARTERS: usize = 1;
/// Beyond this depth or size a page is no article, and the reader of articles would take too long.
const DEEPEST: usize = 256;
const LONGEST: usize = 6 << 20;

/// Reads a web page.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let text = encoding::decode_page(bytes);
    let page = Page::from(shallow::flattened(&text).as_ref());
    let hidden = hidden::remove(&page);
    let mut builder = Builder::new(Format::Html, Unit::Whole);
    builder.title(page.head().and_then(|head| title(&head)));
    builder.language(page.html_root().attr("lang").map(|it| it.to_string()));
    builder.omit(OmissionKind::HiddenText, hidden);
    let body = page.body().unwrap_or_else(|| page.root());
    let all = pieces(&body);
    let article = article(&page, &all);
    if article.is_some() {
        builder.omit(OmissionKind::PageFurniture, 1);
    }
    write(&mut builder, &article.unwrap_or(all.found))?;
    builder.finish()
}

/// Writes the visible text of a part of a book or of a mail.
///
/// # Errors
/// [`Refusal::TooBig`].
pub(super) fn part(builder: &mut Builder, text: &str) -> Result<(), Refusal> {
    let page = Page::from(shallow::flattened(text).as_ref());
    let hidden = hidden::remove(&page);
    builder.omit(OmissionKind::HiddenText, hidden);
    let body = page.body().unwrap_or_else(|| page.root());
    write(builder, &pieces(&body).found)
}

fn title(head: &dom_query::NodeRef<'_>) -> Option<String> {
    let title = head.descendants_it().find(|node| node.node_name().as_deref() == Some("title"))?;
    clean::title(&title.text())
}

/// The article of a page, where one is found that keeps enough of what is visible.
fn article(page: &Page, all: &visible::Visible) -> Option<Vec<Piece>> {
    if all.depth > DEEPEST {
        return None;
    }
    // The reader of articles prefers data for search engines to a short text, and nobody sees that.
    hidden::silence(page);
    let html = page.html();
    if html.len() > LONGEST {
        return None;
    }
    let options = rs_trafilatura::Options { include_comments: false, ..Default::default() };
    let extract = || rs_trafilatura::extract_with_options(&html, &options).ok();
    let found = catch_unwind(AssertUnwindSafe(extract)).ok()??;
    let inner = Page::from(found.content_html.as_deref()?);
    let body = inner.body().unwrap_or_else(|| inner.root());
    let kept = pieces(&body);
    // What stands in the text and not in its structure would be lost with it.
    let complete = kept.letters * 10 >= visible::letters(&found.content_text) * 9;
    let enough = kept.prose * 4 >= all.prose * KEPT_QUARTERS
        && (kept.sentence || kept.letters * 4 >= all.letters * KEPT_QUARTERS);
    (complete && enough).then(|| edges::trimmed(kept.found, &found.content_text))
}

fn write(builder: &mut Builder, pieces: &[Piece]) -> Result<(), Refusal> {
    let mut head: Option<Span> = None;
    for piece in pieces {
        match piece {
            Piece::Block(kind, text) => {
                builder.block(kind.clone(), text)?;
            }
            Piece::TableStart => head = None,
            Piece::Row(cells) if cells.len() == 1 => {
                builder.block(BlockKind::Paragraph, &cells.concat())?;
            }
            Piece::Row(cells) => {
                let span = builder.row(cells, head)?;
                head = head.or(span);
            }
        }
    }
    Ok(())
}
