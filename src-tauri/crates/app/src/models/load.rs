//! Loading: from the name of a model to a warm engine.

use hearth_domain::{
    Consent, EngineState, ModelId, ModelPurpose, ModelSource, Priority, Role, SamplingParams,
};
use hearth_engine::{Load, LoadedModel, Turn};

use super::{candidate::Candidate, checksum, stamp::Stamp};
use crate::{App, Error, Result, db::blocking, port_keys::Grant};

/// A model that is warm, and stays while this is held.
pub(crate) struct WarmModel {
    /// Its shown name.
    pub(crate) name: String,
    /// How the person wants it to answer where nothing else says how.
    pub(crate) sampling: SamplingParams,
    /// The one that is asked.
    pub(crate) model: LoadedModel,
    instructions: Option<String>,
}

impl WarmModel {
    /// Puts the catalogue's instructions before a conversation that has none.
    pub(crate) fn instruct(&self, turns: &mut Vec<Turn>) {
        let begins = turns.first().is_some_and(|turn| turn.role == Role::System);
        if let (false, Some(instructions)) = (begins, &self.instructions) {
            turns.insert(0, Turn::new(Role::System, instructions.clone()));
        }
    }
}

/// For whom a model is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedBy {
    /// A person, who looks at it.
    Person,
    /// A program at the port: what people see and what is kept warm for them stays as it is.
    Program,
    /// Nobody yet: it is to be there when a person comes.
    Nobody,
}

impl WantedBy {
    /// Who has a key of the port is a program.
    #[must_use]
    pub fn of(grant: Option<&Grant>) -> Self {
        if grant.is_some() { Self::Program } else { Self::Person }
    }

    pub(super) fn is_front(self) -> bool {
        self != Self::Program
    }

    /// How urgent loading is.
    fn priority(self) -> Priority {
        match self {
            Self::Person | Self::Program => Priority::Interactive,
            Self::Nobody => Priority::Background,
        }
    }
}

impl App {
    /// Loads a model (the default one unless named) and waits until it is warm.
    ///
    /// # Errors
    /// As [`App::ensure_model`].
    pub async fn model_load(&self, id: Option<ModelId>, wanted: WantedBy) -> Result<()> {
        self.ensure_loaded(id, wanted, None).await.map(drop)
    }

    /// Unloads a model, or all of them that the key reaches, or stops loading; running answers end
    /// with an error that says so. What a person unloads is not loaded again unasked.
    ///
    /// # Errors
    /// A model that the key does not reach.
    pub async fn model_unload(&self, grant: Option<&Grant>, id: Option<ModelId>) -> Result<()> {
        let reached = |id: &ModelId| grant.is_none_or(|grant| grant.allows_model(id));
        if id.as_ref().is_some_and(|id| !reached(id)) {
            return Err(Error::ModelNotFound);
        }
        if id.is_none() && grant.is_none() {
            self.warm.let_go_by_hand();
            self.engine.cancel_load(None);
            self.engine.unload(None).await;
            return Ok(());
        }
        if id.as_ref().is_none_or(|id| self.engine.loaded().as_ref() == Some(id)) {
            self.warm.let_go_by_hand();
        }
        let states = self.engine_states();
        let loaded = states.iter().filter_map(EngineState::loaded).map(|(id, _)| id.clone());
        for id in id.map_or_else(|| loaded.filter(reached).collect(), |id| vec![id]) {
            self.engine.cancel_load(Some(&id));
            self.engine.unload(Some(&id)).await;
        }
        Ok(())
    }

    /// The model that is warm now and that people asked for last; nothing is loaded for this.
    pub(crate) async fn warm_model(&self) -> Result<Option<WarmModel>> {
        let Some(id) = self.engine.loaded() else { return Ok(None) };
        self.warm_model_of(&id).await
    }

    /// A model, where it is warm now; nothing is loaded for this.
    pub(crate) async fn warm_model_of(&self, id: &ModelId) -> Result<Option<WarmModel>> {
        let Some(model) = self.engine.loaded_model(id, false) else { return Ok(None) };
        let candidate = self.candidate(id).await?;
        Ok(Some(self.warm(&candidate, model).await?))
    }

    /// Sees to it that a model (the default one unless named) is warm that writes answers.
    ///
    /// # Errors
    /// As [`App::ensure_loaded`].
    pub(crate) async fn ensure_model(
        &self,
        id: Option<ModelId>,
        wanted: WantedBy,
    ) -> Result<WarmModel> {
        let loaded = self.ensure_loaded(id, wanted, Some(ModelPurpose::Answers)).await;
        let (candidate, model) = loaded?;
        self.warm(&candidate, model).await
    }

    /// Sees to it that a model is warm that makes vectors, or one that ranks texts.
    ///
    /// # Errors
    /// As [`App::ensure_loaded`].
    pub(crate) async fn ensure_encoder(
        &self,
        id: Option<ModelId>,
        wanted: WantedBy,
        purpose: ModelPurpose,
    ) -> Result<LoadedModel> {
        let loaded = self.ensure_loaded(id, wanted, Some(purpose)).await;
        loaded.map(|(_, model)| model)
    }

    /// Sees to it that a model (the default one unless named) is warm.
    ///
    /// # Errors
    /// An unknown model, one whose file is missing or has changed, one that the person was not
    /// asked about or that is for something else, or whatever keeps the engine from loading it.
    async fn ensure_loaded(
        &self,
        id: Option<ModelId>,
        wanted: WantedBy,
        purpose: Option<ModelPurpose>,
    ) -> Result<(Candidate, LoadedModel)> {
        self.check_open()?;
        let id = match id {
            Some(id) => id,
            None => self.default_model()?,
        };
        let candidate = self.candidate(&id).await?;
        // The default model is the person's, whoever asks for it.
        let own = wanted.is_front() || self.default_model()? == id;
        let answers = |model: &LoadedModel| model.purpose() == Some(ModelPurpose::Answers);
        let model = match self.engine.loaded_model(&id, false) {
            Some(model) if purpose.is_some_and(|it| model.purpose() != Some(it)) => {
                return Err(Error::ModelPurpose);
            }
            Some(model) => {
                if wanted.is_front() && answers(&model) {
                    drop(self.engine.loaded_model(&id, true));
                }
                model
            }
            None => self.load(&candidate, wanted, own, purpose).await?,
        };
        Ok((candidate, model))
    }

    async fn load(
        &self,
        candidate: &Candidate,
        wanted: WantedBy,
        own: bool,
        purpose: Option<ModelPurpose>,
    ) -> Result<LoadedModel> {
        if candidate.consent == Consent::Needed {
            return Err(Error::ModelConsentNeeded);
        }
        let priority = wanted.priority();
        let times_let_go = self.warm.times_let_go();
        self.check_content(candidate, priority).await?;
        // Before the trial, which takes the memory too; and after it, when more is known.
        let plan = self.plan(candidate).await?;
        let purpose = purpose.unwrap_or(plan.facts.purpose);
        plan.check_purpose(purpose)?;
        plan.check()?;
        // What makes vectors is nothing that people talk to.
        let front = own && purpose == ModelPurpose::Answers;
        let announced = self.ensure_tried(candidate, wanted).await?;
        // One load at a time: two at once would each count on the memory that the other takes, and
        // stop each other. Who loads for nobody is not waited for.
        let alone = self.alone.loading.lock().await;
        if let Some(model) = self.engine.loaded_model(&candidate.id, front) {
            return Ok(model);
        }
        let plan = self.plan(candidate).await?;
        plan.check()?;
        let keep = self.who_stays(&plan).await?;
        let load = Load { spec: plan.spec, priority, front, keep, announced };
        let loading = self.engine.begin(load)?;
        let _alone = (wanted != WantedBy::Nobody).then_some(alone);
        let model = match loading.wait().await {
            Ok(model) => model,
            Err(error) => {
                if front {
                    self.warm.bar(true);
                }
                return Err(error.into());
            }
        };
        self.warm.lift(times_let_go);
        self.release_model();
        Ok(model)
    }

    async fn warm(&self, candidate: &Candidate, model: LoadedModel) -> Result<WarmModel> {
        Ok(WarmModel {
            model,
            name: candidate.name.clone(),
            sampling: self.model_choice(&candidate.id).await?.sampling,
            instructions: candidate.instructions.clone(),
        })
    }

    /// Sees to it that a file is what it was when its checksum was taken. What the catalogue
    /// vouches for is the content, not the name of the file: that one is always read.
    ///
    /// # Errors
    /// A file that is missing or has changed.
    pub(super) async fn check_content(
        &self,
        candidate: &Candidate,
        priority: Priority,
    ) -> Result<()> {
        let file = candidate.file()?;
        let stamp = Stamp::of(&file);
        let same = stamp.is_some() && stamp == candidate.kept.stamp;
        if same && candidate.source == ModelSource::File {
            return Ok(());
        }
        let found = match priority {
            Priority::Background => checksum::of_file_gently(file).await?,
            Priority::Interactive | Priority::Stream | Priority::Batch => {
                blocking(move || checksum::of_file(&file)).await?
            }
        };
        if found == candidate.sha256 { Ok(()) } else { Err(Error::ModelFileChanged) }
    }
}
