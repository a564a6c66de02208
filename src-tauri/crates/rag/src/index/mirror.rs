//! What a search needs of every passage, in memory: where it stands, how long it is, its vector.
//!
//! The database is the truth; this is filled from it at the start and changed after each transaction.
//! A passage has a slot, a small number that is given to another when the passage goes.

mod search;

use std::collections::HashMap;

use super::{ChunkKey, FileKey, Filter, PassageKey, frequent::Frequent, vectors::Vectors};
use crate::terms::Language;

const NO_SLOT: u32 = u32::MAX;
/// Terms are counted up to this; no passage comes near.
const MOST_TERMS: u32 = u16::MAX as u32;

/// A passage in a place of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The passage.
    pub passage: PassageKey,
    /// The chunk.
    pub chunk: ChunkKey,
    /// The file of the chunk.
    pub file: FileKey,
    /// Terms of the passage.
    pub terms: u32,
    /// What the passage is written in.
    pub language: Language,
}

/// What a mirror holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorStats {
    /// Chunks.
    pub chunks: usize,
    /// Passages.
    pub passages: usize,
    /// Passages with a vector.
    pub vectors: usize,
    /// Bytes in memory.
    pub memory_bytes: usize,
}

/// Every passage of an index.
#[derive(Debug, Default)]
pub struct Mirror {
    /// The slot of a passage, by its number less `base`.
    slots: Vec<u32>,
    base: PassageKey,
    rows: Vec<Row>,
    free: Vec<u32>,
    /// Further places of passages that have more than one.
    more: HashMap<u32, Vec<(ChunkKey, FileKey)>>,
    /// The slots of each file.
    files: HashMap<FileKey, Vec<u32>>,
    languages: HashMap<Language, usize>,
    chunks: usize,
    passages: usize,
    terms: u64,
    vectors: Vectors,
    frequent: Frequent,
    /// Passages that came and went.
    changes: u64,
}

/// One slot. A chunk of 0 means that it is free: numbers of the store begin at 1.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    passage: PassageKey,
    chunk: ChunkKey,
    file: FileKey,
    terms: u16,
    language: Language,
}

impl Mirror {
    /// An empty one for vectors of so many numbers.
    #[must_use]
    pub fn new(dimensions: usize) -> Self {
        Self { vectors: Vectors::new(dimensions), ..Self::default() }
    }

    /// Adds a place. The passage gets a slot where it has none.
    pub fn add(&mut self, place: Place) {
        let slot = self.slot_or_new(place);
        let row = &mut self.rows[slot as usize];
        if row.chunk == 0 {
            (row.chunk, row.file) = (place.chunk, place.file);
        } else {
            self.more.entry(slot).or_default().push((place.chunk, place.file));
        }
        self.files.entry(place.file).or_default().push(slot);
        self.chunks += 1;
    }

    /// Makes these the places of a file. Their chunks are newer than those that were there.
    pub fn replace(&mut self, file: FileKey, places: &[Place]) {
        let before = self.files.remove(&file).unwrap_or_default();
        let first_new = places.iter().map(|place| place.chunk).min().unwrap_or(ChunkKey::MAX);
        for place in places {
            self.add(*place);
        }
        self.drop_places(file, before, first_new);
    }

    /// Forgets the places of a file.
    pub fn remove(&mut self, file: FileKey) {
        let before = self.files.remove(&file).unwrap_or_default();
        self.drop_places(file, before, ChunkKey::MAX);
    }

    /// Keeps the vector of a passage; one that is gone is passed over.
    pub fn set_vector(&mut self, passage: PassageKey, scale: f32, codes: &[i8]) {
        if let Some(slot) = self.slot_of(passage) {
            self.vectors.set(slot, scale, codes);
        }
    }

    /// Forgets all vectors, for those of another space.
    pub fn clear_vectors(&mut self, dimensions: usize) {
        self.vectors = Vectors::new(dimensions);
    }

    /// Numbers in a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.vectors.dimensions()
    }

    /// Languages of the passages, the most frequent first.
    #[must_use]
    pub fn languages(&self) -> Vec<Language> {
        let mut counted: Vec<_> = self.languages.iter().filter(|(_, count)| **count > 0).collect();
        counted.sort_by_key(|(language, count)| (std::cmp::Reverse(**count), **language));
        counted.into_iter().map(|(language, _)| *language).collect()
    }

    /// What it holds.
    #[must_use]
    pub fn stats(&self) -> MirrorStats {
        let slots = 0..self.rows.len();
        MirrorStats {
            chunks: self.chunks,
            passages: self.passages,
            vectors: slots.filter(|slot| self.vectors.has(*slot)).count(),
            memory_bytes: self.vectors.memory()
                + self.rows.capacity() * size_of::<Row>()
                + (self.slots.capacity() + self.chunks) * size_of::<u32>(),
        }
    }

    fn slot_of(&self, passage: PassageKey) -> Option<usize> {
        let at = usize::try_from(passage.wrapping_sub(self.base)).ok()?;
        self.slots.get(at).filter(|slot| **slot != NO_SLOT).map(|slot| *slot as usize)
    }

    fn slot_or_new(&mut self, place: Place) -> u32 {
        if let Some(slot) = self.slot_of(place.passage) {
            return slot as u32;
        }
        let row = Row {
            passage: place.passage,
            terms: place.terms.min(MOST_TERMS) as u16,
            language: place.language,
            ..Row::default()
        };
        let slot = self.free.pop().unwrap_or(self.rows.len() as u32);
        if slot as usize == self.rows.len() {
            self.rows.push(row);
        } else {
            self.rows[slot as usize] = row;
        }
        self.number(place.passage, slot);
        self.passages += 1;
        self.changes += 1;
        self.terms += u64::from(row.terms);
        *self.languages.entry(row.language).or_default() += 1;
        slot
    }

    /// Notes the slot of a passage.
    fn number(&mut self, passage: PassageKey, slot: u32) {
        if self.slots.is_empty() {
            self.base = passage;
        }
        if passage < self.base {
            let before = usize::try_from(self.base - passage).unwrap_or_default();
            self.slots.splice(0..0, std::iter::repeat_n(NO_SLOT, before));
            self.base = passage;
        }
        let at = usize::try_from(passage - self.base).unwrap_or_default();
        if at >= self.slots.len() {
            self.slots.resize(at + 1, NO_SLOT);
        }
        self.slots[at] = slot;
    }

    /// Drops the places that a file had in some slots, those older than a chunk.
    fn drop_places(&mut self, file: FileKey, slots: Vec<u32>, before: ChunkKey) {
        self.chunks -= slots.len();
        for slot in slots {
            let gone = |place: &(ChunkKey, FileKey)| place.1 == file && place.0 < before;
            if let Some(more) = self.more.get_mut(&slot) {
                more.retain(|place| !gone(place));
            }
            let row = &mut self.rows[slot as usize];
            if row.chunk != 0 && gone(&(row.chunk, row.file)) {
                let next = self.more.get_mut(&slot).and_then(Vec::pop);
                (row.chunk, row.file) = next.unwrap_or_default();
            }
            if self.more.get(&slot).is_some_and(Vec::is_empty) {
                self.more.remove(&slot);
            }
            if self.rows[slot as usize].chunk == 0 {
                self.drop_slot(slot);
            }
        }
    }

    fn drop_slot(&mut self, slot: u32) {
        let row = std::mem::take(&mut self.rows[slot as usize]);
        // A passage that a file has twice is dropped once.
        if row.passage == 0 {
            return;
        }
        let at = usize::try_from(row.passage - self.base).unwrap_or_default();
        self.slots[at] = NO_SLOT;
        self.vectors.clear(slot as usize);
        self.free.push(slot);
        self.passages -= 1;
        self.changes += 1;
        self.terms -= u64::from(row.terms);
        if let Some(count) = self.languages.get_mut(&row.language) {
            *count -= 1;
        }
    }

    /// Whether a filter lets any place of a slot through.
    fn has_place(&self, slot: usize, filter: &Filter) -> bool {
        let more = || self.more.get(&(slot as u32)).into_iter().flatten();
        filter.allows(self.rows[slot].file) || more().any(|(_, file)| filter.allows(*file))
    }

    /// The first place of a slot that a filter lets through.
    fn place(&self, slot: usize, filter: &Filter) -> (ChunkKey, FileKey) {
        let row = &self.rows[slot];
        let first = (row.chunk, row.file);
        // Slots are counted in 32 bits.
        let more = self.more.get(&(slot as u32)).into_iter().flatten().copied();
        let mut all = std::iter::once(first).chain(more);
        all.find(|(_, file)| filter.allows(*file)).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, convert::Infallible, ops::ControlFlow};

    use super::*;
    use crate::{index::keyword::Places, terms::QueryTerms};

    /// Lists of places as a store would read them.
    #[derive(Default)]
    struct Lists(HashMap<&'static str, Vec<(PassageKey, u32)>>);

    impl Places for Lists {
        type Error = Infallible;

        fn visit(
            &self,
            term: &str,
            visit: &mut dyn FnMut(PassageKey, u32) -> ControlFlow<()>,
        ) -> Result<(), Infallible> {
            for (passage, times) in self.0.get(term).into_iter().flatten() {
                if visit(*passage, *times).is_break() {
                    break;
                }
            }
            Ok(())
        }

        fn phrase(&self, terms: &[String]) -> Result<Vec<PassageKey>, Infallible> {
            let all = self.0.get(terms.join(" ").as_str());
            Ok(all.into_iter().flatten().map(|(passage, _)| *passage).collect())
        }
    }

    fn place(passage: PassageKey, chunk: ChunkKey, file: FileKey) -> Place {
        Place { passage, chunk, file, terms: 10, language: Language::English }
    }

    fn keys(mirror: &Mirror, query: &str, filter: &Filter, lists: &Lists) -> Vec<ChunkKey> {
        let terms = QueryTerms::parse(query, &[Language::English]);
        let found = mirror.search(&terms, None, filter, 10, lists).unwrap();
        let mut hits = found.hits;
        hits.sort_by(|a, b| b.keyword.total_cmp(&a.keyword));
        hits.into_iter().map(|hit| hit.chunk).collect()
    }

    #[test]
    fn a_passage_in_two_files_goes_with_the_last_of_them() {
        let mut mirror = Mirror::new(0);
        let lists = Lists([("moon", vec![(5, 1)])].into());
        mirror.add(place(5, 1, 1));
        mirror.add(place(5, 2, 2));
        mirror.add(place(5, 3, 2));
        assert_eq!(keys(&mirror, "moon", &Filter::files(&[2]), &lists).len(), 1);
        mirror.remove(1);
        assert_eq!((mirror.stats().chunks, mirror.stats().passages), (2, 1));
        mirror.remove(2);
        assert!(keys(&mirror, "moon", &Filter::All, &lists).is_empty());
        assert_eq!((mirror.stats().chunks, mirror.stats().passages), (0, 0));
        assert!(mirror.languages().is_empty());
    }

    #[test]
    fn new_chunks_of_a_file_take_the_place_of_the_old_and_keep_their_vectors() {
        let mut mirror = Mirror::new(2);
        mirror.replace(1, &[place(10, 1, 1), place(11, 2, 1)]);
        mirror.set_vector(10, 1.0, &[1, 0]);
        mirror.set_vector(11, 1.0, &[0, 1]);
        mirror.replace(1, &[place(12, 3, 1), place(10, 4, 1)]);
        let stats = mirror.stats();
        assert_eq!((stats.chunks, stats.passages, stats.vectors), (2, 2, 1));
        let none = QueryTerms::default();
        let found = mirror.search(&none, Some(&[1.0, 0.0]), &Filter::All, 5, &Lists::default());
        let hits = found.unwrap().hits;
        assert_eq!(hits.iter().map(|hit| hit.chunk).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn rare_words_weigh_more_and_a_quoted_text_must_stand_there() {
        let mut mirror = Mirror::new(0);
        for number in 1..=20 {
            mirror.add(place(number, number, number));
        }
        let common = (1..=15).map(|number| (number, 1)).collect();
        let lists = Lists(
            [("moon", common), ("basalt", vec![(18, 1), (3, 1)]), ("moon basalt", vec![(3, 1)])]
                .into(),
        );
        assert_eq!(keys(&mirror, "moon basalt", &Filter::All, &lists)[..2], [3, 18]);
        assert_eq!(keys(&mirror, "\"moon basalt\"", &Filter::All, &lists), [3]);
        assert_eq!(keys(&mirror, "moon basalt", &Filter::files(&[18, 2, 1]), &lists), [18, 1, 2]);
    }

    #[test]
    fn a_word_in_too_many_passages_is_read_once_and_again_when_the_index_has_changed() {
        /// Counts how often a list is read.
        struct Counted(Lists, Cell<usize>);

        impl Places for Counted {
            type Error = Infallible;

            fn visit(
                &self,
                term: &str,
                visit: &mut dyn FnMut(PassageKey, u32) -> ControlFlow<()>,
            ) -> Result<(), Infallible> {
                self.1.set(self.1.get() + 1);
                self.0.visit(term, visit)
            }

            fn phrase(&self, terms: &[String]) -> Result<Vec<PassageKey>, Infallible> {
                self.0.phrase(terms)
            }
        }

        let mut mirror = Mirror::new(0);
        for number in 1..=200_000 {
            mirror.add(place(number, number, number));
        }
        let moon = (1..=40_000).map(|number| (number, 1)).collect();
        let lists = Counted(Lists([("moon", moon), ("basalt", vec![(3, 1)])].into()), Cell::new(0));
        let terms = QueryTerms::parse("moon basalt", &[Language::English]);
        let reads = |mirror: &Mirror, filter: &Filter| {
            let before = lists.1.get();
            let found = mirror.search(&terms, None, filter, 10, &lists).unwrap();
            assert_eq!(found.hits.iter().map(|hit| hit.chunk).collect::<Vec<_>>(), [3]);
            lists.1.get() - before
        };
        assert_eq!(reads(&mirror, &Filter::All), 2);
        assert_eq!(reads(&mirror, &Filter::All), 1);
        let nearly = Filter::files(&(1..=195_000).collect::<Vec<_>>());
        assert_eq!(reads(&mirror, &nearly), 1);
        let part = Filter::files(&(1..=150_000).collect::<Vec<_>>());
        assert_eq!(reads(&mirror, &part), 2);
        // As many come as go.
        for number in 200_001..=206_000 {
            mirror.add(place(number, number, number));
            mirror.remove(number - 100_000);
        }
        assert_eq!(reads(&mirror, &Filter::All), 2);
        assert_eq!(reads(&mirror, &Filter::All), 1);
    }

    #[test]
    fn many_passages_are_searched_by_words_and_by_vector_at_once() {
        let mut mirror = Mirror::new(2);
        for number in 1..=30_000 {
            mirror.add(place(number, number, 1));
            mirror.set_vector(number, 0.01, &[if number == 777 { 100 } else { -100 }, 1]);
        }
        let lists = Lists([("moon", vec![(5, 1)])].into());
        let terms = QueryTerms::parse("moon", &[Language::English]);
        let found = mirror.search(&terms, Some(&[1.0, 0.0]), &Filter::All, 1, &lists).unwrap();
        let mut chunks: Vec<_> = found.hits.iter().map(|hit| hit.chunk).collect();
        chunks.sort_unstable();
        assert_eq!(chunks, [5, 777]);
    }
}
