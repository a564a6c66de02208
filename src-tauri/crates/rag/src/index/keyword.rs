//! Ranking by words: BM25 over lists of places that the store reads.
//!
//! The lists are SQLite's own (FTS5); ranking them here and not there makes a search of a part of the
//! index right (the weight of a word is that among the files that are asked), takes the number of terms
//! of a passage from memory, and reads a list once.

use std::ops::ControlFlow;

use super::PassageKey;
use crate::terms::{Concept, QueryTerms};

/// Above this many passages, words that stand in more than a tenth of them are passed over: their
/// lists are what takes the time, and they say nearly nothing.
const TOO_FREQUENT_ABOVE: usize = 100_000;
const TOO_FREQUENT: usize = 10;
/// How soon more of the same word stops counting, and how much a long passage is held back.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Where terms stand, from the store.
pub trait Places {
    /// Why they cannot be read.
    type Error;

    /// Visits the passages that have a term, each once, with how often they have it, until `visit`
    /// breaks.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn visit(
        &self,
        term: &str,
        visit: &mut dyn FnMut(PassageKey, u32) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;

    /// The passages that have these terms one after the other.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn phrase(&self, terms: &[String]) -> Result<Vec<PassageKey>, Self::Error>;
}

/// What ranking needs to know of the passages.
pub(super) trait Passages {
    /// One more than the largest slot.
    fn slots(&self) -> usize;
    /// The slot of a passage that may be found.
    fn slot(&self, passage: PassageKey) -> Option<usize>;
    /// Terms of the passage in a slot.
    fn terms(&self, slot: usize) -> u32;
    /// How many may be found.
    fn count(&self) -> usize;
    /// Terms that a passage has on average.
    fn mean_terms(&self) -> f32;
    /// Whether a concept is known to stand in too many.
    fn passes_over(&self, concept: &Concept) -> bool;
    /// Notes that it does.
    fn pass_over(&self, concept: &Concept);
}

/// The scores of all passages for one query.
pub(super) struct Scores {
    bm25: Vec<f32>,
    /// Which concepts a passage has, a bit each.
    held: Vec<u64>,
    /// The slots with a score, each once.
    touched: Vec<u32>,
    /// The weight of each concept.
    pub(super) weights: Vec<f32>,
}

impl Scores {
    /// Ranks by every concept of a query.
    pub(super) fn of<P: Places>(
        query: &QueryTerms,
        passages: &impl Passages,
        places: &P,
    ) -> Result<Self, P::Error> {
        let slots = if query.concepts.is_empty() { 0 } else { passages.slots() };
        let mut scores = Self {
            bm25: vec![0.0; slots],
            held: vec![0; slots],
            touched: Vec::new(),
            weights: Vec::with_capacity(query.concepts.len()),
        };
        for (number, concept) in query.concepts.iter().enumerate() {
            let found = list(concept, passages, places)?;
            scores.add(number, &found, passages);
        }
        Ok(scores)
    }

    /// Adds what one concept gives. The weight is that of Robertson and Sparck Jones, kept above 0.
    fn add(&mut self, number: usize, found: &Option<Vec<(u32, u32)>>, passages: &impl Passages) {
        let Some(found) = found else {
            self.weights.push(0.0);
            return;
        };
        let (count, with) = (passages.count() as f32, found.len() as f32);
        let weight = ((count - with + 0.5) / (with + 0.5)).max(0.0).ln_1p();
        self.weights.push(weight);
        for (slot, times) in found {
            let slot_at = *slot as usize;
            let length = passages.terms(slot_at) as f32 / passages.mean_terms().max(1.0);
            let times = *times as f32;
            let part = times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length));
            if self.held[slot_at] == 0 {
                self.touched.push(*slot);
            }
            self.bm25[slot_at] += weight * part;
            self.held[slot_at] |= 1 << (number % 64);
        }
    }

    pub(super) fn touched(&self) -> impl Iterator<Item = usize> {
        self.touched.iter().map(|slot| *slot as usize)
    }

    pub(super) fn bm25(&self, slot: usize) -> f32 {
        self.bm25.get(slot).copied().unwrap_or_default()
    }

    /// The share of the weight of all concepts that a passage has.
    pub(super) fn coverage(&self, slot: usize) -> f32 {
        let all: f32 = self.weights.iter().sum();
        let held = self.held.get(slot).copied().unwrap_or_default();
        let has =
            self.weights.iter().enumerate().filter(|(number, _)| held >> (number % 64) & 1 == 1);
        if all > 0.0 { has.map(|(_, weight)| weight).sum::<f32>() / all } else { 0.0 }
    }
}

/// Slots that have a concept in any of its forms and how often; `None` where it is in too many.
fn list<P: Places>(
    concept: &Concept,
    passages: &impl Passages,
    places: &P,
) -> Result<Option<Vec<(u32, u32)>>, P::Error> {
    let most = match passages.count() {
        count if count > TOO_FREQUENT_ABOVE => count / TOO_FREQUENT,
        _ => usize::MAX,
    };
    if most < usize::MAX && passages.passes_over(concept) {
        return Ok(None);
    }
    let mut found: Vec<(u32, u32)> = Vec::new();
    for form in &concept.forms {
        places.visit(form, &mut |passage, times| {
            if let Some(slot) = passages.slot(passage) {
                // Slots are counted in 32 bits.
                found.push((slot as u32, times));
            }
            if found.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if found.len() > most {
            passages.pass_over(concept);
            return Ok(None);
        }
    }
    if concept.forms.len() > 1 {
        found.sort_unstable_by_key(|(slot, times)| (*slot, std::cmp::Reverse(*times)));
        found.dedup_by_key(|(slot, _)| *slot);
    }
    Ok(Some(found))
}
