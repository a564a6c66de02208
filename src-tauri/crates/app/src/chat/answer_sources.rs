//! What a question of a conversation asks of documents, and what is found for its answer.

use std::sync::Arc;

use hearth_domain::{Message, MessageSources, Role};

use crate::{
    App, Result,
    guard::{PassageReport, Policy, ScreenedPassages},
    library::Scope,
    sources::{Reliance, Sources, question_of},
};

/// What an answer is to rest on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) scope: Scope,
    question: String,
}

impl Asked {
    /// What the last question of a branch asks of documents; `None` where nobody asked.
    pub(super) fn of(branch: &[Message], scope: Scope) -> Option<Self> {
        let questions = branch.iter().rev().filter(|message| message.role == Role::User);
        let question = question_of(questions.map(|message| message.content.as_str()))?;
        Some(Self { scope, question })
    }

    /// What is asked.
    pub(super) fn question(&self) -> &str {
        &self.question
    }

    /// What goes with a question is read beside it; what is named in its place is all there is.
    fn reliance(&self) -> Reliance {
        if self.scope.attached.is_empty() { Reliance::Alone } else { Reliance::Beside }
    }
}

/// What was found for an answer.
pub(super) struct ReadUp {
    /// What it is to read, if there is anything beside the question; or what is told where no document
    /// answers.
    pub(super) found: std::result::Result<Option<Sources>, MessageSources>,
    /// What the guardrails say of the passages; `None` where there were none.
    pub(super) report: Option<PassageReport>,
}

impl App {
    /// Searches for an answer, and looks at what was found before anything of it is read. `None` where
    /// nothing was asked of documents.
    pub(super) async fn read_up(
        self: &Arc<Self>,
        asked: Asked,
        message: &Message,
        policy: Policy,
    ) -> Result<Option<ReadUp>> {
        if asked.scope.is_empty() {
            return Ok(None);
        }
        let reliance = asked.reliance();
        self.index_attached(asked.scope.attached.clone()).await?;
        let found = self.search_for(asked.scope, asked.question).await?;
        if reliance == Reliance::Alone && !found.answers() {
            let nothing = nothing_answers(message, found.page.confidence);
            return Ok(Some(ReadUp { found: Err(nothing), report: None }));
        }
        let of = message.conversation;
        let ScreenedPassages { read, report } =
            self.screen_passages(policy, of, found.page.results.clone()).await?;
        let found = match (Sources::of(found, read, reliance)?, reliance) {
            (Ok(found), _) => Ok(Some(found)),
            (Err(_), Reliance::Beside) => Ok(None),
            (Err(confidence), _) => Err(nothing_answers(message, confidence)),
        };
        Ok(Some(ReadUp { found, report: Some(report) }))
    }
}

/// What is told of an answer that no document has.
pub(super) fn nothing_answers(message: &Message, confidence: f64) -> MessageSources {
    MessageSources {
        message: message.id,
        confidence: confidence as f32,
        answerable: false,
        passages: 0,
        citations: Vec::new(),
    }
}
