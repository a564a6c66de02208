//! The index of documents over the encrypted database: `rag` says what a search needs, `store` keeps
//! it. A change is on disk before the mirror in memory knows it; a search reads the mirror, and of the
//! database the lists of places of its words.

use std::{
    ops::{ControlFlow, Range},
    sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use hearth_rag::{
    chunk::Chunk,
    document::Span,
    embed::Space,
    index::{
        Candidates, ChunkKey, FileKey, Filter, Index, IndexStats, Mirror, PassageKey, Place,
        Places, Quantised, StoredChunk, Unembedded, Upserted,
    },
    terms::{Language, QueryTerms, TermCutter},
};
use hearth_store::{
    ChunkChange, ChunkContent, ChunkPlace, ChunkRow, Error, NewChunk, Reader, VectorRow,
    VectorSpace,
};
use sha2::{Digest, Sha256};

use crate::db::Database;

/// The index that ships.
pub(super) struct StoredIndex {
    db: Database,
    mirror: RwLock<Mirror>,
    /// Held by who changes the database and then the mirror; searches go on meanwhile.
    changing: Mutex<()>,
    /// What vectors are made for; `None` where there is no embedder.
    filled: Option<VectorSpace>,
    /// What searches compare in.
    answering: RwLock<Option<VectorSpace>>,
}

impl StoredIndex {
    /// Reads the index. `space` is that of the embedder; where it is another one than the index has,
    /// the passages are to be embedded again while the old vectors answer.
    pub(super) fn open(db: Database, space: Option<&Space>) -> Result<Self, Error> {
        let filled = match space {
            Some(space) => {
                let dimensions =
                    u32::try_from(space.dimensions).map_err(|_| Error::RowMalformed)?;
                Some(db.store().write(|w| w.space_put(&space.name, dimensions))?)
            }
            None => None,
        };
        let index = Self {
            db,
            mirror: RwLock::new(Mirror::new(0)),
            changing: Mutex::new(()),
            filled,
            answering: RwLock::new(None),
        };
        index.refresh()?;
        Ok(index)
    }

    /// Reads everything again, for files that are gone from the database.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        let _changing = self.changing();
        self.load()
    }

    fn load(&self) -> Result<(), Error> {
        let (fresh, answering) = self.db.store().read(load)?;
        *self.mirror_mut() = fresh;
        *self.answering.write().unwrap_or_else(PoisonError::into_inner) = answering;
        Ok(())
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mirror(&self) -> RwLockReadGuard<'_, Mirror> {
        self.mirror.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn mirror_mut(&self) -> RwLockWriteGuard<'_, Mirror> {
        self.mirror.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index for StoredIndex {
    type Error = Error;

    fn upsert(&self, file: FileKey, chunks: &[Chunk]) -> Result<Upserted, Error> {
        let rows = new_chunks(chunks);
        let _changing = self.changing();
        let change = self.db.store().write(|w| w.chunks_put(file, &rows))?;
        let ChunkChange { places, new_passages } = change;
        let chunks = places.len();
        let places: Vec<Place> = places.iter().map(place).collect();
        self.mirror_mut().replace(file, &places);
        Ok(Upserted { chunks, new_passages })
    }

    fn delete(&self, files: &[FileKey]) -> Result<(), Error> {
        let _changing = self.changing();
        self.db.store().write(|w| files.iter().try_for_each(|file| w.chunks_remove(*file)))?;
        let mut mirror = self.mirror_mut();
        files.iter().for_each(|file| mirror.remove(*file));
        Ok(())
    }

    fn unembedded(&self, file: Option<FileKey>, limit: usize) -> Result<Vec<Unembedded>, Error> {
        let Some(space) = &self.filled else { return Ok(Vec::new()) };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = self.db.store().read(|r| r.unembedded(space.id, file, limit))?;
        let text = |header: String, text: String| Chunk::joined(&header, &text);
        Ok(rows
            .into_iter()
            .map(|(passage, header, body)| Unembedded { passage, text: text(header, body) })
            .collect())
    }

    fn put_vectors(&self, vectors: &[(PassageKey, Vec<f32>)]) -> Result<(), Error> {
        let Some(space) = &self.filled else { return Ok(()) };
        let rows: Vec<VectorRow> = vectors
            .iter()
            .filter(|(_, vector)| vector.len() == space.dimensions as usize)
            .map(|(passage, vector)| {
                let Quantised { scale, codes } = Quantised::of(vector);
                VectorRow { passage: *passage, scale, codes }
            })
            .collect();
        let _changing = self.changing();
        let exchanged = self.db.store().write(|w| w.vectors_put(space.id, &rows))?;
        if exchanged {
            return self.load();
        }
        if self.answering_id() == Some(space.id) {
            let mut mirror = self.mirror_mut();
            for row in &rows {
                mirror.set_vector(row.passage, row.scale, &row.codes);
            }
        }
        Ok(())
    }

    fn space(&self) -> Option<Space> {
        let answering = self.answering.read().unwrap_or_else(PoisonError::into_inner);
        answering
            .as_ref()
            .map(|space| Space { name: space.name.clone(), dimensions: space.dimensions as usize })
    }

    fn search(
        &self,
        terms: &QueryTerms,
        vector: Option<&[f32]>,
        filter: &Filter,
        k: usize,
    ) -> Result<Candidates, Error> {
        let mirror = self.mirror();
        self.db.store().read(|r| mirror.search(terms, vector, filter, k, &Lists(r)))
    }

    fn chunks(&self, keys: &[ChunkKey]) -> Result<Vec<StoredChunk>, Error> {
        let rows = self.db.store().read(|r| r.chunks(keys))?;
        Ok(rows.into_iter().map(stored).collect())
    }

    fn chunks_of(&self, file: FileKey, ordinals: Range<u32>) -> Result<Vec<StoredChunk>, Error> {
        let rows = self.db.store().read(|r| r.chunks_of_file(file, ordinals))?;
        Ok(rows.into_iter().map(stored).collect())
    }

    fn languages(&self) -> Vec<Language> {
        self.mirror().languages()
    }

    fn stats(&self) -> Result<IndexStats, Error> {
        let (chunks, passages) = self.db.store().read(|r| r.passage_counts())?;
        let unembedded = match &self.filled {
            Some(space) => self.db.store().read(|r| r.unembedded_count(space.id))?,
            None => 0,
        };
        let memory_bytes = self.mirror().stats().memory_bytes as u64;
        Ok(IndexStats { chunks, passages, unembedded, memory_bytes })
    }
}

impl StoredIndex {
    fn answering_id(&self) -> Option<i64> {
        let answering = self.answering.read().unwrap_or_else(PoisonError::into_inner);
        answering.as_ref().map(|space| space.id)
    }
}

/// The lists of places of the full-text index, at one moment of the database.
struct Lists<'r, 'c>(&'r Reader<'c>);

impl Places for Lists<'_, '_> {
    type Error = Error;

    fn visit(
        &self,
        term: &str,
        visit: &mut dyn FnMut(PassageKey, u32) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.0.passages_with(term, visit)
    }

    fn phrase(&self, terms: &[String]) -> Result<Vec<PassageKey>, Error> {
        self.0.passages_with_phrase(terms)
    }
}

fn load(r: &Reader<'_>) -> Result<(Mirror, Option<VectorSpace>), Error> {
    let answering = r.answering_space()?;
    let dimensions = answering.as_ref().map_or(0, |space| space.dimensions as usize);
    let mut mirror = Mirror::new(dimensions);
    r.chunk_places(|found| mirror.add(place(&found)))?;
    if let Some(space) = &answering {
        let mut codes = Vec::with_capacity(dimensions);
        r.vectors(space.id, |passage, scale, bytes| {
            codes.clear();
            codes.extend(bytes.iter().map(|byte| byte.cast_signed()));
            mirror.set_vector(passage, scale, &codes);
        })?;
    }
    Ok((mirror, answering))
}

/// Chunks as the store keeps them, with the terms of each by its own language.
fn new_chunks(chunks: &[Chunk]) -> Vec<NewChunk> {
    let mut cutters: Vec<TermCutter> = Vec::new();
    let mut rows = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let at = cutters.iter().position(|cutter| cutter.language() == chunk.language);
        let at = at.unwrap_or_else(|| {
            cutters.push(TermCutter::new(chunk.language));
            cutters.len() - 1
        });
        let text = chunk.indexed_text();
        let (terms, count) = cutters[at].index_terms(&text);
        let mut hash = [0; 16];
        hash.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
        rows.push(NewChunk {
            hash,
            terms,
            term_count: u32::try_from(count).unwrap_or(u32::MAX),
            content: ChunkContent {
                ordinal: chunk.ordinal,
                section: chunk.section,
                bytes: chunk.span.start..chunk.span.end,
                characters: chunk.characters.0..chunk.characters.1,
                pages: chunk.pages,
                heading: chunk.heading.clone(),
                header: chunk.header.clone(),
                text: chunk.text.clone(),
                language: chunk.language.code().to_owned(),
            },
        });
    }
    rows
}

fn place(found: &ChunkPlace) -> Place {
    Place {
        passage: found.passage,
        chunk: found.chunk,
        file: found.file,
        terms: found.terms,
        language: Language::from_code(&found.language),
    }
}

fn stored(row: ChunkRow) -> StoredChunk {
    let content = row.content;
    let chunk = Chunk {
        ordinal: content.ordinal,
        section: content.section,
        span: Span { start: content.bytes.start, end: content.bytes.end },
        characters: (content.characters.start, content.characters.end),
        pages: content.pages,
        heading: content.heading,
        header: content.header,
        text: content.text,
        language: Language::from_code(&content.language),
    };
    StoredChunk { key: row.seq, file: row.file, chunk }
}

#[cfg(test)]
mod tests;
