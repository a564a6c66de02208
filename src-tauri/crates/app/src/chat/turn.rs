//! One answer from the first event to the last: load the model if need be, generate, publish in
//! batches, save at least every second, end with exactly one last event.
//!
//! Readers may leave and come back; only `generation_cancel` and shutting down stop it.

use std::{sync::Arc, time::Instant};

use hearth_domain::{
    ChatEvent, EngineState, ErrorCode, FinishReason, Message, MessageFindings, MessageSources,
    MessageStatus, ModelId, Notice, SamplingParams, Timing, TraceId, Usage,
};
use hearth_engine::{Answer, Begun, Event, LoadedModel, Overflow, Request, Turn};
use hearth_store::{MessageEnd, StoredCitation, Writer};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    answer_sources::{Asked, ReadUp},
    draft::Draft,
    guarded::{Guarded, Shown},
    resume::{self, Cost},
    send::Place,
};
use crate::{
    App, Error, Result, WantedBy,
    figures::For,
    guard::PassageReport,
    hub::Topic,
    sources::{MarkFilter, NO_ANSWER, Sources},
    webhooks,
};

/// All that one answer needs.
pub(super) struct AnswerTask {
    pub(super) app: Arc<App>,
    /// The message being written, as it was before: empty, or an answer that goes on.
    pub(super) message: Message,
    pub(super) model: Option<ModelId>,
    pub(super) turns: Vec<Turn>,
    /// What stands between the model and the readers.
    pub(super) guarded: Guarded,
    /// What was found in the question.
    pub(super) findings: MessageFindings,
    pub(super) sampling: SamplingParams,
    /// The documents that it is to rest on, until they were searched.
    pub(super) asked: Option<Asked>,
    /// What it was given to read of them.
    pub(super) sources: Option<Sources>,
    /// Takes out citations of what there is not.
    pub(super) marks: Option<MarkFilter>,
    pub(super) topic: Arc<Topic>,
    pub(super) place: Place,
    /// Whether readers know that the text cannot be saved just now.
    pub(super) told_of_saving: bool,
}

/// How generating ended.
#[derive(Clone, Copy)]
struct Outcome {
    reason: FinishReason,
    usage: Usage,
    timing: Timing,
}

impl Outcome {
    fn cancelled() -> Self {
        let (usage, timing) = (Usage::default(), Timing::default());
        Self { reason: FinishReason::Cancelled, usage, timing }
    }

    fn cost(&self) -> Cost {
        Cost { usage: self.usage, timing: self.timing }
    }
}

impl AnswerTask {
    /// Runs to the end; never fails, because every failure is an event of the stream.
    pub(super) async fn run(mut self) {
        self.topic.push(&ChatEvent::Started { message_id: self.message.id });
        self.tell_findings();
        let (content, reasoning) = (&self.message.content, &self.message.reasoning);
        let mut draft = Draft::new(content.clone(), reasoning.clone(), Instant::now());
        let outcome = match self.generate(&mut draft).await {
            Ok(mut outcome) => {
                outcome.timing.thinking_ms = draft.thought_for().as_secs_f64() * 1_000.0;
                Ok(self.with_before(outcome).await)
            }
            Err(error) => Err(error),
        };
        self.take_rest(&mut draft);
        self.settle_sources(&mut draft).await;
        self.send(&mut draft);
        let (status, error) = match &outcome {
            Ok(outcome) if outcome.reason == FinishReason::Cancelled => {
                (MessageStatus::Stopped, None)
            }
            Ok(_) => (MessageStatus::Complete, None),
            Err(error) => (MessageStatus::Failed, Some(error)),
        };
        self.message.status = status;
        if let Ok(outcome) = &outcome {
            self.message.finish = Some(outcome.reason);
            self.message.usage = Some(outcome.usage);
            self.message.timing = Some(outcome.timing);
        } else {
            self.message.finish = Some(FinishReason::Error);
        }
        let saved = self.finish(&draft, error.map(Error::code)).await;
        let last = match (error, saved) {
            (Some(error), saved) => failed(error, saved.is_ok()),
            (None, Err(error)) => failed(&error, false),
            (None, Ok(())) => self.finished(outcome.unwrap_or_else(|_| Outcome::cancelled())),
        };
        let of = self.message.conversation;
        let Self { app, topic, place, .. } = self;
        // First the place, then the last event: who reads it may ask again at once.
        drop(place);
        topic.push(&last);
        topic.end();
        app.invalidate(&["messages", "conversations"]);
        // What was answered may read otherwise from now on.
        if let Err(error) = app.read_ahead(of).await {
            tracing::debug!(code = error.code().as_str(), "a history was not read ahead");
        }
    }

    fn finished(&self, outcome: Outcome) -> ChatEvent {
        ChatEvent::Finished {
            message_id: self.message.id,
            reason: outcome.reason,
            status: self.message.status,
            usage: outcome.usage,
            timing: outcome.timing,
        }
    }

    /// What an answer cost before it went on counts too.
    async fn with_before(&self, outcome: Outcome) -> Outcome {
        let before = match self.message.usage.zip(self.message.timing) {
            Some((usage, timing)) => Cost { usage, timing },
            None => self.uncounted().await,
        };
        let whole = resume::whole(before, outcome.cost());
        Outcome { reason: outcome.reason, usage: whole.usage, timing: whole.timing }
    }

    /// What is known of an answer whose end was never saved: its words.
    async fn uncounted(&self) -> Cost {
        let text = format!("{}{}", self.message.reasoning, self.message.content);
        let counted =
            if text.is_empty() { Ok(0) } else { self.app.engine.count_tokens(&text).await };
        // A model that is gone by now leaves it uncounted.
        let usage = Usage { completion_tokens: counted.unwrap_or(0), ..Usage::default() };
        Cost { usage, timing: Timing::default() }
    }

    async fn generate(&mut self, draft: &mut Draft) -> Result<Outcome> {
        let found = match self.asked.take() {
            None => None,
            Some(asked) => Some(self.app.read_up(asked, &self.message).await?),
        };
        let (found, report) = match found {
            None => (None, None),
            Some(ReadUp { found: Ok(found), report }) => (Some(found), report),
            Some(ReadUp { found: Err(nothing), report }) => {
                self.guard_passages(report);
                return Ok(self.say_nothing_answers(nothing, draft).await);
            }
        };
        let app = Arc::clone(&self.app);
        let Some(model) = self.load_model().await? else { return Ok(Outcome::cancelled()) };
        // What was being read ahead is read on by this.
        self.app.reading.stop();
        if let Some(found) = found {
            let turns = std::mem::take(&mut self.turns);
            let wanted = self.sampling.max_tokens;
            let (sources, turns) = app.let_read(&model, found, turns, wanted).await?;
            (self.marks, self.sources) = (Some(sources.marks()), Some(sources));
            self.turns = turns;
        }
        self.guard_passages(report);
        let begun = self.begun();
        let answer = model.submit(Request {
            messages: std::mem::take(&mut self.turns),
            begun,
            sampling: self.sampling.clone(),
            priority: hearth_domain::Priority::Interactive,
            caller: hearth_domain::Caller::Person,
            overflow: Overflow::DropOldest,
            enable_thinking: true,
            conversation: Some(self.message.conversation),
            raw: false,
            ahead: false,
            options: hearth_domain::AnswerOptions::default(),
        })?;
        drop(model);
        self.follow(answer, draft).await
    }

    fn guard_passages(&mut self, report: Option<PassageReport>) {
        if let Some(report) = report {
            let fence = self.sources.as_ref().map(Sources::fence);
            self.guarded.take_passages(&self.app, (&self.turns, fence), report);
        }
    }

    /// What an answer that goes on says so far, as the model reads it.
    fn begun(&mut self) -> Option<Begun> {
        let Message { content, reasoning, .. } = &self.message;
        let begun = !(content.is_empty() && reasoning.is_empty());
        begun.then(|| self.guarded.resume_after(content, reasoning))
    }

    /// Sees to it that the model is loaded; `None` where the person cancelled meanwhile. The
    /// model goes on loading then: the next question will want it.
    async fn load_model(&mut self) -> Result<Option<LoadedModel>> {
        let app = Arc::clone(&self.app);
        let model = self.model.clone();
        let ensure = async move { app.ensure_model(model, WantedBy::Person).await };
        let mut loading = self.app.tasks.spawn(ensure);
        let mut state = self.app.engine.state();
        loop {
            tokio::select! {
                biased;
                loaded = &mut loading => {
                    let warm = loaded.map_err(|_| Error::TaskFailed)??;
                    warm.instruct(&mut self.turns);
                    self.message.model = Some(warm.name);
                    return Ok(Some(warm.model));
                }
                () = cancelled(&mut self.place.cancel) => return Ok(None),
                Ok(()) = state.changed() => {
                    if let EngineState::Loading { progress, .. } = &*state.borrow_and_update() {
                        self.topic.push(&ChatEvent::Loading { progress: *progress });
                    }
                }
            }
        }
    }

    async fn follow(&mut self, mut answer: Answer, draft: &mut Draft) -> Result<Outcome> {
        let mut cancelling = false;
        let mut save_now = self.app.save_now.subscribe();
        loop {
            let send_at = draft.send_due();
            tokio::select! {
                event = answer.next() => match event {
                    Some(Event::Finished { reason, usage, timing, .. }) => {
                        self.app.answered(For::Person, &usage, &timing);
                        let ended = self.guarded.circles() && reason == FinishReason::Cancelled;
                        let reason = if ended { FinishReason::Stop } else { reason };
                        return Ok(Outcome { reason, usage, timing });
                    }
                    Some(Event::Failed(error)) => return Err(error.into()),
                    Some(event) => {
                        self.take(event, draft);
                        if draft.is_silent() {
                            answer.hurry();
                        }
                        if self.guarded.circles() && !std::mem::replace(&mut cancelling, true) {
                            self.topic.push(&ChatEvent::Notice { notice: Notice::RepetitionEnded });
                            answer.cancel();
                        }
                    }
                    None => return Err(Error::ShuttingDown),
                },
                () = cancelled(&mut self.place.cancel), if !cancelling => {
                    cancelling = true;
                    answer.cancel();
                }
                () = sleep_until(send_at) => self.send(draft),
                Ok(()) = save_now.changed() => self.save_part(draft).await,
            }
            if draft.save_due(Instant::now()) {
                self.save_part(draft).await;
            }
        }
    }

    /// The end where no document answers: the model is not asked.
    async fn say_nothing_answers(&self, nothing: MessageSources, draft: &mut Draft) -> Outcome {
        draft.push(NO_ANSWER, "", Instant::now());
        self.keep_sources(nothing, Vec::new()).await;
        let (usage, timing) = (Usage::default(), Timing::default());
        Outcome { reason: FinishReason::Stop, usage, timing }
    }

    /// The end of an answer over documents: what it cites is compared, kept and told.
    async fn settle_sources(&mut self, draft: &mut Draft) {
        if let Some(mut marks) = self.marks.take() {
            draft.push(&marks.end(), "", Instant::now());
        }
        if let Some(read) = self.sources.take() {
            let stored = read.cited(&draft.content);
            let sources = MessageSources {
                message: self.message.id,
                confidence: read.confidence(),
                answerable: true,
                passages: read.passages(),
                citations: stored.iter().map(|it| it.citation.clone()).collect(),
            };
            self.keep_sources(sources, stored).await;
        }
    }

    /// An answer without what it rests on is still an answer.
    async fn keep_sources(&self, sources: MessageSources, stored: Vec<StoredCitation>) {
        let kept = sources.clone();
        let keep = self.app.db.write(move |w| w.message_sources_put(&kept, &stored));
        if let Err(error) = keep.await {
            tracing::warn!(code = error.code().as_str(), "citations were not saved");
        }
        self.topic.push(&ChatEvent::Sources { sources });
    }

    fn take(&mut self, event: Event, draft: &mut Draft) {
        match event {
            Event::Queued { ahead } => self.topic.push(&ChatEvent::Queued { ahead }),
            Event::PromptProgress { done, total } => {
                self.topic.push(&ChatEvent::PromptProgress { done, total });
            }
            Event::Omitted(omitted) => {
                let notice = Notice::ContextOmitted(omitted);
                self.topic.push(&ChatEvent::Notice { notice });
            }
            Event::TemplateReplaced => {
                self.topic.push(&ChatEvent::Notice { notice: Notice::TemplateReplaced });
            }
            Event::Delta { text, reasoning } => {
                let shown = self.guarded.push(&text, &reasoning);
                self.show(&shown, draft);
            }
            Event::ToolCalls(_)
            | Event::Logprobs(_)
            | Event::Finished { .. }
            | Event::Failed(_) => {}
        }
    }

    /// Adds to the answer what may be shown of it.
    fn show(&mut self, shown: &Shown, draft: &mut Draft) {
        if shown.reset {
            draft.take_back();
            self.marks = self.sources.as_ref().map(Sources::marks);
            let (text, reasoning) = (draft.content.clone(), draft.reasoning.clone());
            self.topic.push(&ChatEvent::Rewritten { text, reasoning });
        }
        let text = match &mut self.marks {
            Some(marks) => marks.push(&shown.text),
            None => shown.text.clone(),
        };
        if !(text.is_empty() && shown.reasoning.is_empty()) {
            draft.push(&text, &shown.reasoning, Instant::now());
        }
    }

    /// Adds what was held back to the last, however the answer ended.
    fn take_rest(&mut self, draft: &mut Draft) {
        let rest = self.guarded.finish();
        self.show(&rest, draft);
        let kinds = self.guarded.failed();
        if !kinds.is_empty() {
            let notice = Notice::GuardFailed { kinds };
            self.topic.push(&ChatEvent::Notice { notice });
        }
    }

    /// Tells what was found in the question.
    fn tell_findings(&self) {
        if !self.findings.findings.is_empty() {
            self.topic.push(&ChatEvent::Findings { found: self.findings.clone() });
        }
    }

    fn send(&self, draft: &mut Draft) {
        if let Some((text, reasoning)) = draft.take_unsent() {
            self.topic.push(&ChatEvent::Delta { text, reasoning });
        }
    }

    /// Saves while the answer goes on. A failure is told once and tried again.
    async fn save_part(&mut self, draft: &mut Draft) {
        if let Err(error) = self.save(draft).await
            && !std::mem::replace(&mut self.told_of_saving, true)
        {
            let notice = Notice::SavingFailed { error: error.code() };
            self.topic.push(&ChatEvent::Notice { notice });
        }
    }

    async fn save(&mut self, draft: &mut Draft) -> Result<()> {
        let now = Instant::now();
        let (id, text, thought) = (self.message.id, draft.content.clone(), draft.reasoning.clone());
        let write = self.app.db.write(move |w| w.message_save_text(id, &text, &thought));
        let saved = write.await;
        draft.note_save(saved.is_ok(), now);
        saved
    }

    /// Saves the whole answer with how it ended.
    async fn finish(&self, draft: &Draft, error: Option<ErrorCode>) -> Result<()> {
        let id = self.message.id;
        let end = MessageEnd {
            content: draft.content.clone(),
            reasoning: draft.reasoning.clone(),
            status: self.message.status,
            model: self.message.model.clone(),
            finish: self.message.finish,
            usage: self.message.usage,
            timing: self.message.timing,
        };
        let of = self.message.conversation;
        let masked = self.guarded.masked_in(&draft.content);
        let (guards, now) = (Arc::clone(&self.app.guards), self.app.now());
        let (generation, message) = (self.place.generation, self.message.clone());
        let work = move |w: &mut Writer<'_>| {
            w.message_finish(id, &end)?;
            let told = webhooks::of_answer(w, (generation, &message), error, now)?;
            Ok((masked.save(w, &guards, (of, id), now)?, told))
        };
        let (findings, told) = self.app.db.write(work).await?;
        self.app.told_webhooks(told);
        if !findings.is_empty() {
            let found = MessageFindings { message: id, findings };
            self.topic.push(&ChatEvent::Findings { found });
        }
        Ok(())
    }
}

fn failed(error: &Error, saved: bool) -> ChatEvent {
    let trace_id = TraceId(Uuid::new_v4());
    let code: ErrorCode = error.code();
    tracing::warn!(code = code.as_str(), %trace_id, saved, "an answer failed");
    ChatEvent::Failed { code, message: error.to_string(), trace_id, saved }
}

async fn cancelled(cancel: &mut watch::Receiver<bool>) {
    if cancel.wait_for(|asked| *asked).await.is_err() {
        // Nobody is left who could ask.
        std::future::pending::<()>().await;
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
