//! Passages: a document cut into pieces small enough to embed and large enough to answer from.
//!
//! Structure comes first (heading, page, table, function), then the paragraph, then the sentence. Prose
//! overlaps, so that a sentence is never far from what it follows; tables and code do not. Every passage
//! knows where in the document it is, and what stands before it in both indexes: its header.

mod cut;
mod header;
mod section;
mod sentence;

pub use cut::cut;

use crate::{document::Span, terms::Language};

/// The version of what [`cut`] makes. Files that an older one cut are worth cutting again.
pub const CHUNK_VERSION: u32 = 1;

/// A passage of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its place among the passages of the document, from 0.
    pub ordinal: u32,
    /// The section it belongs to: a heading, page, table or function. Counted from 0.
    pub section: u32,
    /// From its first to its last byte in the text of the document.
    pub span: Span,
    /// The same, counted in code points.
    pub characters: (u32, u32),
    /// The pages it stands on, from 0, the first and the last one.
    pub pages: (u32, u32),
    /// The headings it stands under, the highest first, or the symbol it is of.
    pub heading: Vec<String>,
    /// What is put before it where it is indexed: file, title, headings, first line of the page.
    pub header: String,
    /// Its text, without the repeated and hidden parts that may lie in its span.
    pub text: String,
    /// What it is written in.
    pub language: Language,
}

impl Chunk {
    /// What is embedded and indexed: the header, then the text.
    #[must_use]
    pub fn indexed_text(&self) -> String {
        Self::joined(&self.header, &self.text)
    }

    /// The same, of a header and a text that were kept apart.
    #[must_use]
    pub fn joined(header: &str, text: &str) -> String {
        if header.is_empty() { text.to_owned() } else { format!("{header}\n{text}") }
    }
}

/// Where a document is from, as far as it helps to find it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// The name of the file with its ending; empty for a row of a file of rows.
    pub file_name: &'a str,
    /// A title that somebody gave it; the document's own is used where this is `None`.
    pub title: Option<&'a str>,
}

/// Counts the word pieces of a text as the embedder does.
pub trait PieceCount: Send + Sync {
    /// Pieces of a text, without the two that the embedder puts around it.
    fn pieces(&self, text: &str) -> usize;
}

/// An estimate for when no embedder is at hand: never far below what the bundled one counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct EstimatedPieces;

impl PieceCount for EstimatedPieces {
    fn pieces(&self, text: &str) -> usize {
        let (mut letters, mut others) = (0_usize, 0_usize);
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            match c {
                'a'..='z' | 'A'..='Z' => letters += 1,
                _ => others += 1,
            }
        }
        letters.div_ceil(4) + others
    }
}
