//! From a question to passages: what both indexes found is weighed together, joined, thinned and
//! filled up to what the answer may read, with a judgement whether any of it answers.

mod confidence;
mod fuse;
mod search;
mod shape;

pub use confidence::judge;
pub use search::Retrieval;

use std::ops::Range;

use crate::{
    document::Span,
    index::{ChunkKey, FileKey, Filter, Hit},
};

/// A question to the index.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What is asked, as it was typed. Text in quotation marks must occur as it stands.
    pub text: &'a str,
    /// Which files may answer.
    pub filter: &'a Filter,
    /// Passages at most.
    pub k: usize,
    /// Characters of text that the answer may read; passages are joined and filled up with their
    /// neighbours to it. `None` gives the passages as they are.
    pub budget: Option<usize>,
    /// Passages of one section at most, where there is more than one file to ask.
    pub per_section: usize,
}

impl<'a> Question<'a> {
    /// A question for `k` passages as they are.
    #[must_use]
    pub fn new(text: &'a str, filter: &'a Filter, k: usize) -> Self {
        Self { text, filter, k, budget: None, per_section: 3 }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best first.
    pub passages: Vec<Passage>,
    /// How sure it is that the passages answer, 0 to 1; calibrated, see [`Found::answerable`].
    pub confidence: f32,
    /// Whether the passages are worth answering from. The threshold keeps 95 % of the questions that
    /// have an answer.
    pub answerable: bool,
    /// The weight of meaning against words, 0 to 1; 0 where there was no vector.
    pub dense_weight: f32,
}

/// A passage with what it was found by.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The file it is of.
    pub file: FileKey,
    /// The chunks it is made of, in the order of the file; the first found is [`Passage::best`].
    pub chunks: Vec<ChunkKey>,
    /// The chunk that was found.
    pub best: ChunkKey,
    /// The places of its chunks in the file.
    pub ordinals: Range<u32>,
    /// The section it is of.
    pub section: u32,
    /// Its place in the text of the document, in bytes.
    pub span: Span,
    /// The same, counted in code points.
    pub characters: (u32, u32),
    /// The pages it stands on, from 0.
    pub pages: (u32, u32),
    /// The headings it stands under.
    pub heading: Vec<String>,
    /// Its text.
    pub text: String,
    /// What it is ranked by, 0 to 1.
    pub score: f32,
    /// What the score is made of.
    pub parts: Parts,
}

/// The parts of a score, for the page that shows why something was found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// The cosine to the question.
    pub cosine: Option<f32>,
    /// BM25 of the question's words.
    pub keyword: f32,
    /// The share of the question's words that it holds, by their weight.
    pub coverage: f32,
}

impl From<&Hit> for Parts {
    fn from(hit: &Hit) -> Self {
        Self { cosine: hit.cosine, keyword: hit.keyword, coverage: hit.coverage }
    }
}
