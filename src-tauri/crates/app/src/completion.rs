//! Answers that leave nothing behind, for programs at the port: no conversation, no row.
//!
//! Dropping a [`Completion`] cancels it, which is what a closed socket means there.

use std::{collections::VecDeque, sync::Arc};

use hearth_domain::{
    AnswerOptions, Caller, FinishReason, ModelId, Omitted, PortProfile, Priority, SamplingParams,
    Timing, TokenLogprob, ToolCallDelta, Usage,
};
pub use hearth_engine::Turn;
use hearth_engine::{Answer, Event, Overflow, Request};

use crate::{
    App, Error, Result, TurnFinding,
    db::blocking,
    guard::{Admitted, Note, OutputFilter, Shown, Wanted, admit},
};

/// What a program asks.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The model; the default one unless given.
    pub model: Option<ModelId>,
    /// Who said what.
    pub turns: Vec<Turn>,
    /// What differs from the default parameters.
    pub sampling: SamplingParams,
    /// Who waits.
    pub priority: Priority,
    /// For whom it is.
    pub caller: Caller,
    /// What is asked beyond the common parameters.
    pub options: AnswerOptions,
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
        /// Tokens.
        usage: Usage,
        /// Speed.
        timing: Timing,
    },
}

/// A running answer.
pub struct Completion {
    /// The shown name of the model that answers.
    pub model: String,
    /// What the guardrails found in the request.
    pub findings: Vec<TurnFinding>,
    /// Which profile looked at it.
    pub profile: PortProfile,
    app: Arc<App>,
    answer: Answer,
    filter: OutputFilter,
    /// The text of the answer so far, to say where in it something was masked.
    said: String,
    waiting: VecDeque<CompletionEvent>,
    /// Something in the answer may be masked; likelihoods are held until it is known that nothing was.
    masks: bool,
    held: Vec<TokenLogprob>,
}

impl Completion {
    /// Waits for the next event; `None` after the last one.
    ///
    /// # Errors
    /// Why the engine could not go on.
    pub async fn next(&mut self) -> Result<Option<CompletionEvent>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            let Some(event) = self.answer.next().await else { return Ok(None) };
            match event {
                Event::Delta { text, reasoning } => {
                    let shown = self.filter.push(&text, &reasoning);
                    self.show(shown)?;
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
                Event::Finished { reason, usage, timing } => {
                    let rest = self.filter.finish();
                    self.show(rest)?;
                    if self.note_masked().await? == 0 && !self.held.is_empty() {
                        let tokens = std::mem::take(&mut self.held);
                        self.waiting.push_back(CompletionEvent::Logprobs(tokens));
                    }
                    self.waiting.push_back(CompletionEvent::Finished { reason, usage, timing });
                }
                Event::Failed(error) => return Err(error.into()),
                Event::Queued { .. } | Event::PromptProgress { .. } | Event::TemplateReplaced => {}
            }
        }
    }

    /// Lets out what may be read. What could not be looked at is not let out.
    fn show(&mut self, shown: Shown) -> Result<()> {
        if !self.filter.failed().is_empty() {
            self.answer.cancel();
            return Err(Error::GuardFailed);
        }
        if shown.reset {
            self.said.clear();
            self.waiting.push_back(CompletionEvent::TakenBack);
        }
        let Shown { text, reasoning, .. } = shown;
        if !(text.is_empty() && reasoning.is_empty()) {
            self.said.push_str(&text);
            self.waiting.push_back(CompletionEvent::Delta { text, reasoning });
        }
        Ok(())
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

impl App {
    /// Begins an answer that leaves nothing behind. A prompt that does not fit is refused, not cut.
    ///
    /// # Errors
    /// No turns, parameters out of range, an unknown model, a request that the guardrails do not let
    /// through, or an engine that cannot take it.
    pub async fn complete(self: &Arc<Self>, request: CompletionRequest) -> Result<Completion> {
        self.check_open()?;
        request.sampling.validate().map_err(Error::OutOfRange)?;
        request.options.validate().map_err(Error::OutOfRange)?;
        if request.turns.iter().all(|turn| turn.content.trim().is_empty()) {
            return Err(Error::EmptyPrompt);
        }
        let size = request.turns.iter().map(|turn| turn.content.len()).sum();
        if size > crate::chat::MESSAGE_BYTES {
            return Err(Error::TextTooLarge { size, limit: crate::chat::MESSAGE_BYTES });
        }
        let (profile, guards) = (self.settings().guard.port, Arc::clone(&self.guards));
        let turns = request.turns;
        let texts: Vec<_> = turns.iter().map(|turn| (turn.role, turn.content.clone())).collect();
        let looked = blocking(move || Ok::<_, Error>(admit(&guards, profile, &texts)));
        let (notes, admitted) = looked.await?;
        self.note(notes).await?;
        let admitted = admitted?;
        let filter = self.filter_for(profile, &admitted);
        let asking = self.warm.asking.read().await;
        let model = self.ensure_model(request.model).await?;
        let defaults = self.settings().generation.sampling;
        let texts = admitted.turns.iter();
        let mut messages: Vec<_> = turns
            .into_iter()
            .zip(texts)
            .map(|(turn, (_, content))| Turn { content: content.clone(), ..turn })
            .collect();
        model.instruct(&mut messages);
        let answer = self.engine.submit(Request {
            messages,
            begun: None,
            sampling: request.sampling.or(&model.sampling).or(&defaults),
            priority: request.priority,
            caller: request.caller,
            overflow: Overflow::Error,
            enable_thinking: true,
            options: request.options,
            conversation: None,
            ahead: false,
        })?;
        drop(asking);
        Ok(Completion {
            model: model.name,
            findings: admitted.findings,
            profile,
            app: Arc::clone(self),
            answer,
            filter,
            said: String::new(),
            waiting: VecDeque::new(),
            masks: masks(profile),
            held: Vec::new(),
        })
    }

    /// What stands between the model and a program.
    fn filter_for(&self, profile: PortProfile, admitted: &Admitted) -> OutputFilter {
        let read = || {
            let texts = admitted.turns.iter().map(|(_, text)| text.as_str());
            texts.collect::<Vec<_>>().join("\n")
        };
        let wanted = Wanted {
            clean: profile != PortProfile::Off,
            mask: masks(profile).then(read),
            output: admitted.output.clone(),
            names: Some(admitted.names.clone()),
        };
        OutputFilter::new(&self.guards, wanted)
    }
}

/// Whether personal data and secrets are masked in answers for programs.
fn masks(profile: PortProfile) -> bool {
    matches!(profile, PortProfile::Standard | PortProfile::Strict)
}
