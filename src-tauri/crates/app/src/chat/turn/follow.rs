//! The words as they come: through the guardrails, to the readers, to the disk.

use std::time::Instant;

use hearth_domain::{ChatEvent, FinishReason, MessageSources, Notice, Timing, Usage};
use hearth_engine::{Answer, Event};
use hearth_store::StoredCitation;
use tokio::sync::watch;

use super::{
    super::{draft::Draft, guarded::Shown},
    AnswerTask, Outcome,
};
use crate::{
    Error, Result,
    sources::{NO_ANSWER, Sources},
};

impl AnswerTask {
    /// Passes on what the model writes until it ends or the person stops it.
    pub(super) async fn follow(
        &mut self,
        mut answer: Answer,
        draft: &mut Draft,
    ) -> Result<Outcome> {
        let mut cancelling = false;
        let mut save_now = self.app.save_now.subscribe();
        loop {
            let send_at = draft.send_due();
            tokio::select! {
                event = answer.next() => match event {
                    Some(Event::Finished { reason, usage, timing, .. }) => {
                        self.asker.settle(&usage);
                        self.app.answered(self.asker.counted(), &usage, &timing);
                        let ended = self.guarded.circles() && reason == FinishReason::Cancelled;
                        let reason = if ended { FinishReason::Stop } else { reason };
                        return Ok(Outcome { reason, usage, timing });
                    }
                    Some(Event::Failed(error)) => return Err(error.into()),
                    Some(event) => {
                        self.take(event, draft);
                        if self.guarded.withholds() {
                            answer.cancel();
                            return Err(Error::GuardFailed);
                        }
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
    pub(super) async fn say_nothing_answers(
        &self,
        nothing: MessageSources,
        draft: &mut Draft,
    ) -> Outcome {
        draft.push(NO_ANSWER, "", Instant::now());
        self.keep_sources(nothing, Vec::new()).await;
        let (usage, timing) = (Usage::default(), Timing::default());
        Outcome { reason: FinishReason::Stop, usage, timing }
    }

    /// The end of an answer over documents: what it cites is compared, kept and told.
    pub(super) async fn settle_sources(&mut self, draft: &mut Draft) {
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
                self.asker.wrote(text.len() + reasoning.len());
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
        if self.guarded.withholds() {
            return;
        }
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
    pub(super) fn take_rest(&mut self, draft: &mut Draft) {
        let rest = self.guarded.finish();
        self.show(&rest, draft);
        let kinds = self.guarded.failed();
        if !kinds.is_empty() {
            let notice = Notice::GuardFailed { kinds };
            self.topic.push(&ChatEvent::Notice { notice });
        }
    }

    /// Tells what was found in the question.
    pub(super) fn tell_findings(&self) {
        if !self.findings.findings.is_empty() {
            self.topic.push(&ChatEvent::Findings { found: self.findings.clone() });
        }
    }

    pub(super) fn send(&self, draft: &mut Draft) {
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
}

pub(in super::super) async fn cancelled(cancel: &mut watch::Receiver<bool>) {
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
