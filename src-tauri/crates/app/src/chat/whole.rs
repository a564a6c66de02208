//! Documents that are read from the beginning to the end for an answer. What is short goes into the
//! prompt as it is; what is long, where the person wants all of it read, is read part by part (`parts`).

use std::sync::Arc;

use hearth_domain::{Message, MessageSources, Passage};
use hearth_engine::LoadedModel;
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
    library::{Retrieved, Scope, pieces},
    sources::{Reliance, Sources},
};

/// Bytes of text of all documents of one answer.
const BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the form in which they are kept, with the places of their words.
const KEPT_BYTES: usize = 16 * BYTES;
/// Bytes of a piece that an answer can cite, where all of it is in the prompt.
const CITED: usize = 1200;
/// Of the context, what stands in the prompt at once: two parts of five.
const OF_CONTEXT: (u32, u32) = (2, 5);

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
    /// The documents that a scope names, in the order of their places.
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
                found.push((r.file_of(key)?, bytes));
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
        let documents = Arc::new(self.app.documents_of(asked.scope.clone()).await?);
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        let size = counter.sequence_limit();
        let room = size / OF_CONTEXT.1 * OF_CONTEXT.0;
        let all = Arc::clone(&documents);
        let short = blocking(move || {
            let found = passages(&all, CITED, true);
            let mut tokens = 0_u32;
            for passage in &found.page.results {
                tokens = tokens.saturating_add(counter.text(None, &passage.text)? + FRAME);
                if tokens > room {
                    return Ok(None);
                }
            }
            Ok::<_, Error>(Some(found))
        });
        if let Some(found) = short.await? {
            let read = self.screened(found, Reliance::Whole).await?;
            return Ok(ReadWhole::Found(Box::new(read)));
        }
        if !self.everything {
            return Ok(ReadWhole::Not);
        }
        let part = size as usize / 2 * BYTES_A_TOKEN;
        let parts = blocking(move || Ok::<_, Error>(passages(&documents, part, false))).await?;
        self.read_parts(model, parts, (asked.question(), room)).await
    }

    /// What the guardrails let through of what was read.
    async fn screened(&self, found: Retrieved, reliance: Reliance) -> Result<ReadUp> {
        let passages = found.page.results.clone();
        let ScreenedPassages { read, report } =
            self.app.screen_passages(self.message.conversation, passages).await?;
        let nothing = |_| nothing_to_read(&self.message);
        let found = Sources::of(found, read, reliance)?.map_err(nothing);
        Ok(ReadUp { found, report: Some(report) })
    }
}

/// The pieces of documents, in their order, as passages.
fn passages(documents: &[Whole], most: usize, keep_to_pages: bool) -> Retrieved {
    let (mut results, mut hashes) = (Vec::new(), Vec::new());
    for Whole { file, document } in documents {
        for piece in pieces(document, most, keep_to_pages) {
            results.push(Passage {
                rank: u32::try_from(results.len() + 1).unwrap_or(u32::MAX),
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
            });
            hashes.push(file.hash);
        }
    }
    Retrieved::whole(results, hashes)
}

/// What is told where nothing of the documents may be read.
pub(super) fn nothing_to_read(message: &Message) -> MessageSources {
    super::answer_sources::nothing_answers(message, 0.0)
}
