//! Searching what is kept of the passages: by words, by vector, among the files that a filter lets
//! through. Not here: how it is kept.

use std::{panic, thread};

use super::Mirror;
use crate::{
    index::{
        Candidates, Filter, Hit, PassageKey,
        keyword::{Passages, Places, Scores},
        vectors::{Best, Quantised},
    },
    terms::{Concept, QueryTerms},
};

/// From so many passages on, vectors take milliseconds: worth a thread.
const BESIDE_FROM: usize = 20_000;

/// All but this part of the passages are nearly all of them.
const MOST: usize = 40;

impl Mirror {
    /// The best `k` by words and the best `k` by vector of the files that the filter lets through. A
    /// phrase that no passage has is passed over.
    ///
    /// # Errors
    /// Where `places` cannot be read.
    pub fn search<P: Places>(
        &self,
        terms: &QueryTerms,
        vector: Option<&[f32]>,
        filter: &Filter,
        k: usize,
        places: &P,
    ) -> Result<Candidates, P::Error> {
        let allowed = Allowed::of(self, filter, self.phrases(terms, places)?);
        let query = vector.map(Quantised::of);
        let (scores, near) =
            self.beside(&allowed, query.as_ref(), k, || Scores::of(terms, &allowed, places));
        let scores = scores?;
        let mut best = Best::new(k);
        for slot in scores.touched() {
            best.offer(slot, scores.bm25(slot));
        }
        let mut found: Vec<usize> = best.into_sorted().into_iter().map(|(slot, _)| slot).collect();
        found.extend(near.into_iter().map(|(slot, _)| slot));
        found.sort_unstable();
        found.dedup();
        let hits = found.into_iter().map(|slot| {
            let (chunk, file) = self.place(slot, filter);
            Hit {
                chunk,
                file,
                keyword: scores.bm25(slot),
                cosine: query.as_ref().and_then(|query| self.vectors.cosine(slot, query)),
                coverage: scores.coverage(slot),
            }
        });
        Ok(Candidates { hits: hits.collect(), weights: scores.weights.clone() })
    }

    /// Looks for words here, and for what is near by vector beside it where that takes a while.
    fn beside<T>(
        &self,
        allowed: &Allowed<'_>,
        query: Option<&Quantised>,
        k: usize,
        words: impl FnOnce() -> T,
    ) -> (T, Vec<(usize, f32)>) {
        let nearest = |query| self.vectors.nearest(query, k, |slot| allowed.allows(slot));
        match query {
            None => (words(), Vec::new()),
            Some(query) if self.passages < BESIDE_FROM => (words(), nearest(query)),
            Some(query) => thread::scope(|scope| {
                let near = scope.spawn(|| nearest(query));
                let words = words();
                (words, near.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
            }),
        }
    }

    /// The slots that have every phrase of a query; `None` where that asks nothing.
    fn phrases<P: Places>(
        &self,
        terms: &QueryTerms,
        places: &P,
    ) -> Result<Option<Vec<usize>>, P::Error> {
        let mut all: Option<Vec<usize>> = None;
        for forms in &terms.phrases {
            let mut slots = Vec::new();
            for phrase in forms {
                let found = places.phrase(phrase)?;
                slots.extend(found.into_iter().filter_map(|passage| self.slot_of(passage)));
            }
            slots.sort_unstable();
            slots.dedup();
            if let Some(all) = &all {
                slots.retain(|slot| all.binary_search(slot).is_ok());
            }
            if !slots.is_empty() {
                all = Some(slots);
            }
        }
        Ok(all)
    }
}

/// The passages that a search may find.
struct Allowed<'a> {
    mirror: &'a Mirror,
    /// `None` where it is all of them.
    slots: Option<Vec<bool>>,
    count: usize,
    mean_terms: f32,
}

impl<'a> Allowed<'a> {
    fn of(mirror: &'a Mirror, filter: &Filter, phrases: Option<Vec<usize>>) -> Self {
        let (mut count, mut terms) = (mirror.passages, mirror.terms);
        let slots = match (filter, phrases) {
            (Filter::All, None) => None,
            (_, phrases) => {
                let among = |slot| match &phrases {
                    Some(slots) => slots.binary_search(&slot).is_ok(),
                    None => true,
                };
                (count, terms) = (0, 0);
                let rows = mirror.rows.iter().enumerate().map(|(slot, row)| {
                    let allowed = row.chunk != 0 && among(slot) && mirror.has_place(slot, filter);
                    count += usize::from(allowed);
                    terms += u64::from(row.terms) * u64::from(allowed);
                    allowed
                });
                Some(rows.collect())
            }
        };
        let mean_terms = terms as f32 / count.max(1) as f32;
        Self { mirror, slots, count, mean_terms }
    }

    /// Whether they are nearly all there are.
    fn is_most(&self) -> bool {
        self.count * MOST >= self.mirror.passages * (MOST - 1)
    }

    fn allows(&self, slot: usize) -> bool {
        self.slots.as_ref().is_none_or(|slots| slots.get(slot).copied().unwrap_or_default())
    }
}

impl Passages for Allowed<'_> {
    fn slots(&self) -> usize {
        self.mirror.rows.len()
    }

    fn slot(&self, passage: PassageKey) -> Option<usize> {
        self.mirror.slot_of(passage).filter(|slot| self.allows(*slot))
    }

    fn terms(&self, slot: usize) -> u32 {
        self.mirror.rows[slot].terms.into()
    }

    fn count(&self) -> usize {
        self.count
    }

    fn mean_terms(&self) -> f32 {
        self.mean_terms
    }

    fn passes_over(&self, concept: &Concept) -> bool {
        let mirror = self.mirror;
        self.is_most() && mirror.frequent.has(concept, self.count, mirror.changes)
    }

    fn pass_over(&self, concept: &Concept) {
        // Among a part of the passages it may be rare.
        if self.is_most() {
            self.mirror.frequent.note(concept, self.mirror.changes);
        }
    }
}
