//! Loading: from the name of a model to a warm engine.

use hearth_domain::{Consent, ModelId, ModelSource, Priority, Role};
use hearth_engine::{ModelSpec, Turn};

use super::checksum;
use crate::{App, Error, Result, db::blocking};

/// A model that is warm.
pub(crate) struct WarmModel {
    /// Its shown name.
    pub(crate) name: String,
    instructions: Option<String>,
}

impl WarmModel {
    /// Puts the catalogue's instructions before a conversation that has none.
    pub(crate) fn instruct(&self, turns: &mut Vec<Turn>) {
        let begins = turns.first().is_some_and(|turn| turn.role == Role::System);
        if let (false, Some(instructions)) = (begins, &self.instructions) {
            turns.insert(0, Turn { role: Role::System, content: instructions.clone() });
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
        Ok(Some(WarmModel { name: candidate.name, instructions: candidate.instructions }))
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
        let warm = WarmModel {
            name: candidate.name.clone(),
            instructions: candidate.instructions.clone(),
        };
        if self.engine.loaded().as_ref() == Some(&id) {
            return Ok(warm);
        }
        if candidate.consent == Consent::Needed {
            return Err(Error::ModelConsentNeeded);
        }
        let path = candidate.path.filter(|path| path.is_file()).ok_or(Error::ModelFileMissing)?;
        if candidate.source == ModelSource::Catalogue {
            // What the catalogue vouches for is the content, not the name of the file.
            let file = path.clone();
            let found = match priority {
                Priority::Background => checksum::of_file_gently(file).await?,
                Priority::Interactive | Priority::Stream | Priority::Batch => {
                    blocking(move || checksum::of_file(&file)).await?
                }
            };
            if found != candidate.sha256 {
                return Err(Error::ModelFileChanged);
            }
        }
        let settings = self.settings().model;
        let config = &self.config;
        let spec = ModelSpec {
            id,
            name: candidate.name,
            path,
            n_ctx: config.context_size.unwrap_or(settings.context_size),
            parallel: config.parallel.unwrap_or(settings.parallel),
            threads: config.threads.unwrap_or(settings.threads),
        };
        let times_let_go = self.warm.times_let_go();
        if let Err(error) = self.engine.load_for(spec, priority).await {
            self.warm.bar(true);
            return Err(error.into());
        }
        self.warm.lift(times_let_go);
        self.release_model();
        Ok(warm)
    }
}
