//! Taking a question: checked, written to disk with its empty answer, then acknowledged.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use hearth_domain::{
    AppEvent, ConversationId, GenerationId, GuardKind, MessageFindings, MessageId, ModelId,
    SamplingParams,
};
use hearth_store::Writer;
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    ATTACHMENTS, ChatRequest, ChatStarted, MESSAGE_BYTES,
    answer_sources::Asked,
    asker::Asker,
    carried::{Documents, Told},
    guarded::Guarded,
    question::{self, Saved},
    screening,
    setting::Setting,
    turn::AnswerTask,
};
use crate::{
    App, Error, Result, app::lock, guard::Masking, library::Scope, port_keys::Grant,
    sources::COLLECTIONS,
};

/// How long shutting down waits for answers to be saved.
const SAVING_TIME: Duration = Duration::from_secs(5);

/// An answer that is being written.
pub(crate) struct Running {
    /// Where; unknown while a new conversation is being made.
    conversation: Option<ConversationId>,
    cancel: watch::Sender<bool>,
}

/// A reserved place among the running answers; given back when dropped.
pub(super) struct Place {
    app: Arc<App>,
    pub(super) generation: GenerationId,
    pub(super) cancel: watch::Receiver<bool>,
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.app.running).remove(&self.generation);
    }
}

impl From<Saved> for ChatStarted {
    fn from(saved: Saved) -> Self {
        Self {
            conversation: saved.conversation,
            user_message: saved.user_message,
            findings: saved.findings,
            message_id: saved.answer.id,
            generation: saved.generation,
        }
    }
}

impl App {
    /// Takes a question. When this returns, the question is durably on disk and its answer has
    /// begun; the same `client_id` again returns what the first call did.
    ///
    /// # Errors
    /// Neither text nor attachment, an oversized text, too many attachments, an unknown
    /// conversation, parent, attachment or persona, a running answer in the same conversation, or
    /// a database that cannot be written; nothing was kept then.
    pub async fn chat_send(self: &Arc<Self>, request: ChatRequest) -> Result<ChatStarted> {
        self.chat_send_for(None, request).await
    }

    /// The same for a program with this key, which answers only in conversations that it reaches.
    ///
    /// # Errors
    /// As [`App::chat_send`]; attachments and answers to the guardrails, which a program cannot give; a
    /// model, collection, document or folder that the key does not reach; a key that asked too much.
    pub async fn chat_send_for(
        self: &Arc<Self>,
        grant: Option<Arc<Grant>>,
        mut request: ChatRequest,
    ) -> Result<ChatStarted> {
        self.check_open()?;
        if request.text.trim().is_empty() && request.attachments.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        check_text_size(&request.text)?;
        if request.attachments.len() > ATTACHMENTS {
            return Err(Error::OutOfRange("attachments"));
        }
        if request.collections.len() > COLLECTIONS || request.parts.len() > COLLECTIONS {
            return Err(Error::OutOfRange("collections"));
        }
        check_text_size(request.instructions.as_deref().unwrap_or_default())?;
        request.sampling.validate().map_err(Error::OutOfRange)?;
        if let Some(grant) = &grant {
            self.check_question(grant, &request).await?;
        }
        let client_id = request.client_id;
        if let Some(earlier) = self.db.read(move |r| question::earlier(r, client_id)).await? {
            self.check_conversation(grant.as_deref(), earlier.conversation.id).await?;
            return Ok(earlier.into());
        }
        if request.conversation.is_none() {
            request.folder = self.allowed_folder(grant.as_deref(), request.folder)?;
        }
        let now = self.now();
        let (model, sampling) = (request.model.clone(), request.sampling.clone());
        let asker = Asker::of(self, grant, request.text.len())?;
        let place = self.reserve(request.conversation)?;
        let screened = self.screen_question(&request, asker.policy(self)).await?;
        let (generation, guards) = (place.generation, Arc::clone(&self.guards));
        let (failed, program) = (screened.failed.clone(), !asker.is_person());
        let save = move |w: &mut Writer<'_>| {
            question::save(w, &request, (generation, program), now, (&guards, screened)).map(Some)
        };
        self.keep(save, (asker, place), (model, sampling), failed).await
    }

    /// Writes another answer beside an existing one (or to a question that has none).
    ///
    /// # Errors
    /// As [`App::chat_send_for`].
    pub async fn chat_regenerate(
        self: &Arc<Self>,
        grant: Option<Arc<Grant>>,
        message: MessageId,
    ) -> Result<ChatStarted> {
        self.check_open()?;
        if let Some(grant) = &grant {
            self.check_answer(grant, message).await?;
        }
        let asker = Asker::of(self, grant, 0)?;
        let now = self.now();
        let conversation = self.db.read(move |r| r.message(message)).await?.conversation;
        let place = self.reserve(Some(conversation))?;
        let generation = place.generation;
        let save =
            move |w: &mut Writer<'_>| question::save_sibling(w, message, generation, now).map(Some);
        self.keep(save, (asker, place), Default::default(), Vec::new()).await
    }

    /// Writes what `save` does and begins the answer, also where nobody waits for it any more: what is on
    /// disk has somebody who writes it.
    pub(super) async fn keep(
        self: &Arc<Self>,
        save: impl FnOnce(&mut Writer<'_>) -> hearth_store::Result<Option<Saved>> + Send + 'static,
        (asker, place): (Asker, Place),
        chosen: (Option<ModelId>, SamplingParams),
        failed: Vec<GuardKind>,
    ) -> Result<ChatStarted> {
        let (app, folder) = (Arc::clone(self), asker.folder());
        let kept = self.tasks.spawn(async move {
            let save = move |w: &mut Writer<'_>| {
                let saved = save(w)?;
                // It may have been taken out of the folder of the key meanwhile.
                match (folder, &saved) {
                    (Some(own), Some(saved)) if saved.conversation.folder != Some(own) => {
                        Err(hearth_store::Error::ConversationNotFound)
                    }
                    _ => Ok(saved),
                }
            };
            let saved = app.db.write(save).await?.ok_or(Error::OutOfRange("message"))?;
            app.begin(saved, (asker, place), chosen, failed).await
        });
        kept.await.map_err(|_| Error::TaskFailed)?
    }

    /// Stops an answer; what was written stays. One that is over is no error.
    pub fn generation_cancel(&self, generation: GenerationId) {
        if let Some(running) = lock(&self.running).get(&generation) {
            running.cancel.send_replace(true);
        }
    }

    /// Where answers are being written, in the order of their names.
    #[must_use]
    pub fn generation_list(&self) -> Vec<ConversationId> {
        let running = lock(&self.running);
        let mut found: Vec<_> = running.values().filter_map(|one| one.conversation).collect();
        found.sort_unstable();
        found
    }

    /// The answer that is being written in a conversation.
    pub(crate) fn generation_of(&self, conversation: ConversationId) -> Option<GenerationId> {
        let running = lock(&self.running);
        running.iter().find(|(_, r)| r.conversation == Some(conversation)).map(|(id, _)| *id)
    }

    /// Stops every answer and waits until what was written is saved, for a few seconds at most.
    pub(crate) async fn stop_all_generations(&self) {
        for running in lock(&self.running).values() {
            running.cancel.send_replace(true);
        }
        let deadline = tokio::time::Instant::now() + SAVING_TIME;
        while !lock(&self.running).is_empty() && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Takes the one place that a conversation has for a running answer.
    pub(super) fn reserve(self: &Arc<Self>, conversation: Option<ConversationId>) -> Result<Place> {
        let mut running = lock(&self.running);
        if conversation.is_some() && running.values().any(|r| r.conversation == conversation) {
            return Err(Error::GenerationRunning);
        }
        let generation = GenerationId(Uuid::new_v4());
        let (sender, cancel) = watch::channel(false);
        running.insert(generation, Running { conversation, cancel: sender });
        Ok(Place { app: Arc::clone(self), generation, cancel })
    }

    /// Starts the answer to a question that is on disk, unless it was started before. The model and
    /// the sampling are for this answer alone; `failed` could not be looked for in the question.
    async fn begin(
        self: &Arc<Self>,
        saved: Saved,
        (mut asker, place): (Asker, Place),
        (model, sampling): (Option<ModelId>, SamplingParams),
        failed: Vec<GuardKind>,
    ) -> Result<ChatStarted> {
        let (answer, fresh) = (saved.answer.clone(), saved.fresh);
        let started = ChatStarted::from(saved);
        if !fresh {
            return Ok(started);
        }
        let (config, question) = (started.conversation.config.clone(), started.user_message.id);
        let of = started.conversation.id;
        let (told, setting, masking, scope, everything) = self
            .db
            .read(move |r| {
                let (setting, documents) =
                    (Setting::of(r, &config)?, Documents::of_branch(r, question)?);
                let instructions = setting.instructions.clone();
                let told = Told { branch: r.branch(question)?, documents, instructions };
                let (collections, parts) =
                    (r.message_collections(question)?, r.message_parts(question)?);
                let scope = Scope { collections, parts, ..Scope::default() };
                let everything = r.message_reads_all(question)?;
                Ok((told, setting, Masking::read(r, of)?, scope, everything))
            })
            .await?;
        let asked = Asked::of(&told.branch, scope);
        let mut turns = told.turns();
        let policy = asker.policy(self);
        screening::conceal(&mut turns, masking.as_ref(), &policy);
        asker.reads(turns.iter().map(|turn| turn.content.len()).sum());
        let (generation, conversation) = (started.generation, of);
        if let Some(running) = lock(&self.running).get_mut(&generation) {
            running.conversation = Some(conversation);
        }
        let task = AnswerTask {
            app: Arc::clone(self),
            topic: self.hub.open_of(&format!("generation/{generation}"), conversation),
            guarded: Guarded::new(self, policy, (masking, BTreeSet::new()), (&turns, None), failed),
            findings: MessageFindings { message: question, findings: started.findings.clone() },
            turns,
            told,
            message: answer,
            asked,
            everything,
            sources: None,
            marks: None,
            model: model.or(setting.model),
            sampling: sampling.or(&setting.sampling),
            asker,
            place,
            told_of_saving: false,
        };
        task.asker.end_with_key(self, generation, task.place.cancel.clone());
        let program = !task.asker.is_person();
        self.events.push(&AppEvent::GenerationStarted { generation, conversation, program });
        self.tasks.spawn(task.run());
        Ok(started)
    }
}

/// Refuses what is larger than a message may be.
pub(super) fn check_text_size(text: &str) -> Result<()> {
    if text.len() > MESSAGE_BYTES {
        return Err(Error::TextTooLarge { size: text.len(), limit: MESSAGE_BYTES });
    }
    Ok(())
}
