//! Answers that leave nothing behind, for programs at the port: no conversation, no row.
//!
//! Dropping a [`Completion`] cancels it, which is what a closed socket means there.

use std::{collections::VecDeque, sync::Arc};

use hearth_domain::{
    AnswerOptions, Caller, FinishReason, ModelId, Omitted, PortProfile, Priority, SamplingParams,
    Timing, TokenLogprob, ToolCallDelta, Usage,
};
pub use hearth_engine::Turn;
use hearth_engine::{Answer, Begun, Event, Overflow, Request};

use crate::{
    App, Error, Result, TurnFinding,
    db::blocking,
    guard::{Admitted, Note, OutputFilter, Shown, Wanted, admit},
    models::WarmModel,
    port_keys::{Charge, Grant},
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
    /// What it costs the key that it came with.
    charge: Option<Charge>,
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
                    if let Some(charge) = &mut self.charge {
                        charge.wrote(text.len() + reasoning.len());
                    }
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
                Event::Finished { reason, stop, usage, timing } => {
                    if let Some(charge) = &mut self.charge {
                        charge.settle(&usage);
                    }
                    let rest = self.filter.finish();
                    self.show(rest)?;
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
        check_size(&request.turns)?;
        let (grant, turns) = (request.grant, request.turns);
        let wanted = self.allowed_model(grant.as_deref(), request.model)?;
        let charge = grant.as_ref().map(|grant| Charge::begin(self, grant, size_of(&turns)));
        let charge = charge.transpose()?;
        let own = grant.as_ref().and_then(|grant| grant.rights().profile);
        let profile = own.unwrap_or_else(|| self.settings().guard.port);
        let guards = Arc::clone(&self.guards);
        let texts: Vec<_> = turns.iter().map(|turn| (turn.role, turn.content.clone())).collect();
        let looked = blocking(move || Ok::<_, Error>(admit(&guards, profile, &texts)));
        let (notes, admitted) = looked.await?;
        self.note(notes).await?;
        let admitted = admitted?;
        let filter = self.filter_for(profile, &admitted);
        let asking = self.warm.asking.read().await;
        let model = self.ensure_model(wanted).await?;
        let defaults = self.settings().generation.sampling;
        let texts = admitted.turns.iter();
        let messages: Vec<_> = turns
            .into_iter()
            .zip(texts)
            .map(|(turn, (_, content))| Turn { content: content.clone(), ..turn })
            .collect();
        let (messages, begun) = laid_out(request.form, messages, &model);
        let answer = self.engine.submit(Request {
            messages,
            begun,
            sampling: request.sampling.or(&model.sampling).or(&defaults),
            priority: request.priority,
            caller: grant.as_ref().map_or(Caller::Person, |grant| grant.caller()),
            overflow: Overflow::Error,
            enable_thinking: request.thinking,
            options: request.options,
            conversation: None,
            raw: request.form == PromptForm::Raw,
            ahead: false,
        })?;
        drop(asking);
        let charge = charge.map(Charge::started);
        Ok(Completion {
            model: model.name,
            findings: admitted.findings,
            profile,
            app: Arc::clone(self),
            answer,
            filter,
            said: String::new(),
            waiting: VecDeque::new(),
            charge,
            masks: masks(profile),
            held: Vec::new(),
        })
    }

    /// How many tokens a conversation and its tools are for a model, which is loaded for that.
    ///
    /// # Errors
    /// As [`App::complete`], but for the guardrails: nothing is sent to the model.
    pub async fn count_prompt(
        &self,
        grant: Option<&Grant>,
        model: Option<ModelId>,
        mut turns: Vec<Turn>,
        options: AnswerOptions,
    ) -> Result<u32> {
        options.validate().map_err(Error::OutOfRange)?;
        check_size(&turns)?;
        let _asking = self.warm.asking.read().await;
        let model = self.allowed_model(grant, model)?;
        self.ensure_model(model).await?.instruct(&mut turns);
        let counter = self.engine.counter().ok_or(hearth_engine::Error::NotLoaded)?;
        blocking(move || counter.conversation(&turns, &options)).await
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

/// Something must be asked, and not too much.
fn check_size(turns: &[Turn]) -> Result<()> {
    if turns.iter().all(|turn| turn.content.trim().is_empty()) {
        return Err(Error::EmptyPrompt);
    }
    let size = size_of(turns);
    if size > crate::chat::MESSAGE_BYTES {
        return Err(Error::TextTooLarge { size, limit: crate::chat::MESSAGE_BYTES });
    }
    Ok(())
}

/// Bytes of what is asked.
fn size_of(turns: &[Turn]) -> usize {
    turns.iter().map(|turn| turn.content.len()).sum()
}

/// The conversation as the engine takes it, with the beginning of the answer.
fn laid_out(
    form: PromptForm,
    mut turns: Vec<Turn>,
    model: &WarmModel,
) -> (Vec<Turn>, Option<Begun>) {
    let begun = match form {
        PromptForm::Raw => return (turns, None),
        PromptForm::Begun => turns.pop(),
        PromptForm::Chat => None,
    };
    model.instruct(&mut turns);
    let begun = begun.map(|turn| Begun { content: turn.content, reasoning: String::new() });
    (turns, begun)
}

/// Whether personal data and secrets are masked in answers for programs.
fn masks(profile: PortProfile) -> bool {
    matches!(profile, PortProfile::Standard | PortProfile::Strict)
}
