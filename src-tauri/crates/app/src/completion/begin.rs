//! How an answer for a program begins: what its key allows, what the guardrails say, what it reads.

use std::{collections::VecDeque, sync::Arc};

use hearth_domain::{AnswerFormat, AnswerOptions, Caller, ModelId, PortProfile, Role};
use hearth_engine::{Begun, Overflow, Request};

use super::{AnswerSources, Completion, CompletionEvent, CompletionRequest, PromptForm, Turn};
use crate::{
    App, Error, Result, WantedBy,
    db::blocking,
    guard::{Admitted, Known, Masking, OutputFilter, ScreenedPassages, Wanted, admit, promises},
    library::Scope,
    models::WarmModel,
    port_keys::{Charge, Grant},
    sources::{COLLECTIONS, NO_ANSWER, Reliance, Sources, question_of},
};

impl App {
    /// Begins an answer that leaves nothing behind. A prompt that does not fit is refused, not cut.
    /// Where it is to rest on documents and none of them answers, the model is not asked.
    ///
    /// # Errors
    /// No turns, parameters out of range, an unknown model or collection, a request that the
    /// guardrails do not let through, or an engine that cannot take it.
    pub async fn complete(self: &Arc<Self>, request: CompletionRequest) -> Result<Completion> {
        self.check_open()?;
        request.sampling.validate().map_err(Error::OutOfRange)?;
        request.options.validate().map_err(Error::OutOfRange)?;
        check_size(&request.turns)?;
        check_collections(&request)?;
        let wanted = self.allowed_model(request.grant.as_deref(), request.model.clone())?;
        let charge = request.grant.as_ref();
        let charge = charge.map(|grant| Charge::begin(self, grant, size_of(&request.turns)));
        let charge = charge.transpose()?;
        let profile = self.port_profile(request.grant.as_deref());
        let mut admitted = self.admitted(profile, &request.turns).await?;
        let read = match self.read_up_for(&request, profile, &mut admitted).await? {
            Some(Err(confidence)) => {
                return Ok(self.nothing_answers(profile, admitted, confidence));
            }
            Some(Ok(sources)) => Some(sources),
            None => None,
        };
        let wanted_by = WantedBy::of(request.grant.as_deref());
        let model = self.ensure_model(wanted, wanted_by).await?;
        let messages = masked(request.turns, &admitted);
        let (messages, begun) = laid_out(request.form, messages, &model);
        let sampling = request.sampling.or(&model.sampling);
        let sampling = sampling.or(&self.settings().generation.sampling);
        let (read, messages) = match read {
            Some(read) => {
                let wanted = sampling.max_tokens;
                let (read, messages) = self.let_read(&model.model, read, messages, wanted).await?;
                (Some(read), messages)
            }
            None => (None, messages),
        };
        let fence = read.as_ref().map(Sources::fence);
        let filter = self.filter_for(profile, &admitted, &messages, fence);
        // A form has its own brackets.
        let marks = read.as_ref().filter(|_| request.options.format == AnswerFormat::Text);
        let marks = marks.map(Sources::marks);
        let answer = model.model.submit(Request {
            messages,
            begun,
            sampling,
            priority: request.priority,
            caller: request.grant.as_ref().map_or(Caller::Person, |grant| grant.caller()),
            overflow: Overflow::Error,
            enable_thinking: request.thinking,
            options: request.options,
            conversation: None,
            raw: request.form == PromptForm::Raw,
            ahead: false,
        })?;
        Ok(Completion {
            answer: Some(answer),
            charge: charge.map(Charge::started),
            read,
            marks,
            masks: promises(profile),
            ..self.completion(profile, admitted, filter)
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
        let model = self.allowed_model(grant, model)?;
        let model = self.ensure_model(model, WantedBy::of(grant)).await?;
        model.instruct(&mut turns);
        let counter = model.model.counter().ok_or(hearth_engine::Error::NotLoaded)?;
        blocking(move || counter.conversation(&turns, &options)).await
    }

    /// Looks at a request, and notes what was found.
    async fn admitted(&self, profile: PortProfile, turns: &[Turn]) -> Result<Admitted> {
        let guards = Arc::clone(&self.guards);
        let texts: Vec<_> = turns.iter().map(|turn| (turn.role, turn.content.clone())).collect();
        let looked = blocking(move || Ok::<_, Error>(admit(&guards, profile, &texts)));
        let (notes, admitted) = looked.await?;
        self.note(notes).await?;
        admitted
    }

    /// Searches the collections that a request names; `None` where it names none. Where nothing
    /// answers, how sure that is.
    async fn read_up_for(
        self: &Arc<Self>,
        request: &CompletionRequest,
        profile: PortProfile,
        admitted: &mut Admitted,
    ) -> Result<Option<std::result::Result<Sources, f64>>> {
        if request.collections.is_empty() {
            return Ok(None);
        }
        let questions = request.turns.iter().rev().filter(|turn| turn.role == Role::User);
        let question = question_of(questions.map(|turn| turn.content.as_str()));
        let question = question.ok_or(Error::EmptyPrompt)?;
        let scope = Scope { collections: request.collections.clone(), ..Scope::default() };
        let found = self.search_for(scope, question).await?;
        if !found.answers() {
            return Ok(Some(Err(found.page.confidence)));
        }
        let names = Masking::of(admitted.names.clone(), admitted.output.clone());
        let passages = found.page.results.clone();
        let ScreenedPassages { read, report } =
            self.screen_for_program(profile, names, passages).await?;
        admitted.take_passages(report);
        Sources::of(found, read, Reliance::Alone).map(Some)
    }

    /// The answer where no document answers.
    fn nothing_answers(
        self: &Arc<Self>,
        profile: PortProfile,
        admitted: Admitted,
        confidence: f64,
    ) -> Completion {
        let filter = self.filter_for(profile, &admitted, &[], None);
        let mut completion = self.completion(profile, admitted, filter);
        completion.sources = Some(AnswerSources::none(confidence));
        let (text, reasoning) = (NO_ANSWER.to_owned(), String::new());
        completion.waiting.push_back(CompletionEvent::Delta { text, reasoning });
        completion.waiting.push_back(CompletionEvent::nothing_asked());
        completion
    }

    /// An answer that nobody writes yet.
    fn completion(
        self: &Arc<Self>,
        profile: PortProfile,
        admitted: Admitted,
        filter: OutputFilter,
    ) -> Completion {
        Completion {
            findings: admitted.findings,
            profile,
            sources: None,
            app: Arc::clone(self),
            answer: None,
            filter,
            said: String::new(),
            begun: false,
            waiting: VecDeque::new(),
            charge: None,
            read: None,
            marks: None,
            masks: false,
            held: Vec::new(),
        }
    }

    /// What stands between the model and a program. What the model reads is not masked in what it
    /// says.
    fn filter_for(
        &self,
        profile: PortProfile,
        admitted: &Admitted,
        messages: &[Turn],
        fence: Option<&str>,
    ) -> OutputFilter {
        let read = || {
            let turns = admitted.turns.iter().map(|(role, text)| (*role, text.as_str()));
            let read = messages.iter().map(|turn| (turn.role, turn.content.as_str()));
            Known::of(turns.chain(read)).fenced(fence)
        };
        let wanted = Wanted {
            clean: profile != PortProfile::Off,
            mask: promises(profile).then(read),
            output: admitted.output.clone(),
            names: Some(admitted.names.clone()),
            withheld: admitted.withheld.clone(),
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

/// Documents are read with a question; a raw text has none.
fn check_collections(request: &CompletionRequest) -> Result<()> {
    let raw = request.form == PromptForm::Raw && !request.collections.is_empty();
    let known = |at: usize| !request.collections[..at].contains(&request.collections[at]);
    let each_once = (0..request.collections.len()).all(known);
    if raw || !each_once || request.collections.len() > COLLECTIONS {
        return Err(Error::OutOfRange("collections"));
    }
    Ok(())
}

/// Bytes of what is asked.
fn size_of(turns: &[Turn]) -> usize {
    turns.iter().map(|turn| turn.content.len()).sum()
}

/// The turns as the model reads them.
fn masked(turns: Vec<Turn>, admitted: &Admitted) -> Vec<Turn> {
    let texts = admitted.turns.iter();
    let turns = turns.into_iter().zip(texts);
    turns.map(|(turn, (_, content))| Turn { content: content.clone(), ..turn }).collect()
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
