//! What comes before the first word: the model, what of documents is read, the request.

use std::sync::Arc;

use hearth_domain::{ChatEvent, EngineState, Message, Notice};
use hearth_engine::{Begun, Overflow, Request};
use hearth_store::Writer;

use super::{
    super::{answer_sources::ReadUp, draft::Draft, whole::ReadWhole},
    AnswerTask, Outcome, cancelled,
};
use crate::{
    Error, Result,
    db::blocking,
    guard::{Masking, PassageReport, admit_with},
    models::WarmModel,
    sources::Sources,
};

impl AnswerTask {
    /// Sees to all that the answer needs, then follows it to its end.
    pub(super) async fn generate(&mut self, draft: &mut Draft) -> Result<Outcome> {
        self.admit().await?;
        // What is too long is known by the model alone; else what nothing answers needs none.
        let (mut model, mut whole) = (None, ReadWhole::Not);
        if self.wants_context() {
            let Some(loaded) = self.load_model().await? else { return Ok(Outcome::cancelled()) };
            self.leave_out_long(&loaded).await?;
            loaded.instruct(&mut self.turns);
            whole = self.read_whole(&loaded.model).await?;
            model = Some(loaded);
        }
        if let (ReadWhole::Not, Some(asked)) = (&whole, &self.asked)
            && !asked.scope.is_empty()
        {
            let indexing = self.app.awaits_index(asked.scope.attached.clone()).await?;
            self.topic.push(&ChatEvent::Searching { indexing });
        }
        let mut cancel = self.place.cancel.clone();
        let found = match (whole, self.asked.take()) {
            (ReadWhole::Cancelled, _) => return Ok(Outcome::cancelled()),
            (ReadWhole::Found(read), _) => Some(*read),
            (ReadWhole::Not, None) => None,
            (ReadWhole::Not, Some(asked)) => tokio::select! {
                found = self.app.read_up(asked, &self.message, self.asker.policy(&self.app)) => found?,
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
        if self.asker.is_person() {
            // What was being read ahead is read on by this.
            self.app.reading.stop();
        }
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
            priority: self.asker.priority(),
            caller: self.asker.caller(),
            overflow: Overflow::DropOldest,
            enable_thinking: true,
            conversation: Some(self.message.conversation),
            raw: false,
            ahead: false,
            options: hearth_domain::AnswerOptions::default(),
        })?;
        drop(model);
        self.asker.started();
        self.follow(answer, draft).await
    }

    /// Looks at all that the model reads for a program by the profile of its key, as at the port: also what
    /// the person wrote, instructions, and earlier answers. Names that are minted are kept with the
    /// conversation.
    async fn admit(&mut self) -> Result<()> {
        let Some(profile) = self.asker.policy(&self.app).program() else { return Ok(()) };
        let (of, guards) = (self.message.conversation, Arc::clone(&self.app.guards));
        let texts: Vec<_> = self.turns.iter().map(|it| (it.role, it.content.clone())).collect();
        let masking = self.app.db.read(move |r| Masking::read(r, of)).await?;
        let masking = masking.map_or_else(Masking::random, Ok)?;
        let names = (masking.names.clone(), masking.output.clone());
        let looked =
            blocking(move || Ok::<_, Error>(admit_with(&guards, profile, &texts, names))).await?;
        let (notes, admitted) = looked;
        self.app.note(notes).await?;
        let admitted = admitted?;
        if admitted.names == masking.names && admitted.withheld.is_empty() {
            return Ok(());
        }
        for (turn, (_, text)) in self.turns.iter_mut().zip(admitted.turns) {
            turn.content = text;
        }
        let keep = move |w: &mut Writer<'_>| {
            let mut masking = Masking::read(w, of)?.unwrap_or(masking);
            masking.names = admitted.names;
            masking.save(w, of)?;
            Ok(masking)
        };
        let masking = self.app.db.write(keep).await?;
        self.guarded.take_names(&self.app, (masking, admitted.withheld), &self.turns);
        Ok(())
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
        let model = self.asker.model(&app, self.model.clone())?;
        let wanted_by = self.asker.wanted_by();
        let ensure = async move { app.ensure_model(model, wanted_by).await };
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
