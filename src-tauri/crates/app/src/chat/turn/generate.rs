//! What comes before the first word: the model, what of documents is read, the request.

use std::sync::Arc;

use hearth_domain::{ChatEvent, EngineState, Message, Notice};
use hearth_engine::{Begun, Overflow, Request};

use super::{
    super::{answer_sources::ReadUp, draft::Draft, whole::ReadWhole},
    AnswerTask, Outcome, cancelled,
};
use crate::{Error, Result, WantedBy, guard::PassageReport, models::WarmModel, sources::Sources};

impl AnswerTask {
    /// Sees to all that the answer needs, then follows it to its end.
    pub(super) async fn generate(&mut self, draft: &mut Draft) -> Result<Outcome> {
        // What is too long is known by the model alone; else what nothing answers needs none.
        let (mut model, mut whole) = (None, ReadWhole::Not);
        if self.wants_context() {
            let Some(loaded) = self.load_model().await? else { return Ok(Outcome::cancelled()) };
            self.leave_out_long(&loaded).await?;
            loaded.instruct(&mut self.turns);
            whole = self.read_whole(&loaded.model).await?;
            model = Some(loaded);
        }
        let mut cancel = self.place.cancel.clone();
        let found = match (whole, self.asked.take()) {
            (ReadWhole::Cancelled, _) => return Ok(Outcome::cancelled()),
            (ReadWhole::Found(read), _) => Some(*read),
            (ReadWhole::Not, None) => None,
            (ReadWhole::Not, Some(asked)) => tokio::select! {
                found = self.app.read_up(asked, &self.message) => found?,
                () = cancelled(&mut cancel) => return Ok(Outcome::cancelled()),
            },
        };
        let (found, report) = match found {
            None => (None, None),
            Some(ReadUp { found: Ok(found), report }) => (found, report),
            Some(ReadUp { found: Err(nothing), report }) => {
                self.guard_passages(report);
                return Ok(self.say_nothing_answers(nothing, draft).await);
            }
        };
        let app = Arc::clone(&self.app);
        let model = match model {
            Some(model) => Some(model),
            None => self.load_model().await?,
        };
        let Some(WarmModel { model, name, .. }) = model.inspect(|it| it.instruct(&mut self.turns))
        else {
            return Ok(Outcome::cancelled());
        };
        self.message.model = Some(name);
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

    /// Has what is carried and does not fit the context searched, and tells so.
    async fn leave_out_long(&mut self, warm: &WarmModel) -> Result<()> {
        let told = std::mem::take(&mut self.told);
        let (told, searched) =
            self.app.fit_documents(&warm.model, told, self.sampling.max_tokens).await?;
        self.told = told;
        if searched.is_empty() {
            return Ok(());
        }
        self.turns = self.told.turns();
        self.guarded.conceal(&mut self.turns);
        if !self.everything {
            let names = searched.iter().map(|it| it.name.clone()).collect();
            self.topic.push(&ChatEvent::Notice { notice: Notice::DocumentsSearched { names } });
        }
        if let Some(asked) = &mut self.asked {
            asked.scope.attached = searched.iter().map(|it| it.id).collect();
        }
        Ok(())
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
    async fn load_model(&mut self) -> Result<Option<WarmModel>> {
        let app = Arc::clone(&self.app);
        let model = self.model.clone();
        let ensure = async move { app.ensure_model(model, WantedBy::Person).await };
        let mut loading = self.app.tasks.spawn(ensure);
        let mut state = self.app.engine.state();
        loop {
            tokio::select! {
                biased;
                loaded = &mut loading => {
                    return loaded.map_err(|_| Error::TaskFailed)?.map(Some);
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
}
