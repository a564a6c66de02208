//! A loaded model as its callers hold it: it stays until they let it go.

use std::sync::Arc;

use hearth_domain::{ModelId, ModelPurpose};

use crate::{
    Answer, Error, QueueLimits, Ranking, Ranks, Request, Texts, TokenCounter, Vectors,
    link::{Link, Pin},
};

/// A model that is loaded or being loaded. While this is held, the model is not replaced by another
/// one; only a person who unloads it and the end of the program take it away. Not to be held for
/// longer than it takes to ask.
pub struct LoadedModel {
    id: ModelId,
    pin: Pin,
    queue: QueueLimits,
}

/// Somebody waits for vectors; whoever stops waiting gives the request up.
struct Waits<'a> {
    link: &'a Link,
    order: u64,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.link.cancelled(self.order);
    }
}

impl LoadedModel {
    pub(crate) fn new(id: ModelId, link: &Arc<Link>, queue: QueueLimits) -> Self {
        Self { id, pin: Link::pin(link), queue }
    }

    /// Which it is.
    #[must_use]
    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Asks it for an answer. While it is being loaded, the request waits for it.
    ///
    /// # Errors
    /// A request that cannot be answered as it stands, [`Error::QueueFull`], or a model that was
    /// taken away. All else comes as [`crate::Event::Failed`].
    pub fn submit(&self, request: Request) -> Result<Answer, Error> {
        if request.messages.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        request.sampling.validate().map_err(Error::OutOfRange)?;
        let link = self.pin.link();
        let ticket = link.take(request, &self.queue)?;
        Ok(Answer::new(ticket, Arc::clone(link)))
    }

    /// Asks it how well texts answer a question, and waits; as [`LoadedModel::vectors`].
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`] without a question, [`Error::TextTooLong`] for a long one,
    /// [`Error::WrongPurpose`] of a model that does not rank, [`Error::QueueFull`], or a model that was
    /// taken away.
    pub async fn rank(&self, asked: Ranking) -> Result<Ranks, Error> {
        let Ranking { question, texts, priority } = asked;
        if question.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let texts = Texts { texts, cut: false, priority };
        let Vectors { vectors, tokens } = self.texts(texts, Some(question)).await?;
        Ok(Ranks { scores: vectors.concat(), tokens })
    }

    /// Asks it for vectors, and waits. While it is being loaded, the request waits for it; dropping
    /// the wait stops the work.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`], [`Error::TextTooLong`], [`Error::WrongPurpose`] of a model that
    /// writes, [`Error::QueueFull`], or a model that was taken away.
    pub async fn vectors(&self, texts: Texts) -> Result<Vectors, Error> {
        if texts.texts.iter().any(String::is_empty) {
            return Err(Error::EmptyPrompt);
        }
        self.texts(texts, None).await
    }

    async fn texts(&self, texts: Texts, question: Option<String>) -> Result<Vectors, Error> {
        let link = self.pin.link();
        let (order, made) = link.take_texts((texts, question), &self.queue)?;
        let _waits = Waits { link, order };
        made.await.map_err(|_| Error::Unloaded)?
    }

    /// What it is for; `None` while it is being loaded.
    #[must_use]
    pub fn purpose(&self) -> Option<ModelPurpose> {
        self.pin.link().purpose()
    }

    /// Counts as it does; `None` while it is being loaded. The counter keeps the memory of the
    /// model: not to be held longer than counting takes.
    #[must_use]
    pub fn counter(&self) -> Option<TokenCounter> {
        self.pin.link().counter()
    }
}
