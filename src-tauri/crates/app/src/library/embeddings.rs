//! Vectors of texts for programs at the port, made by the bundled embedder. Nothing is kept, and the
//! guardrails have no part in it: a vector is no instruction to a model and no answer.

use std::sync::Arc;

use hearth_domain::Priority;
use hearth_rag::{
    chunk::PieceCount,
    embed::{EmbedError, Embedder, EmbedderFiles},
};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Error, Result,
    db::blocking,
    models::catalogue,
    port_keys::{Charge, Grant},
};

/// The embedder, as programs see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingModel {
    /// The name by which it is asked for.
    pub id: String,
    /// What lists show.
    pub name: String,
    /// Bytes of its file.
    pub size: u64,
    /// Parameters of the network.
    pub parameters: u64,
    /// The quantisation, such as `int8`.
    pub quantisation: String,
    /// Tokens of one text that it reads, marks of its own among them.
    pub context: u32,
    /// Numbers in a vector.
    pub dimensions: u32,
}

/// What becomes of a text that is longer than the embedder reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongText {
    /// The request is refused, with the counts.
    Refuse,
    /// Only its beginning counts.
    Cut,
}

/// Vectors of texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// A vector of length 1 for each text, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that were read.
    pub tokens: u32,
}

impl App {
    /// The bundled embedder; `None` where its files are not there.
    #[must_use]
    pub fn embedding_model(&self) -> Option<EmbeddingModel> {
        let folders = &self.config.models_dirs;
        folders.iter().find(|folder| EmbedderFiles::in_folder(folder).is_ok())?;
        let entry = catalogue::embedding_model().ok()??;
        Some(EmbeddingModel {
            id: entry.id,
            name: entry.name,
            size: entry.size,
            parameters: entry.parameters,
            quantisation: entry.quantisation,
            context: entry.context,
            dimensions: entry.dimensions?,
        })
    }

    /// Makes a vector of each text, for a key of the port or for a person. Dropping it stops after the text at hand.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`] for a text without a word, [`Error::EmbedTextTooLong`],
    /// [`Error::Embed`] where there is no embedder or it fails.
    pub async fn embed_texts(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        texts: Vec<String>,
        long: LongText,
        priority: Priority,
    ) -> Result<Embeddings> {
        self.check_open()?;
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(Error::EmptyPrompt);
        }
        let bytes = texts.iter().map(String::len).sum();
        let charge = grant.map(|grant| Charge::begin(self, grant, bytes)).transpose()?;
        let shelf = self.shelf().await?;
        let (app, dropped) = (Arc::clone(self), CancellationToken::new());
        let _stops = dropped.clone().drop_guard();
        let made = blocking(move || {
            let embedder = shelf.embedder.as_ref().ok_or(EmbedError::ModelMissing)?;
            let limit = embedder.longest();
            let sizes: Vec<_> = texts.iter().map(|text| embedder.pieces(text)).collect();
            let too_long = sizes.iter().position(|size| *size > limit);
            if let (Some(at), LongText::Refuse) = (too_long, long) {
                return Err(Error::EmbedTextTooLong { at, tokens: sizes[at], limit });
            }
            let mut vectors = Vec::with_capacity(texts.len());
            for text in &texts {
                if dropped.is_cancelled() || app.check_open().is_err() {
                    return Err(Error::ShuttingDown);
                }
                let _turn = app.library.lease.acquire(priority);
                vectors.extend(embedder.embed(&[text.as_str()])?);
            }
            let tokens = sizes.iter().map(|size| size.min(&limit)).sum::<usize>();
            Ok(Embeddings { vectors, tokens: u32::try_from(tokens).unwrap_or(u32::MAX) })
        });
        let made = made.await?;
        if let Some(mut charge) = charge {
            charge.settle_read(made.tokens);
        }
        Ok(made)
    }
}
