//! How well texts of a program answer a question, by the bundled embedder or by a GGUF that ranks. Nothing is
//! kept. The search in documents is not this: it asks the index (`search`).

use std::sync::Arc;

use hearth_domain::{ModelId, ModelPurpose, Priority};
use hearth_engine::{Ranking, Ranks};

use super::embeddings::of_text;
use crate::{
    App, Error, Result, WantedBy,
    port_keys::{Charge, Grant},
};

/// How near texts are to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Reranked {
    /// From 0 (has nothing to do with it) to 1, for each text in their order.
    pub scores: Vec<f32>,
    /// Tokens that were read.
    pub tokens: u32,
}

impl App {
    /// Says of each text how near it is to a question: the cosine of their vectors by the bundled embedder, or
    /// what a model says that is named. A text that is longer than it reads is as near as the nearest of its
    /// parts. Dropping it stops after the part at hand.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`] for a question without a word, [`Error::EmbedTextTooLong`] for one that is
    /// too long, [`Error::Embed`] where there is no embedder or it fails, and what keeps a model from being
    /// loaded.
    pub async fn rerank_texts(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        model: Option<ModelId>,
        (question, texts): (String, Vec<String>),
        priority: Priority,
    ) -> Result<Reranked> {
        if question.trim().is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let bytes = texts.iter().map(String::len).sum::<usize>() + question.len();
        if let Some(model) = model {
            let asked = Ranking { question, texts, priority };
            return self.rerank_with(grant, model, asked, bytes).await;
        }
        let done = self.with_embedder(grant, bytes, priority, move |embedding| {
            embedding.refuse_long(std::slice::from_ref(&question))?;
            let wanted = embedding.vector(&question)?;
            let score = |text: &String| {
                let mut nearest = 0.0_f32;
                for part in parts(text, &|part| embedding.fits(part)) {
                    nearest = nearest.max(cosine(&wanted, &embedding.vector(part)?));
                }
                Ok(nearest.min(1.0))
            };
            texts.iter().map(score).collect::<Result<Vec<_>>>()
        });
        let (scores, tokens) = done.await?;
        Ok(Reranked { scores, tokens })
    }

    /// As [`App::rerank_texts`], with a model of the person's, which is loaded for that.
    async fn rerank_with(
        self: &Arc<Self>,
        grant: Option<&Arc<Grant>>,
        model: ModelId,
        asked: Ranking,
        bytes: usize,
    ) -> Result<Reranked> {
        let model = self.allowed_model(grant.map(Arc::as_ref), Some(model))?;
        let charge = grant.map(|grant| Charge::begin(self, grant, bytes)).transpose()?;
        let wanted = WantedBy::of(grant.map(Arc::as_ref));
        let model = self.ensure_encoder(model, wanted, ModelPurpose::Ranks).await?;
        let Ranks { scores, tokens } = model.rank(asked).await.map_err(of_text)?;
        if let Some(mut charge) = charge {
            charge.settle_read(tokens);
        }
        Ok(Reranked { scores, tokens })
    }
}

/// Of two vectors of length 1.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// A text in parts that fit, cut between words where there are some; nothing where it has no word.
fn parts<'a>(text: &'a str, fits: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let (mut left, mut parts) = (vec![text.trim()], Vec::new());
    while let Some(text) = left.pop() {
        match middle(text).filter(|_| !fits(text)) {
            Some(at) => left.extend([text[at..].trim(), text[..at].trim()]),
            None if text.is_empty() => {}
            None => parts.push(text),
        }
    }
    parts
}

/// The byte near the middle where a text is cut; `None` where it is one character.
fn middle(text: &str) -> Option<usize> {
    let half = text.len() / 2;
    let is_cut = |at: &usize| text.is_char_boundary(*at);
    let between_words = |at: &usize| is_cut(at) && text[*at..].starts_with(char::is_whitespace);
    let near = (half..text.len()).find(between_words);
    near.or_else(|| (half.max(1)..text.len()).find(is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words_and_nothing_of_it_is_lost() {
        let fits = |text: &str| text.split_whitespace().count() <= 3;
        let text = "one two  three four five six seven eight nine ten";
        let cut = parts(text, &fits);
        assert!(cut.len() > 3 && cut.iter().all(|part| fits(part)), "{cut:?}");
        let cut = cut.join(" ");
        assert!(cut.split_whitespace().eq(text.split_whitespace()), "{cut}");
    }

    #[test]
    fn a_text_without_spaces_is_cut_between_characters_and_one_without_words_gives_nothing() {
        let fits = |text: &str| text.chars().count() <= 2;
        assert_eq!(parts("äöüßéè", &fits).concat(), "äöüßéè");
        assert!(parts("äöüßé", &fits).iter().all(|part| fits(part)));
        assert_eq!(parts(" \n ", &fits), [""; 0]);
        assert_eq!(parts("x", &|_| false), ["x"]);
    }
}
