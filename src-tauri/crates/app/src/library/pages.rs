//! Pages of documents as they look, for people who want to see what an answer cites: painted from the file by
//! the child that reads files, with the words where the index has them. No file ever reaches the page.

use hearth_domain::{FileId, PagePicture, PageWord};
use hearth_rag::{
    document::{CodePoints, Document, Page, WordBox},
    extract::Refusal,
    worker::Source,
};
use hearth_store::StoredFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::scan::hash_file;
use crate::{App, Error, Result, app::lock, db::blocking};

/// Pixels of a width.
const WIDTHS: std::ops::RangeInclusive<u32> = 64..=3000;

/// Asks for a page as a picture.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PageQuestion {
    /// Of which file.
    pub id: FileId,
    /// Which page, from 1.
    #[schemars(range(min = 1))]
    pub page: u32,
    /// How wide it is to be, in pixels; one that would be very high is smaller.
    #[schemars(range(min = 64, max = 3000))]
    pub width: u32,
}

impl App {
    /// A page of a document as a picture.
    ///
    /// # Errors
    /// An unknown file or page, a width out of range, a file that is another one than was read, and what the
    /// reader says of it: no pictures of this kind of file, a password, limits.
    pub async fn document_page(
        self: &std::sync::Arc<Self>,
        question: PageQuestion,
    ) -> Result<PagePicture> {
        let PageQuestion { id, page, width } = question;
        if !WIDTHS.contains(&width) {
            return Err(Error::OutOfRange("width"));
        }
        let at = page.checked_sub(1).ok_or(Error::OutOfRange("page"))?;
        let read = self.db.read(move |r| {
            let stored = r.file(id)?;
            let bytes = r.document(stored.seq)?;
            Ok((stored, bytes))
        });
        let (stored, bytes) = read.await?;
        let app = std::sync::Arc::clone(self);
        blocking(move || {
            let broken = Error::Document(Refusal::Broken);
            let document = Document::from_bytes(&bytes).ok_or(broken)?;
            let shown = document.pages.get(at as usize).ok_or(Error::OutOfRange("page"))?;
            let words = words(&document, shown);
            let picture = app.paint(&stored, at, width).map_err(Error::Document)?;
            let png = data_encoding::BASE64.encode(&picture.png);
            let (width, height) = (picture.width, picture.height);
            Ok::<_, Error>(PagePicture { png, width, height, words })
        })
        .await
    }

    fn paint(
        &self,
        stored: &StoredFile,
        page: u32,
        width: u32,
    ) -> std::result::Result<hearth_rag::extract::Picture, Refusal> {
        if !stored.row.is_empty() {
            return Err(Refusal::Unsupported);
        }
        let source = Source::open(&stored.path)?;
        // A page of another file would show the mark in a wrong place.
        if hash_file(&stored.path).ok() != stored.hash {
            return Err(Refusal::Unreadable);
        }
        let mut painter = lock(&self.library.foreground);
        let painted = painter.picture(source, page, width);
        painter.rest();
        painted
    }
}

/// The words of a page, in parts of it.
fn words(document: &Document, page: &Page) -> Vec<PageWord> {
    let Some((width, height)) = page.size.filter(|(width, height)| *width > 0.0 && *height > 0.0)
    else {
        return Vec::new();
    };
    let points = CodePoints::new(&document.text);
    let part = |units: f32, of: f32| (units / WordBox::UNITS_PER_POINT / of).clamp(0.0, 1.0);
    let place = |at: u32| points.at_byte(at as usize) as u64;
    let word = |it: &WordBox| {
        let start = page.span.start.saturating_add(it.start);
        PageWord {
            start: place(start),
            end: place(start.saturating_add(it.length.into())),
            left: part(it.left.into(), width),
            top: part(it.top.into(), height),
            width: part(it.width.into(), width),
            height: part(it.height.into(), height),
        }
    };
    page.boxes.iter().map(word).collect()
}
