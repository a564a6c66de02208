//! Loading: from the name of a model to a warm engine.

use hearth_domain::{Consent, ModelId, ModelSource, Priority, Role, SamplingParams};
use hearth_engine::Turn;

use super::{candidate::Candidate, checksum, stamp::Stamp};
use crate::{App, Error, Result, db::blocking};

/// A model that is warm.
pub(crate) struct WarmModel {
    /// Its shown name.
    pub(crate) name: String,
    /// How the person wants it to answer where nothing else says how.
    pub(crate) sampling: SamplingParams,
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

impl App {
    /// Loads a model (the default one unless named) and waits until it is warm.
    ///
    /// # Errors
    /// As [`App::ensure_model`].
    pub async fn model_load(&self, id: Option<ModelId>) -> Result<()> {
        self.ensure_model(id).await.map(drop)
    }

    /// Unloads the model, or stops loading it; running answers end with an error that says so. It
    /// is not loaded again unasked.
    pub async fn model_unload(&self) {
        self.warm.let_go_by_hand();
        self.engine.cancel_load();
        self.engine.unload().await;
    }

    /// Loads the default model; how urgent that is says who waits for it.
    ///
    /// # Errors
    /// As [`App::ensure_model`].
    pub(crate) async fn load_default(&self, priority: Priority) -> Result<()> {
        self.ensure_model_for(None, priority).await.map(drop)
    }

    /// The model that is warm now; nothing is loaded for this.
    pub(crate) async fn warm_model(&self) -> Result<Option<WarmModel>> {
        let Some(id) = self.engine.loaded() else { return Ok(None) };
        let candidate = self.candidate(&id).await?;
        Ok(Some(self.warm(&candidate).await?))
    }

    /// Sees to it that a model is warm.
    ///
    /// # Errors
    /// An unknown model, one whose file is missing or has changed, one that the person was not
    /// asked about, or whatever keeps the engine from loading it.
    pub(crate) async fn ensure_model(&self, id: Option<ModelId>) -> Result<WarmModel> {
        self.ensure_model_for(id, Priority::Interactive).await
    }

    async fn ensure_model_for(&self, id: Option<ModelId>, priority: Priority) -> Result<WarmModel> {
        self.check_open()?;
        let id = match id {
            Some(id) => id,
            None => self.default_model()?,
        };
        let candidate = self.candidate(&id).await?;
        let warm = self.warm(&candidate).await?;
        if self.engine.loaded().as_ref() == Some(&id) {
            return Ok(warm);
        }
        if candidate.consent == Consent::Needed {
            return Err(Error::ModelConsentNeeded);
        }
        let times_let_go = self.warm.times_let_go();
        self.check_content(&candidate, priority).await?;
        // Before the trial, which takes the memory too; and after it, when more is known.
        self.plan(&candidate).await?.check()?;
        let announced = self.ensure_tried(&candidate, priority).await?;
        let plan = self.plan(&candidate).await?;
        plan.check()?;
        let loaded = self.engine.load_for(plan.spec, priority).await;
        drop(announced);
        if let Err(error) = loaded {
            self.warm.bar(true);
            return Err(error.into());
        }
        self.warm.lift(times_let_go);
        self.release_model();
        Ok(warm)
    }

    async fn warm(&self, candidate: &Candidate) -> Result<WarmModel> {
        Ok(WarmModel {
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
