//! Vectors of texts for programs at the port, made by the bundled embedder or by a GGUF that the person added. Nothing is kept, and the
//! guardrails have no part in it: a vector is no instruction to a model and no answer.

use std::{cell::Cell, sync::Arc};

use hearth_domain::{Consent, ModelId, ModelPurpose, Priority};
use hearth_engine::{Error as EngineError, Texts, Vectors};
use hearth_rag::{
    chunk::PieceCount,
    embed::{EmbedError, Embedder, EmbedderFiles, OnDemand},
};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Error, Result, WantedBy,
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
    /// The architecture, such as `bert`.
    pub family: String,
    /// Which of the person's models it is; `None` is the bundled one.
    pub model: Option<ModelId>,
    /// Whether it makes vectors or ranks texts; the bundled one does both.
    pub purpose: ModelPurpose,
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
            family: "bert".to_owned(),
            model: None,
            purpose: ModelPurpose::Vectors,
        })
    }

    /// All models that make vectors or rank texts and may be used: the bundled one first.
    ///
    /// # Errors
    /// As [`App::model_list`].
    pub async fn embedding_models(&self) -> Result<Vec<EmbeddingModel>> {
        let added = self.model_list().await?.into_iter().filter(|model| {
            let usable = model.present && model.consent != Consent::Needed;
            usable && model.purpose != ModelPurpose::Answers
        });
        let added = added.map(|model| EmbeddingModel {
            id: model.id.0.clone(),
            name: model.name,
            size: model.size,
            parameters: model.parameters.unwrap_or(0),
            quantisation: model.quantisation,
            context: model.context,
            dimensions: model.dimensions.unwrap_or(0),
            family: model.architecture,
            model: Some(model.id),
            purpose: model.purpose,
        });
        Ok(self.embedding_model().into_iter().chain(added).collect())
    }

    /// Makes a vector of each text, for a key of the port or for a person: with the bundled embedder
    /// unless a model is named. Dropping it stops after the text at hand.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`] for a text without a word, [`Error::EmbedTextTooLong`],
    /// [`Error::Embed`] where there is no embedder or it fails, and what keeps a model from being
    /// loaded.
    pub async fn embed_texts(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        model: Option<ModelId>,
        texts: Vec<String>,
        long: LongText,
        priority: Priority,
    ) -> Result<Embeddings> {
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(Error::EmptyPrompt);
        }
        let bytes = texts.iter().map(String::len).sum();
        if let Some(model) = model {
            return self.embed_with(grant, model, (texts, bytes), long, priority).await;
        }
        let made = self.with_embedder(grant, bytes, priority, move |embedding| {
            if long == LongText::Refuse {
                embedding.refuse_long(&texts)?;
            }
            texts.iter().map(|text| embedding.vector(text)).collect::<Result<_>>()
        });
        let (vectors, tokens) = made.await?;
        Ok(Embeddings { vectors, tokens })
    }

    /// As [`App::embed_texts`], with a model of the person's, which is loaded for that.
    async fn embed_with(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        model: ModelId,
        (texts, bytes): (Vec<String>, usize),
        long: LongText,
        priority: Priority,
    ) -> Result<Embeddings> {
        let model = self.allowed_model(grant.map(Arc::as_ref), Some(model))?;
        let charge = grant.map(|grant| Charge::begin(self, grant, bytes)).transpose()?;
        let wanted = WantedBy::of(grant.map(Arc::as_ref));
        let model = self.ensure_encoder(model, wanted, ModelPurpose::Vectors).await?;
        let asked = Texts { texts, cut: long == LongText::Cut, priority };
        let Vectors { vectors, tokens } = model.vectors(asked).await.map_err(of_text)?;
        if let Some(mut charge) = charge {
            charge.settle_read(tokens);
        }
        Ok(Embeddings { vectors, tokens })
    }

    /// Does something with the embedder for a program, and counts for its key what was read.
    pub(super) async fn with_embedder<T: Send + 'static>(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        bytes: usize,
        priority: Priority,
        work: impl FnOnce(&Embedding<'_>) -> Result<T> + Send + 'static,
    ) -> Result<(T, u32)> {
        self.check_open()?;
        let charge = grant.map(|grant| Charge::begin(self, grant, bytes)).transpose()?;
        let shelf = self.shelf().await?;
        let (app, dropped) = (Arc::clone(self), CancellationToken::new());
        let _stops = dropped.clone().drop_guard();
        let done = blocking(move || {
            let embedder = shelf.embedder.as_ref().ok_or(EmbedError::ModelMissing)?;
            let read = Cell::new(0);
            let embedding = Embedding { app: &app, embedder, dropped, priority, read };
            let done = work(&embedding)?;
            Ok::<_, Error>((done, u32::try_from(embedding.read.get()).unwrap_or(u32::MAX)))
        });
        let done = done.await?;
        if let Some(mut charge) = charge {
            charge.settle_read(done.1);
        }
        Ok(done)
    }
}

/// What the engine says of a text, as the bundled embedder says it.
pub(super) fn of_text(error: EngineError) -> Error {
    match error {
        EngineError::TextTooLong { at, tokens, limit } => {
            Error::EmbedTextTooLong { at, tokens, limit }
        }
        other => Error::Engine(other),
    }
}

/// The embedder while one request of a program uses it, a text at a time beside what else computes.
pub(super) struct Embedding<'a> {
    app: &'a App,
    embedder: &'a OnDemand,
    /// Nobody waits for it any more.
    dropped: CancellationToken,
    priority: Priority,
    /// Tokens so far.
    read: Cell<usize>,
}

impl Embedding<'_> {
    /// The vector of a text, of as much of it as the embedder reads.
    pub(super) fn vector(&self, text: &str) -> Result<Vec<f32>> {
        if self.dropped.is_cancelled() || self.app.check_open().is_err() {
            return Err(Error::ShuttingDown);
        }
        self.read.set(self.read.get() + self.embedder.pieces(text).min(self.embedder.longest()));
        let _turn = self.app.library.lease.acquire(self.priority);
        Ok(self.embedder.embed(&[text])?.pop().ok_or(EmbedError::NoVector)?)
    }

    /// Whether the embedder reads all of a text.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.embedder.pieces(text) <= self.embedder.longest()
    }

    /// Refuses texts of which it would read only a part.
    ///
    /// # Errors
    /// [`Error::EmbedTextTooLong`].
    pub(super) fn refuse_long(&self, texts: &[String]) -> Result<()> {
        let limit = self.embedder.longest();
        let mut sizes = texts.iter().map(|text| self.embedder.pieces(text)).enumerate();
        match sizes.find(|(_, tokens)| *tokens > limit) {
            Some((at, tokens)) => Err(Error::EmbedTextTooLong { at, tokens, limit }),
            None => Ok(()),
        }
    }
}
