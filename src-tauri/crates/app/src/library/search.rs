//! Finding passages: for people who search, and for answers.

use std::sync::Arc;

use hearth_domain::{CollectionId, FileId, Passage, PassagePage, PassageRequest};
use hearth_rag::{
    embed::Embedder,
    index::Filter,
    retrieve::{self, Parts, Question, Retrieval},
};
use hearth_store::{Reader, StoredFile};

use super::shelf::Shelf;
use crate::{App, Error, Result, db::blocking};

/// Passages of one question.
const MOST: u32 = 200;
/// Bytes of a question.
const QUESTION_BYTES: usize = 64 * 1024;

/// What was found, with what the documents were then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retrieved {
    pub(crate) page: PassagePage,
    /// BLAKE3 of the document of each passage.
    pub(crate) hashes: Vec<Option<[u8; 32]>>,
    /// What each passage was found by.
    parts: Vec<Parts>,
    dense_weight: f32,
}

impl Retrieved {
    /// Whether something was found that answers.
    pub(crate) fn answers(&self) -> bool {
        self.page.answerable && !self.page.results.is_empty()
    }

    /// Judges anew whether the passages answer, by those that may be read.
    pub(crate) fn judge_by(&mut self, may_read: &[bool]) {
        let kept = self.parts.iter().zip(may_read).filter(|(_, kept)| **kept);
        let kept: Vec<Parts> = kept.map(|(parts, _)| *parts).collect();
        let (confidence, answerable) = retrieve::judge(&kept, self.dense_weight);
        (self.page.confidence, self.page.answerable) = (confidence.into(), answerable);
    }
}

impl App {
    /// Passages of documents for a question, best first.
    ///
    /// # Errors
    /// An unknown collection or file, a number out of range, a question that is too large, or a
    /// database that cannot be read.
    pub async fn passage_search(self: &Arc<Self>, request: PassageRequest) -> Result<PassagePage> {
        Ok(self.retrieve(request, None).await?.page)
    }

    /// As [`App::passage_search`], for an answer that may read so many characters.
    pub(crate) async fn retrieve(
        self: &Arc<Self>,
        request: PassageRequest,
        budget: Option<usize>,
    ) -> Result<Retrieved> {
        if !(1..=MOST).contains(&request.k) {
            return Err(Error::OutOfRange("k"));
        }
        if request.text.len() > QUESTION_BYTES {
            return Err(Error::TextTooLarge { size: request.text.len(), limit: QUESTION_BYTES });
        }
        let shelf = self.shelf().await?;
        let app = Arc::clone(self);
        blocking(move || app.find(&shelf, &request, budget)).await
    }

    fn find(
        &self,
        shelf: &Shelf,
        request: &PassageRequest,
        budget: Option<usize>,
    ) -> Result<Retrieved> {
        let db = self.db.store();
        let (collections, file) = (request.collections.clone(), request.file);
        let filter = db.read(|r| filter(r, &collections, file))?;
        let question =
            Question { budget, ..Question::new(&request.text, &filter, request.k as usize) };
        let embedder = shelf.embedder.as_ref().map(|it| it as &dyn Embedder);
        let found = Retrieval::new(&shelf.index, embedder).search(&question)?;
        let best = found.passages.iter().map(|it| it.parts.keyword).fold(f32::EPSILON, f32::max);
        let mut results = Vec::with_capacity(found.passages.len());
        let mut hashes = Vec::with_capacity(found.passages.len());
        let mut parts = Vec::with_capacity(found.passages.len());
        db.read(|r| {
            for passage in &found.passages {
                // One that is gone since the search was not found.
                let Ok(file) = r.file_of(passage.file) else { continue };
                let rank = u32::try_from(results.len() + 1).unwrap_or(u32::MAX);
                let shared = r.file_name_shared(file.collection, &file.name)?;
                hashes.push(file.hash);
                parts.push(passage.parts);
                results.push(shown(passage, file, rank, best, shared));
            }
            Ok(())
        })?;
        let confidence = f64::from(found.confidence);
        let page = PassagePage { results, confidence, answerable: found.answerable };
        Ok(Retrieved { page, hashes, parts, dense_weight: found.dense_weight })
    }
}

/// What may be found: of some collections, of one file, or of everything.
fn filter(
    r: &Reader<'_>,
    collections: &[CollectionId],
    file: Option<FileId>,
) -> hearth_store::Result<Filter> {
    if let Some(file) = file {
        return Ok(Filter::files(&[r.file(file)?.seq]));
    }
    let all: Vec<CollectionId> = match collections {
        [] => r.collection_list()?.into_iter().map(|collection| collection.id).collect(),
        some => {
            some.iter().try_for_each(|id| r.collection(*id).map(drop))?;
            some.to_vec()
        }
    };
    Ok(Filter::files(&r.file_keys(&all)?))
}

fn shown(
    passage: &retrieve::Passage,
    file: StoredFile,
    rank: u32,
    best: f32,
    shared: bool,
) -> Passage {
    let has_pages = file.pages > 0;
    Passage {
        rank,
        score: f64::from(passage.score),
        meaning: f64::from(passage.parts.cosine.unwrap_or_default()),
        words: f64::from(passage.parts.keyword / best),
        file: file.id,
        collection: file.collection,
        // Two of one name are told apart by their places.
        document: if shared { file.place } else { file.name },
        title: file.title,
        headings: passage.heading.clone(),
        page: has_pages.then_some(passage.pages.0 + 1),
        start: passage.characters.0.into(),
        end: passage.characters.1.into(),
        text: passage.text.clone(),
    }
}
