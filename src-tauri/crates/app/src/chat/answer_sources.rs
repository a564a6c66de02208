//! What a question of a conversation asks of documents, and what is found for its answer.

use std::sync::Arc;

use hearth_domain::{CollectionId, Message, MessageSources, Role};

use crate::{
    App, Result,
    guard::{PassageReport, ScreenedPassages},
    sources::{Sources, question_of},
};

/// What an answer is to rest on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    collections: Vec<CollectionId>,
    question: String,
}

impl Asked {
    /// What the last question of a branch asks of these collections; `None` where it names none.
    pub(super) fn of(branch: &[Message], collections: Vec<CollectionId>) -> Option<Self> {
        if collections.is_empty() {
            return None;
        }
        let questions = branch.iter().rev().filter(|message| message.role == Role::User);
        let question = question_of(questions.map(|message| message.content.as_str()))?;
        Some(Self { collections, question })
    }
}

/// What was found for an answer.
pub(super) struct ReadUp {
    /// What it is to read, or what is told where no document answers.
    pub(super) found: std::result::Result<Sources, MessageSources>,
    /// What the guardrails say of the passages; `None` where there were none.
    pub(super) report: Option<PassageReport>,
}

impl App {
    /// Searches for an answer, and looks at what was found before anything of it is read.
    pub(super) async fn read_up(
        self: &Arc<Self>,
        asked: Asked,
        message: &Message,
    ) -> Result<ReadUp> {
        let found = self.search_for(asked.collections, asked.question).await?;
        if !found.answers() {
            let nothing = nothing_answers(message, found.page.confidence);
            return Ok(ReadUp { found: Err(nothing), report: None });
        }
        let of = message.conversation;
        let ScreenedPassages { read, report } =
            self.screen_passages(of, found.page.results.clone()).await?;
        let found = Sources::of(found, read)?;
        let found = found.map_err(|confidence| nothing_answers(message, confidence));
        Ok(ReadUp { found, report: Some(report) })
    }
}

/// What is told of an answer that no document has.
fn nothing_answers(message: &Message, confidence: f64) -> MessageSources {
    MessageSources {
        message: message.id,
        confidence: confidence as f32,
        answerable: false,
        passages: 0,
        citations: Vec::new(),
    }
}
