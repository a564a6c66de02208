//! Finding passages: for people who search, and for answers.

use std::sync::Arc;

use hearth_domain::{
    AttachmentId, CollectionId, DocumentPart, Passage, PassagePage, PassageRequest,
};
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

/// What a search is limited to; to nothing where none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) collections: Vec<CollectionId>,
    pub(crate) parts: Vec<DocumentPart>,
    /// Attached documents, which their conversation alone may name.
    pub(crate) attached: Vec<AttachmentId>,
}

impl Scope {
    /// Whether nothing is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.parts.is_empty() && self.attached.is_empty()
    }

    /// Whether single documents are named and nothing else.
    pub(crate) fn is_files(&self) -> bool {
        let files = self.parts.iter().all(|it| matches!(it, DocumentPart::File { .. }));
        files && !self.parts.is_empty() && self.collections.is_empty() && self.attached.is_empty()
    }

    /// The files that may be found, in no order; none where nothing is named.
    pub(crate) fn keys(&self, r: &Reader<'_>) -> hearth_store::Result<Vec<i64>> {
        self.collections.iter().try_for_each(|id| r.collection(*id).map(drop))?;
        let mut keys = r.file_keys(&self.collections)?;
        for part in &self.parts {
            r.part_check(part)?;
            keys.extend(r.part_keys(part)?);
        }
        for id in &self.attached {
            keys.extend(r.attached(*id)?.map(|file| file.seq));
        }
        Ok(keys)
    }

    fn filter(&self, r: &Reader<'_>) -> hearth_store::Result<Filter> {
        if self.is_empty() {
            let all = r.collection_list()?.into_iter().map(|collection| collection.id);
            return Ok(Filter::files(&r.file_keys(&all.collect::<Vec<_>>())?));
        }
        Ok(Filter::files(&self.keys(r)?))
    }
}

/// A question to a part of the library.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) scope: Scope,
    pub(crate) text: String,
    /// Passages at most.
    pub(crate) k: u32,
}

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
    /// What was not looked for but read from the beginning to the end: it is all there is.
    pub(crate) fn whole(results: Vec<Passage>, hashes: Vec<Option<[u8; 32]>>) -> Self {
        let parts = vec![Parts::default(); results.len()];
        let page = PassagePage { results, confidence: 1.0, answerable: true };
        Self { page, hashes, parts, dense_weight: 0.0 }
    }

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
        let PassageRequest { collections, parts, text, k } = request;
        let scope = Scope { collections, parts, ..Scope::default() };
        Ok(self.retrieve(Asking { scope, text, k }, None).await?.page)
    }

    /// As [`App::passage_search`], for an answer that may read so many characters.
    pub(crate) async fn retrieve(
        self: &Arc<Self>,
        asking: Asking,
        budget: Option<usize>,
    ) -> Result<Retrieved> {
        if !(1..=MOST).contains(&asking.k) {
            return Err(Error::OutOfRange("k"));
        }
        if asking.text.len() > QUESTION_BYTES {
            return Err(Error::TextTooLarge { size: asking.text.len(), limit: QUESTION_BYTES });
        }
        let shelf = self.shelf().await?;
        let app = Arc::clone(self);
        blocking(move || app.find(&shelf, &asking, budget)).await
    }

    fn find(&self, shelf: &Shelf, asking: &Asking, budget: Option<usize>) -> Result<Retrieved> {
        let db = self.db.store();
        let filter = db.read(|r| asking.scope.filter(r))?;
        let question =
            Question { budget, ..Question::new(&asking.text, &filter, asking.k as usize) };
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
