//! Who asks in a conversation: a person, or a program with a key that reaches it. What differs for a
//! program is said here: whose engine time it is, which guardrails hold, what it costs, when it ends.

use std::sync::Arc;

use hearth_domain::{
    Caller, ConversationConfig, ConversationId, FolderId, GenerationId, ModelId, Priority, Usage,
};
use tokio::sync::watch;

use super::ChatRequest;
use crate::{
    App, Error, Result, WantedBy,
    figures::For,
    guard::Policy,
    port_keys::{Charge, Grant},
};

/// Who asks.
#[derive(Default)]
pub(super) struct Asker {
    grant: Option<Arc<Grant>>,
    charge: Option<Charge>,
}

impl Asker {
    /// Begins to count for a key; this many bytes are asked.
    pub(super) fn of(app: &Arc<App>, grant: Option<Arc<Grant>>, bytes: usize) -> Result<Self> {
        let charge = grant.as_ref().map(|grant| Charge::begin(app, grant, bytes)).transpose()?;
        Ok(Self { grant, charge })
    }

    fn grant(&self) -> Option<&Grant> {
        self.grant.as_deref()
    }

    /// For whom the engine computes.
    pub(super) fn caller(&self) -> Caller {
        self.grant().map_or(Caller::Person, Grant::caller)
    }

    /// How urgent the answer is.
    pub(super) fn priority(&self) -> Priority {
        if self.is_person() { Priority::Interactive } else { Priority::Stream }
    }

    pub(super) fn is_person(&self) -> bool {
        self.grant.is_none()
    }

    /// The folder that the key is held to.
    pub(super) fn folder(&self) -> Option<FolderId> {
        self.grant().and_then(|grant| grant.rights().folder)
    }

    /// Whether more may be read and written for it now.
    ///
    /// # Errors
    /// [`Error::RateLimited`].
    pub(super) fn may_go_on(&self) -> Result<()> {
        self.charge.as_ref().map_or(Ok(()), Charge::may_go_on)
    }

    /// Under whom the answer counts.
    pub(super) fn counted(&self) -> For {
        if self.is_person() { For::Person } else { For::Program }
    }

    /// For whom a model is loaded.
    pub(super) fn wanted_by(&self) -> WantedBy {
        WantedBy::of(self.grant())
    }

    /// The model that answers.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`] for one that the key may not use.
    pub(super) fn model(&self, app: &App, wanted: Option<ModelId>) -> Result<Option<ModelId>> {
        app.allowed_model(self.grant(), wanted)
    }

    /// The guardrails that hold.
    pub(super) fn policy(&self, app: &App) -> Policy {
        app.guard_policy(self.grant())
    }

    /// The model reads so much for the answer.
    pub(super) fn reads(&mut self, bytes: usize) {
        if let Some(charge) = &mut self.charge {
            charge.reads(bytes);
        }
    }

    /// The answer is being computed. What ends before costs nothing.
    pub(super) fn started(&mut self) {
        self.charge = self.charge.take().map(Charge::started);
    }

    /// More of the answer.
    pub(super) fn wrote(&mut self, bytes: usize) {
        if let Some(charge) = &mut self.charge {
            charge.wrote(bytes);
        }
    }

    /// Something that was read and written on the way to the answer.
    pub(super) fn spent(&self, usage: &Usage) {
        if let Some(charge) = &self.charge {
            charge.spent(usage);
        }
    }

    /// The end of the answer, with what was counted.
    pub(super) fn settle(&mut self, usage: &Usage) {
        if let Some(charge) = &mut self.charge {
            charge.settle(usage);
        }
    }

    /// Stops the answer when the key is good no more. What was written stays.
    pub(super) fn end_with_key(
        &self,
        app: &Arc<App>,
        generation: GenerationId,
        mut running: watch::Receiver<bool>,
    ) {
        let Some(grant) = self.grant.clone() else { return };
        let (app, mut changes) = (Arc::clone(app), app.port_key_changes());
        let tasks = app.tasks.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = app.port_key_ended(&grant, &mut changes) => app.generation_cancel(generation),
                // It is over when nobody is left who could stop it.
                () = async { while running.changed().await.is_ok() {} } => {}
            }
        });
    }
}

impl App {
    /// The guardrails that hold in conversations for a person, or for a program with this key.
    pub(crate) fn guard_policy(&self, grant: Option<&Grant>) -> Policy {
        let profile = grant.map(|grant| self.port_profile(Some(grant)));
        Policy::new(self.settings().guard.chat, profile)
    }

    /// How a program may have a conversation answered: by a model that its key reaches, and by no other
    /// persona than now.
    ///
    /// # Errors
    /// Another persona, or a model that the key does not reach.
    pub async fn check_config(
        &self,
        grant: Option<&Grant>,
        id: ConversationId,
        config: &ConversationConfig,
    ) -> Result<()> {
        self.check_conversation(grant, id).await?;
        if grant.is_none() {
            return Ok(());
        }
        if config.model.is_some() {
            self.allowed_model(grant, config.model.clone())?;
        }
        let now = self.db.read(move |r| r.conversation(id)).await?.config.persona;
        if config.persona.is_some() && config.persona != now {
            return Err(Error::OutOfRange("persona"));
        }
        Ok(())
    }

    /// What a program may ask in conversations. It decides nothing in the place of the person, and what
    /// is attached comes from a window.
    pub(super) async fn check_question(&self, grant: &Grant, request: &ChatRequest) -> Result<()> {
        if !request.attachments.is_empty() {
            return Err(Error::OutOfRange("attachments"));
        }
        if request.guard.is_some() {
            return Err(Error::OutOfRange("guard"));
        }
        if request.persona.is_some() {
            return Err(Error::OutOfRange("persona"));
        }
        if request.model.is_some() {
            self.allowed_model(Some(grant), request.model.clone())?;
        }
        for message in [request.parent, request.beside].into_iter().flatten() {
            self.check_message(Some(grant), message).await?;
        }
        self.check_documents(grant, &request.collections, &request.parts).await?;
        match request.conversation {
            Some(conversation) => self.check_conversation(Some(grant), conversation).await,
            None => self.allowed_folder(Some(grant), request.folder).map(drop),
        }
    }
}
