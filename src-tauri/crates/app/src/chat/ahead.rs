//! Reading ahead: the history of a conversation, before its next question is asked.
//!
//! When a conversation is opened, and after each of its answers: a template may write what was just
//! answered in another way once it is history. One at a time, in the background, for the
//! conversation that a person was at last; a question goes before it and goes on from where it came
//! to. Not here: what the engine does with it.

use std::sync::{Arc, Mutex};

use hearth_domain::{Caller, ConversationId, Priority, SamplingParams};
use hearth_engine::{LoadedModel, Overflow, Request, Turn};
use tokio::task::AbortHandle;

use super::{
    carried::{Documents, Told},
    screening,
    setting::Setting,
};
use crate::{App, Result, app::lock, guard::Masking};

/// What is being read ahead.
#[derive(Default)]
pub(crate) struct ReadingAhead(Mutex<Option<(ConversationId, AbortHandle)>>);

impl ReadingAhead {
    /// Stops it; what was read stays.
    pub(crate) fn stop(&self) {
        if let Some((_, task)) = lock(&self.0).take() {
            task.abort();
        }
    }

    fn is_at(&self, conversation: ConversationId) -> bool {
        let at = lock(&self.0);
        at.as_ref().is_some_and(|(of, task)| *of == conversation && !task.is_finished())
    }
}

/// A request that only reads.
pub(crate) fn request(
    messages: Vec<Turn>,
    sampling: &SamplingParams,
    conversation: Option<ConversationId>,
) -> Request {
    Request {
        messages,
        begun: None,
        // What is left out of a long history depends on how long the answer may be.
        sampling: SamplingParams { max_tokens: sampling.max_tokens, ..SamplingParams::default() },
        priority: Priority::Background,
        caller: Caller::Person,
        overflow: Overflow::DropOldest,
        enable_thinking: true,
        conversation,
        raw: false,
        ahead: true,
        options: hearth_domain::AnswerOptions::default(),
    }
}

impl App {
    /// Reads the history of a conversation ahead, because a person came to it. Nothing happens where
    /// its model is not loaded, where an answer is written in it, or while work in the background is
    /// stopped.
    ///
    /// # Errors
    /// An unknown conversation, or a database that cannot be read.
    pub async fn conversation_prefetch(self: &Arc<Self>, id: ConversationId) -> Result<()> {
        self.check_open()?;
        if !self.reading.is_at(id) {
            self.read_ahead(id).await?;
        }
        Ok(())
    }

    /// As [`App::conversation_prefetch`], anew where it was read already.
    pub(super) async fn read_ahead(self: &Arc<Self>, id: ConversationId) -> Result<()> {
        if self.is_paused() || self.generation_of(id).is_some() {
            return Ok(());
        }
        let Some((model, request)) = self.history_of(id).await? else { return Ok(()) };
        let mut at = lock(&self.reading.0);
        if let Some((_, before)) = at.take() {
            before.abort();
        }
        let task = self.tasks.spawn(async move {
            let Ok(mut answer) = model.submit(request) else { return };
            drop(model);
            while answer.next().await.is_some() {}
        });
        *at = Some((id, task.abort_handle()));
        Ok(())
    }

    /// What is read ahead of a conversation, and by which model; `None` where there is nothing, or
    /// that model is not loaded.
    async fn history_of(&self, id: ConversationId) -> Result<Option<(LoadedModel, Request)>> {
        if self.engine.loaded().is_none() {
            return Ok(None);
        }
        let read = self.db.read(move |r| {
            let conversation = r.conversation(id)?;
            let setting = Setting::of(r, &conversation.config)?;
            let Some(head) = conversation.head else { return Ok(None) };
            let masking = Masking::read(r, id)?;
            let documents = Documents::of_branch(r, head)?;
            let instructions = setting.instructions.clone();
            let told = Told { branch: r.branch(head)?, documents, instructions };
            Ok(Some((setting, told, masking)))
        });
        let Some((setting, told, masking)) = read.await? else { return Ok(None) };
        let model = setting.model.map_or_else(|| self.default_model(), Ok)?;
        let Some(warm) = self.warm_model_of(&model).await? else { return Ok(None) };
        let (told, _) = self.fit_documents(&warm.model, told, setting.sampling.max_tokens).await?;
        let mut turns = told.turns();
        if turns.is_empty() {
            return Ok(None);
        }
        screening::conceal(&mut turns, masking.as_ref(), &self.guard_policy(None));
        warm.instruct(&mut turns);
        Ok(Some((warm.model, request(turns, &setting.sampling, Some(id)))))
    }
}
