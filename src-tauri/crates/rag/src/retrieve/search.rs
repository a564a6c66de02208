//! The search itself: ask both indexes, weigh, shape, judge.

use super::{Found, Parts, Question, confidence, fuse, shape};
use crate::{embed::Embedder, index::Index, terms::QueryTerms};

/// Hits of each list that are weighed.
const CANDIDATES: usize = 100;

/// Finds passages in an index.
pub struct Retrieval<'a, I: Index> {
    index: &'a I,
    embedder: Option<&'a dyn Embedder>,
}

impl<'a, I: Index> Retrieval<'a, I> {
    /// Over an index. Without an embedder, or with one of another space, words alone decide.
    #[must_use]
    pub fn new(index: &'a I, embedder: Option<&'a dyn Embedder>) -> Self {
        Self { index, embedder }
    }

    /// Finds the passages for a question.
    ///
    /// # Errors
    /// Where the index cannot be read. An embedder that fails is done without.
    pub fn search(&self, question: &Question<'_>) -> Result<Found, I::Error> {
        let terms = QueryTerms::parse(question.text, &self.index.languages());
        let (vector, weight) = self.vector(question.text);
        if terms.is_empty() && vector.is_none() || question.k == 0 {
            return Ok(Found::default());
        }
        let each = CANDIDATES.max(question.k);
        let found = self.index.search(&terms, vector.as_deref(), question.filter, each)?;
        let ranked = fuse::fuse(&found.hits, weight);
        let parts: Vec<_> = ranked.iter().map(|(hit, _)| Parts::from(hit)).collect();
        let (confidence, answerable) = confidence::judge(&parts, weight);
        let passages = shape::shape(self.index, question, &ranked)?;
        Ok(Found { passages, confidence, answerable, dense_weight: weight })
    }

    /// The vector of a question and how much it counts.
    fn vector(&self, question: &str) -> (Option<Vec<f32>>, f32) {
        let space = self.index.space();
        let fitting = self.embedder.filter(|embedder| space.as_ref() == Some(embedder.space()));
        let made = fitting.and_then(|embedder| {
            let vector = embedder.embed(&[question]).ok()?.pop()?;
            Some((vector, fuse::dense_weight(question, embedder.fit(question))))
        });
        made.map_or((None, 0.0), |(vector, weight)| (Some(vector), weight))
    }
}
