//! One answer from the first event to the last: load the model if need be, generate, publish in
//! batches, save at least every second, end with exactly one last event.
//!
//! Readers may leave and come back; only `generation_cancel` and shutting down stop it. What comes before
//! the first word is in `generate`, how the words go on in `follow`.

mod follow;
mod generate;

use std::{sync::Arc, time::Instant};

use hearth_domain::{
    ChatEvent, ErrorCode, FinishReason, Message, MessageFindings, MessageStatus, ModelId,
    SamplingParams, Timing, TraceId, Usage,
};
use hearth_engine::Turn;
use hearth_store::{MessageEnd, Writer};
use uuid::Uuid;

use super::{
    answer_sources::Asked,
    asker::Asker,
    carried::Told,
    draft::Draft,
    guarded::Guarded,
    resume::{self, Cost},
    send::Place,
};
use crate::{
    App, Error, Result,
    hub::Topic,
    sources::{MarkFilter, Sources},
    webhooks,
};
pub(super) use follow::cancelled;

/// All that one answer needs.
pub(super) struct AnswerTask {
    pub(super) app: Arc<App>,
    pub(super) asker: Asker,
    /// The message being written, as it was before: empty, or an answer that goes on.
    pub(super) message: Message,
    pub(super) model: Option<ModelId>,
    pub(super) turns: Vec<Turn>,
    /// What they were made of.
    pub(super) told: Told,
    /// What stands between the model and the readers.
    pub(super) guarded: Guarded,
    /// What was found in the question.
    pub(super) findings: MessageFindings,
    pub(super) sampling: SamplingParams,
    /// The documents that it is to rest on, until they were searched.
    pub(super) asked: Option<Asked>,
    /// Whether all of them is read, however long it is.
    pub(super) everything: bool,
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
            // Whoever ends the program stops the answer, also where it had not begun.
            Err(error) if error.code() == ErrorCode::ShuttingDown => Ok(Outcome::cancelled()),
            Err(error) => Err(error),
        };
        self.take_rest(&mut draft);
        let outcome = if self.guarded.withholds() { Err(Error::GuardFailed) } else { outcome };
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
        let Self { app, topic, place, asker, .. } = self;
        // First the place, then the last event: who reads it may ask again at once.
        drop(place);
        topic.push(&last);
        topic.end();
        app.invalidate(&["messages", "conversations"]);
        // What was answered may read otherwise from now on. Nobody writes before a program.
        let read_ahead =
            async { if asker.is_person() { app.read_ahead(of).await } else { Ok(()) } };
        if let Err(error) = read_ahead.await {
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
