//! Documents that are read from the beginning to the end for an answer. What is short goes into the
//! prompt as it is; what is long, where the person wants all of it read, is read part by part (`parts`).

use std::sync::Arc;

use hearth_domain::{Message, MessageSources, Passage};
use hearth_engine::{LoadedModel, TokenCounter};
use hearth_rag::document::Document;
use hearth_store::StoredFile;

use super::{
    answer_sources::ReadUp,
    parts::{BYTES_A_TOKEN, FRAME},
    turn::AnswerTask,
};
use crate::{
    App, Error, Result,
    db::blocking,
    guard::ScreenedPassages,
    library::{Piece, Retrieved, Scope, pieces},
    sources::{self, Reliance, Sources},
};

/// Bytes of text of all documents of one answer.
const BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the form in which they are kept, with the places of their words.
const KEPT_BYTES: usize = 16 * BYTES;
/// Bytes of a piece that an answer can cite, where all of it is in the prompt.
const CITED: usize = 1200;
/// Of the context, what one part may take where it is read for a note.
const OF_CONTEXT: u32 = 2;

/// A document as it is read.
struct Whole {
    file: StoredFile,
    document: Document,
}

/// What is read of documents in the place of a search.
pub(super) enum ReadWhole {
    /// They are searched.
    Not,
    /// This is read.
    Found(Box<ReadUp>),
    /// The person cancelled meanwhile.
    Cancelled,
}

impl App {
    /// The documents that a scope names, in the order of their places. [`Error::TextTooLarge`] where they
    /// are too much to be read at once.
    async fn documents_of(&self, scope: Scope) -> Result<Vec<Whole>> {
        let read = self.db.read(move |r| {
            let mut keys = scope.keys(r)?;
            keys.sort_unstable();
            keys.dedup();
            let (mut found, mut size) = (Vec::new(), 0);
            for key in keys {
                // One that waits to be read has no text yet.
                let Ok(bytes) = r.document(key) else { continue };
                size += bytes.len();
                if size > KEPT_BYTES {
                    return Ok(Err(Error::TextTooLarge { size, limit: BYTES }));
                }
                let mut file = r.file_of(key)?;
                // A row is its document; one that still waits for its vectors has no hash yet.
                if !file.row.is_empty() {
                    file.hash = Some(blake3::hash(&bytes).into());
                }
                found.push((file, bytes));
            }
            Ok(Ok(found))
        });
        let mut found = read.await??;
        found.sort_by(|(a, _), (b, _)| (a.collection, &a.place).cmp(&(b.collection, &b.place)));
        blocking(move || {
            let open = |(file, bytes): (StoredFile, Vec<u8>)| {
                Some(Whole { file, document: Document::from_bytes(&bytes)? })
            };
            let documents: Vec<_> = found.into_iter().filter_map(open).collect();
            let size = documents.iter().map(|it| it.document.text.len()).sum();
            if size > BYTES {
                return Err(Error::TextTooLarge { size, limit: BYTES });
            }
            Ok(documents)
        })
        .await
    }
}

impl AnswerTask {
    /// Whether the context of the model decides what is read.
    pub(super) fn wants_context(&self) -> bool {
        let named = self.asked.as_ref().is_some_and(|asked| asked.scope.is_files());
        named || self.everything || self.told.may_be_searched()
    }

    /// Reads documents whole, where they are short or all of them is wanted.
    pub(super) async fn read_whole(&mut self, model: &LoadedModel) -> Result<ReadWhole> {
        let Some(asked) = self.asked.clone() else { return Ok(ReadWhole::Not) };
        if asked.scope.is_empty() || !(self.everything || asked.scope.is_files()) {
            return Ok(ReadWhole::Not);
        }
        self.app.keep_attached(&asked.scope.attached).await?;
        let documents = match self.app.documents_of(asked.scope.clone()).await {
            Err(Error::TextTooLarge { .. }) if !self.everything => return Ok(ReadWhole::Not),
            documents => Arc::new(documents?),
        };
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        let (turns, wanted) = (self.turns.clone(), self.sampling.max_tokens);
        let all = Arc::clone(&documents);
        let short = blocking(move || {
            let room = sources::room(&counter, &turns, wanted, Reliance::Whole)?;
            Ok::<_, Error>((fitting(&counter, &all, room)?, room))
        });
        let (short, room) = short.await?;
        if let Some(found) = short {
            let read = self.screened(found, Reliance::Whole).await?;
            return Ok(ReadWhole::Found(Box::new(read)));
        }
        if !self.everything {
            return Ok(ReadWhole::Not);
        }
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        let parts = blocking(move || in_parts(&counter, &documents)).await?;
        self.read_parts(model, parts, (asked.question(), room)).await
    }

    /// What the guardrails let through of what was read.
    async fn screened(&self, found: Retrieved, reliance: Reliance) -> Result<ReadUp> {
        let passages = found.page.results.clone();
        let policy = self.asker.policy(&self.app);
        let ScreenedPassages { read, report } =
            self.app.screen_passages(policy, self.message.conversation, passages).await?;
        let nothing = |_| nothing_to_read(&self.message);
        let found = Sources::of(found, read, reliance)?.map(Some).map_err(nothing);
        Ok(ReadUp { found, report: Some(report) })
    }
}

/// All of some documents in pieces that can be cited; `None` where they have no room.
fn fitting(counter: &TokenCounter, documents: &[Whole], room: u32) -> Result<Option<Retrieved>> {
    let pieces = documents.iter().flat_map(|whole| passages(whole, CITED, true));
    let found = retrieved(pieces.collect());
    let mut tokens = 0_u32;
    for passage in &found.page.results {
        let name = counter.text(None, &passage.document)?;
        tokens = tokens.saturating_add(counter.text(None, &passage.text)? + name + FRAME);
        if tokens > room {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// Documents in parts of which each has room in half of the context.
fn in_parts(counter: &TokenCounter, documents: &[Whole]) -> Result<Retrieved> {
    let most = counter.sequence_limit() / OF_CONTEXT;
    let mut parts = Vec::new();
    for whole in documents {
        let mut bytes = most as usize * BYTES_A_TOKEN;
        parts.extend(loop {
            let found = passages(whole, bytes, false);
            let mut longest = 0;
            for (passage, _) in &found {
                longest = longest.max(counter.text(None, &passage.text)?);
            }
            // Numbers, and scripts that the model knows little of, have more tokens.
            if longest <= most || bytes <= most as usize / 2 {
                break found;
            }
            bytes = (bytes * most as usize / longest as usize).min(bytes * 9 / 10);
        });
    }
    Ok(retrieved(parts))
}

/// A document in pieces of at most so many bytes, each with what the document is by its hash.
fn passages(whole: &Whole, most: usize, keep_to_pages: bool) -> Vec<(Passage, Option<[u8; 32]>)> {
    let Whole { file, document } = whole;
    let passage = |piece: Piece| Passage {
        rank: 0,
        score: 1.0,
        meaning: 0.0,
        words: 0.0,
        file: file.id,
        collection: file.collection,
        document: file.name.clone(),
        title: file.title.clone(),
        headings: Vec::new(),
        page: piece.page,
        start: piece.characters.0,
        end: piece.characters.1,
        text: piece.text,
    };
    let pieces = pieces(document, most, keep_to_pages).into_iter();
    pieces.map(|piece| (passage(piece), file.hash)).collect()
}

/// Pieces in their order, numbered.
fn retrieved(pieces: Vec<(Passage, Option<[u8; 32]>)>) -> Retrieved {
    let numbered =
        (1..).zip(pieces).map(|(rank, (passage, hash))| (Passage { rank, ..passage }, hash));
    let (results, hashes) = numbered.unzip();
    Retrieved::whole(results, hashes)
}

/// What is told where nothing of the documents may be read.
pub(super) fn nothing_to_read(message: &Message) -> MessageSources {
    super::answer_sources::nothing_answers(message, 0.0)
}
