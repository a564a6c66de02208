//! Answers that leave nothing behind, for programs at the port: no conversation, no row. How one begins is
//! in `begin`.
//!
//! Dropping a [`Completion`] cancels it, which is what a closed socket means there.

mod begin;

use std::{collections::VecDeque, sync::Arc};

use hearth_domain::{
    AnswerOptions, Citation, CollectionId, FinishReason, ModelId, Omitted, PortProfile, Priority,
    SamplingParams, Timing, TokenLogprob, ToolCallDelta, Usage,
};
pub use hearth_engine::Turn;
use hearth_engine::{Answer, Event};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    App, Error, Result, TurnFinding,
    figures::For,
    guard::{Note, OutputFilter, Shown},
    port_keys::{Charge, Grant},
    sources::{MarkFilter, Sources},
};

/// What the turns of a request are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PromptForm {
    /// A conversation whose last message is the question.
    #[default]
    Chat,
    /// A conversation whose last message is the beginning of the answer; only what is added to it
    /// is told.
    Begun,
    /// One text that the model goes on with, without a template around it.
    Raw,
}

/// What a program asks.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The model; the default one unless given.
    pub model: Option<ModelId>,
    /// The documents that the answer is to rest on, each collection once; none is an answer without.
    pub collections: Vec<CollectionId>,
    /// Who said what.
    pub turns: Vec<Turn>,
    /// What they are.
    pub form: PromptForm,
    /// What differs from the default parameters.
    pub sampling: SamplingParams,
    /// Who waits.
    pub priority: Priority,
    /// The key of the port that it came with; `None` for a person.
    pub grant: Option<Arc<Grant>>,
    /// Whether a model that can think first, may.
    pub thinking: bool,
    /// What is asked beyond the common parameters.
    pub options: AnswerOptions,
}

/// What an answer rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AnswerSources {
    /// How sure the search was that a passage answers, 0 to 1.
    pub confidence: f32,
    /// Whether that was enough. Where not, the model was not asked.
    pub answerable: bool,
    /// How many passages the model was given.
    pub passages: u32,
    /// What it cites, by number.
    pub citations: Vec<Citation>,
}

impl AnswerSources {
    /// Those of an answer that no document has.
    fn none(confidence: f64) -> Self {
        let confidence = confidence as f32;
        Self { confidence, answerable: false, passages: 0, citations: Vec::new() }
    }

    /// Those of a finished answer.
    fn of(read: &Sources, answer: &str) -> Self {
        let citations = read.cited(answer).into_iter().map(|it| it.citation).collect();
        let (confidence, passages) = (read.confidence(), read.passages());
        Self { confidence, answerable: true, passages, citations }
    }
}

/// What happens while it is answered.
#[derive(Debug)]
pub enum CompletionEvent {
    /// More of the answer.
    Delta {
        /// Text to add to the content.
        text: String,
        /// Text to add to the reasoning.
        reasoning: String,
    },
    /// More of the calls of tools.
    ToolCalls(Vec<ToolCallDelta>),
    /// How likely the tokens were that came since; only where that was asked.
    Logprobs(Vec<TokenLogprob>),
    /// The conversation did not fit the context (never with the port's policy, which refuses).
    Omitted(Omitted),
    /// All text before were thoughts: it is to be taken back.
    TakenBack,
    /// The end.
    Finished {
        /// Why the model stopped.
        reason: FinishReason,
        /// The stop text that came, if that was why.
        stop: Option<String>,
        /// Tokens.
        usage: Usage,
        /// Speed.
        timing: Timing,
    },
}

impl CompletionEvent {
    /// The end of an answer that no model was asked for.
    fn nothing_asked() -> Self {
        let (usage, timing) = (Usage::default(), Timing::default());
        Self::Finished { reason: FinishReason::Stop, stop: None, usage, timing }
    }
}

/// A running answer.
pub struct Completion {
    /// What the guardrails found in the request.
    pub findings: Vec<TurnFinding>,
    /// Which profile looked at it.
    pub profile: PortProfile,
    /// What the answer rests on, where it was to rest on documents; there when it has ended.
    pub sources: Option<AnswerSources>,
    app: Arc<App>,
    /// `None` where the model is not asked.
    answer: Option<Answer>,
    filter: OutputFilter,
    /// The text of the answer so far, to say where in it something was masked.
    said: String,
    /// Something of it was told.
    begun: bool,
    waiting: VecDeque<CompletionEvent>,
    /// What it costs the key that it came with.
    charge: Option<Charge>,
    /// The documents that the model reads, until it has ended.
    read: Option<Sources>,
    /// Takes out citations of what there is not.
    marks: Option<MarkFilter>,
    /// Something in the answer may be masked; likelihoods are held until it is known that nothing was.
    masks: bool,
    held: Vec<TokenLogprob>,
}

impl Completion {
    /// The text of the answer so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.said
    }

    /// Waits for the next event; `None` after the last one.
    ///
    /// # Errors
    /// Why the engine could not go on.
    pub async fn next(&mut self) -> Result<Option<CompletionEvent>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            let Some(answer) = &mut self.answer else { return Ok(None) };
            let Some(event) = answer.next().await else { return Ok(None) };
            match event {
                Event::Delta { text, reasoning } => {
                    if let Some(charge) = &mut self.charge {
                        charge.wrote(text.len() + reasoning.len());
                    }
                    let shown = self.filter.push(&text, &reasoning);
                    self.show(shown)?;
                    self.begun |= !self.waiting.is_empty();
                    if let Some(answer) = self.answer.as_mut().filter(|_| !self.begun) {
                        answer.hurry();
                    }
                }
                Event::ToolCalls(deltas) => {
                    self.waiting.push_back(CompletionEvent::ToolCalls(deltas));
                }
                // They spell the answer before anything in it is masked.
                Event::Logprobs(tokens) if self.masks => self.held.extend(tokens),
                Event::Logprobs(tokens) => {
                    self.waiting.push_back(CompletionEvent::Logprobs(tokens));
                }
                Event::Omitted(omitted) => {
                    self.waiting.push_back(CompletionEvent::Omitted(omitted));
                }
                Event::Finished { reason, stop, usage, timing } => {
                    if let Some(charge) = &mut self.charge {
                        charge.settle(&usage);
                    }
                    self.app.answered(For::Program, &usage, &timing);
                    let rest = self.filter.finish();
                    self.show(rest)?;
                    self.end_sources();
                    if self.note_masked().await? == 0 && !self.held.is_empty() {
                        let tokens = std::mem::take(&mut self.held);
                        self.waiting.push_back(CompletionEvent::Logprobs(tokens));
                    }
                    let end = CompletionEvent::Finished { reason, stop, usage, timing };
                    self.waiting.push_back(end);
                }
                Event::Failed(error) => return Err(error.into()),
                Event::Queued { .. } | Event::PromptProgress { .. } | Event::TemplateReplaced => {}
            }
        }
    }

    /// Lets out what may be read. What could not be looked at is not let out.
    fn show(&mut self, shown: Shown) -> Result<()> {
        if !self.filter.failed().is_empty() {
            self.cancel();
            return Err(Error::GuardFailed);
        }
        if shown.reset {
            self.said.clear();
            // A form has no marks to be taken out, before and after.
            self.marks = self.marks.take().and(self.read.as_ref()).map(Sources::marks);
            self.waiting.push_back(CompletionEvent::TakenBack);
        }
        let Shown { text, reasoning, .. } = shown;
        let text = match &mut self.marks {
            Some(marks) => marks.push(&text),
            None => text,
        };
        self.say(text, reasoning);
        Ok(())
    }

    fn say(&mut self, text: String, reasoning: String) {
        if !(text.is_empty() && reasoning.is_empty()) {
            self.said.push_str(&text);
            self.waiting.push_back(CompletionEvent::Delta { text, reasoning });
        }
    }

    /// What the whole answer cites is known.
    fn end_sources(&mut self) {
        if let Some(mut marks) = self.marks.take() {
            self.say(marks.end(), String::new());
        }
        if let Some(read) = self.read.take() {
            self.sources = Some(AnswerSources::of(&read, &self.said));
        }
    }

    fn cancel(&self) {
        if let Some(answer) = &self.answer {
            answer.cancel();
        }
    }

    /// What was masked in the answer is found in it, and noted. Gives how much that was.
    async fn note_masked(&mut self) -> Result<usize> {
        let (found, _) = self.filter.masked_in(&self.said);
        self.app.note(Note::in_channel("port", "model_output", &found)).await?;
        let count = found.len();
        let found = found.into_iter().map(|finding| TurnFinding { message: None, finding });
        self.findings.extend(found);
        Ok(count)
    }
}
