//! The index: what is kept of passages so that they are found, by words and by vectors.
//!
//! [`Index`] is the seam where an existing engine can stand for those who outgrow one machine. The
//! one that ships keeps everything in the encrypted database and mirrors numbers in memory
//! ([`Mirror`]); what must be read from the database for a query are the lists of places of its words.

mod bits;
mod filter;
mod frequent;
mod kernel;
mod keyword;
mod mirror;
mod vectors;

pub use filter::{FileSet, Filter};
pub use keyword::Places;
pub use mirror::{Mirror, MirrorStats, Place};
pub use vectors::Quantised;

use crate::{
    chunk::Chunk,
    embed::Space,
    terms::{Language, QueryTerms},
};

/// The number of a file, from the store.
pub type FileKey = i64;
/// The number of a chunk: a passage in its place in a file.
pub type ChunkKey = i64;
/// The number of a passage: a text that may stand in several places, and is embedded once.
pub type PassageKey = i64;

/// Passages, found by words and vectors.
pub trait Index: Send + Sync {
    /// Why the index cannot be asked or changed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Makes these the chunks of a file, in one step that happens whole or not at all. What was there
    /// and still is keeps its vector. Doing it again changes nothing.
    ///
    /// # Errors
    /// Where the index cannot be written.
    fn upsert(&self, file: FileKey, chunks: &[Chunk]) -> Result<Upserted, Self::Error>;

    /// Forgets the chunks of files, and the passages that no other file has.
    ///
    /// # Errors
    /// Where the index cannot be written.
    fn delete(&self, files: &[FileKey]) -> Result<(), Self::Error>;

    /// Passages that have no vector yet, the oldest first; only those of one file where it is given.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn unembedded(
        &self,
        file: Option<FileKey>,
        limit: usize,
    ) -> Result<Vec<Unembedded>, Self::Error>;

    /// Keeps vectors of passages. A passage that is gone by now is passed over. Where these are of
    /// another space than the one that answers, they are kept until every passage has one; then theirs
    /// is the space that answers, and the vectors of the other are dropped.
    ///
    /// # Errors
    /// Where the index cannot be written.
    fn put_vectors(&self, vectors: &[(PassageKey, Vec<f32>)]) -> Result<(), Self::Error>;

    /// The space that answers; `None` while there is no vector.
    fn space(&self) -> Option<Space>;

    /// The best `k` by words and the best `k` by vector, of the files that the filter lets through,
    /// each with both scores.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn search(
        &self,
        terms: &QueryTerms,
        vector: Option<&[f32]>,
        filter: &Filter,
        k: usize,
    ) -> Result<Candidates, Self::Error>;

    /// Chunks with their texts, in the order asked for, without those that are gone.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn chunks(&self, keys: &[ChunkKey]) -> Result<Vec<StoredChunk>, Self::Error>;

    /// Chunks of a file by their ordinals, in their order.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn chunks_of(
        &self,
        file: FileKey,
        ordinals: std::ops::Range<u32>,
    ) -> Result<Vec<StoredChunk>, Self::Error>;

    /// Languages of the passages, the most frequent first: a question is asked in these.
    fn languages(&self) -> Vec<Language>;

    /// What is in it.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn stats(&self) -> Result<IndexStats, Self::Error>;
}

/// What an [`Index::upsert`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upserted {
    /// Chunks that the file has now.
    pub chunks: usize,
    /// Passages that were not there before: these are to be embedded.
    pub new_passages: usize,
}

/// A passage that waits for its vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unembedded {
    /// Which.
    pub passage: PassageKey,
    /// What is to be embedded: header and text.
    pub text: String,
}

/// What the index knows of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// The union of both lists, in no order.
    pub hits: Vec<Hit>,
    /// What each concept of the query weighs (idf), in the order of the query.
    pub weights: Vec<f32>,
}

/// A passage with its scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The first place of it that the filter lets through.
    pub chunk: ChunkKey,
    /// The file of that place.
    pub file: FileKey,
    /// BM25 over the words of the query; 0 where it has none of them.
    pub keyword: f32,
    /// The cosine to the query; `None` where one of both has no vector.
    pub cosine: Option<f32>,
    /// The share of the weight of the query's words that it holds, 0 to 1.
    pub coverage: f32,
}

/// A chunk as the index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChunk {
    /// Which.
    pub key: ChunkKey,
    /// Of which file.
    pub file: FileKey,
    /// What [`crate::chunk::cut`] made.
    pub chunk: Chunk,
}

/// What is in an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexStats {
    /// Chunks.
    pub chunks: u64,
    /// Passages: different texts.
    pub passages: u64,
    /// Passages without a vector.
    pub unembedded: u64,
    /// Bytes that the mirror takes in memory.
    pub memory_bytes: u64,
}
