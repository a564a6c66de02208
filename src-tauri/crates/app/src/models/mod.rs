//! Models: those of the catalogue and those the person added; which may be loaded, and loading.
//!
//! A file is only ever named by its id above this module. Reading its header, trying it and
//! measuring it are the engine's job.

mod candidate;
pub(crate) mod catalogue;
mod checksum;
mod describe;
mod found;
mod heads;
mod load;
mod plan;
pub(crate) mod speed;
mod stamp;
mod stay;
mod template;
mod verdict;

use std::path::{Path, PathBuf};

use hearth_domain::{Consent, Model, ModelId, ModelOrigin, ModelPurpose, ModelSource, Settings};
use hearth_store::StoredModel;
use serde_json::json;

use self::{candidate::Kept, stamp::Stamp};
pub(crate) use self::{heads::Heads, load::WarmModel};
pub use self::{load::WantedBy, template::ModelTemplate};
use crate::{App, Error, Result, db::blocking};

/// A file that is to be added.
struct Addition {
    path: PathBuf,
    /// What lists show, where the caller knows better than the file.
    name: Option<String>,
    origin: Option<ModelOrigin>,
    consented: bool,
}

impl App {
    /// Adds a GGUF from this computer; the file stays where it is. Its header is checked first.
    ///
    /// # Errors
    /// A file that is missing, not a sound GGUF or of an unknown kind, or a database that cannot
    /// be written; nothing was kept then.
    pub async fn model_add(&self, path: PathBuf, consented: bool) -> Result<Model> {
        self.add(Addition { path, name: None, origin: None, consented }).await
    }

    async fn add(&self, addition: Addition) -> Result<Model> {
        self.check_open()?;
        let engine = self.engine.clone();
        let Addition { path, name, origin, consented } = addition;
        let (path, facts, stamp, sha256) = blocking(move || {
            let path = std::fs::canonicalize(path).map_err(|_| Error::ModelFileMissing)?;
            let facts = engine.inspect(&path)?;
            let stamp = Stamp::of(&path);
            let sha256 = checksum::of_file(&path)?;
            Ok::<_, Error>((path, facts, stamp, sha256))
        })
        .await?;
        if let Some(entry) = catalogue::chat_models()?.into_iter().find(|e| e.sha256 == sha256) {
            return self.model(&ModelId(entry.id)).await;
        }
        let id = ModelId(sha256);
        let kept = Kept { stamp, origin };
        let known = StoredModel {
            id: id.clone(),
            name: name.or(facts.name).unwrap_or_else(|| file_stem(&path)),
            source: ModelSource::File,
            consent: if consented { Consent::Given } else { Consent::Needed },
            path,
            size: facts.file_size,
            sha256: id.0.clone(),
            facts: serde_json::to_value(kept).map_err(|_| Error::TaskFailed)?,
            added: self.now(),
        };
        self.db.write(move |w| w.model_save(&known)).await?;
        self.model(&id).await
    }

    /// Allows a file from outside the catalogue to be loaded.
    ///
    /// # Errors
    /// An unknown model, or a database that cannot be written.
    pub async fn model_consent(&self, id: ModelId) -> Result<Model> {
        let model = id.clone();
        self.db.write(move |w| w.model_consent(&model)).await?;
        self.model(&id).await
    }

    /// Forgets a model that was added. Its file stays, unless it lies in Hearth's own folder and
    /// the person wants it deleted; a file of another application is never touched. One that is
    /// loaded is unloaded.
    ///
    /// # Errors
    /// An unknown model or one of the catalogue, a file that cannot be deleted, or a database that
    /// cannot be written.
    pub async fn model_remove(&self, id: ModelId, delete_file: bool) -> Result<()> {
        let candidate = self.candidate(&id).await?;
        if candidate.source == ModelSource::Catalogue {
            return Err(Error::ModelNotFound);
        }
        self.engine.unload(Some(&id)).await;
        let file = candidate.path.filter(|path| delete_file && self.is_ours(path));
        if let Some(path) = file {
            blocking(move || std::fs::remove_file(path).map_err(Error::Io)).await?;
        }
        let model = id.clone();
        self.db.write(move |w| w.model_remove(&model)).await?;
        if self.settings().model.default_model == Some(id) {
            self.settings_update(json!({"model": {"default_model": null}})).await?;
        }
        Ok(())
    }

    /// Reads the whole file again and compares its checksum.
    ///
    /// # Errors
    /// An unknown model, a missing file, or one that has changed.
    pub async fn model_verify(&self, id: ModelId) -> Result<Model> {
        let candidate = self.candidate(&id).await?;
        let path = candidate.path.ok_or(Error::ModelFileMissing)?;
        let found = blocking(move || checksum::of_file(&path)).await?;
        if found == candidate.sha256 { self.model(&id).await } else { Err(Error::ModelFileChanged) }
    }

    /// Makes a model the one used unless another is named.
    ///
    /// # Errors
    /// An unknown model, one that writes no answers, or a database that cannot be written.
    pub async fn model_set_default(&self, id: ModelId) -> Result<Settings> {
        let candidate = self.candidate(&id).await?;
        // One whose file is not there just now may become the default one all the same.
        if candidate.file().is_ok() {
            self.plan(&candidate).await?.check_purpose(ModelPurpose::Answers)?;
        }
        self.settings_update(json!({"model": {"default_model": id}})).await
    }

    /// The chosen default, else the first chat model of the catalogue.
    ///
    /// # Errors
    /// A program without a catalogue.
    pub fn default_model(&self) -> Result<ModelId> {
        if let Some(chosen) = self.settings().model.default_model {
            return Ok(chosen);
        }
        catalogue::first().ok_or(Error::Catalogue)
    }
}

fn file_stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned())
}
