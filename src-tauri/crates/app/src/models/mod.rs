//! Models: those of the catalogue and those the person added; which may be loaded, and loading.
//!
//! A file is only ever named by its id above this module. Reading its header is the engine's job.

pub(crate) mod catalogue;
mod checksum;
mod load;

use std::path::{Path, PathBuf};

use hearth_domain::{Consent, Model, ModelId, ModelSource, Settings};
use hearth_engine::ModelFacts;
use hearth_store::StoredModel;
use serde_json::{Value, json};

use self::catalogue::Entry;
use crate::{App, Error, Result, db::blocking};

/// A model with what only this module may know.
#[derive(Clone, Debug)]
struct Candidate {
    id: ModelId,
    name: String,
    source: ModelSource,
    consent: Consent,
    path: Option<PathBuf>,
    sha256: String,
    licence: Option<String>,
    instructions: Option<String>,
}

impl App {
    /// Every model that is known, the bundled one first.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn model_list(&self) -> Result<Vec<Model>> {
        let default = self.default_model()?;
        let candidates = self.candidates().await?;
        let engine = self.engine.clone();
        blocking(move || {
            let models = candidates.iter().map(|candidate| {
                let path = candidate.path.as_deref().filter(|path| path.is_file());
                let facts = path.and_then(|path| engine.inspect(path).ok());
                describe(candidate, facts.as_ref(), candidate.id == default)
            });
            Ok::<_, Error>(models.collect())
        })
        .await
    }

    /// Adds a GGUF from this computer; the file stays where it is. Its header is checked first.
    ///
    /// # Errors
    /// A file that is missing, not a sound GGUF or of an unknown kind, or a database that cannot
    /// be written; nothing was kept then.
    pub async fn model_add(&self, path: PathBuf, consented: bool) -> Result<Model> {
        self.check_open()?;
        let engine = self.engine.clone();
        let (path, facts, sha256) = blocking(move || {
            let path = std::fs::canonicalize(path).map_err(|_| Error::ModelFileMissing)?;
            let facts = engine.inspect(&path)?;
            let sha256 = checksum::of_file(&path)?;
            Ok::<_, Error>((path, facts, sha256))
        })
        .await?;
        if let Some(entry) = catalogue::chat_models()?.into_iter().find(|e| e.sha256 == sha256) {
            return self.model(&ModelId(entry.id)).await;
        }
        let id = ModelId(sha256);
        let known = StoredModel {
            id: id.clone(),
            name: facts.name.clone().unwrap_or_else(|| file_stem(&path)),
            source: ModelSource::File,
            consent: if consented { Consent::Given } else { Consent::Needed },
            path,
            size: facts.file_size,
            sha256: id.0.clone(),
            facts: Value::Null,
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

    /// Forgets a model that was added; its file stays. One that is loaded is unloaded.
    ///
    /// # Errors
    /// An unknown model or one of the catalogue, or a database that cannot be written.
    pub async fn model_remove(&self, id: ModelId) -> Result<()> {
        let model = id.clone();
        self.db.write(move |w| w.model_remove(&model)).await?;
        if self.engine.loaded().as_ref() == Some(&id) {
            self.engine.unload().await;
        }
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
    /// An unknown model, or a database that cannot be written.
    pub async fn model_set_default(&self, id: ModelId) -> Result<Settings> {
        self.candidate(&id).await?;
        self.settings_update(json!({"model": {"default_model": id}})).await
    }

    async fn model(&self, id: &ModelId) -> Result<Model> {
        let all = self.model_list().await?;
        all.into_iter().find(|model| model.id == *id).ok_or(Error::ModelNotFound)
    }

    /// The chosen default, else the first chat model of the catalogue.
    fn default_model(&self) -> Result<ModelId> {
        if let Some(chosen) = self.settings().model.default_model {
            return Ok(chosen);
        }
        let first = catalogue::chat_models()?.into_iter().next();
        first.map(|entry| ModelId(entry.id)).ok_or(Error::Catalogue)
    }

    /// The file of every model, where it was last seen.
    pub(crate) async fn model_files(&self) -> Result<Vec<(ModelSource, PathBuf)>> {
        let candidates = self.candidates().await?.into_iter();
        Ok(candidates.filter_map(|one| Some((one.source, one.path?))).collect())
    }

    async fn candidate(&self, id: &ModelId) -> Result<Candidate> {
        let all = self.candidates().await?;
        all.into_iter().find(|candidate| candidate.id == *id).ok_or(Error::ModelNotFound)
    }

    async fn candidates(&self) -> Result<Vec<Candidate>> {
        let dirs = &self.config.models_dirs;
        let listed = catalogue::chat_models()?;
        let mut all: Vec<_> = listed.into_iter().map(|entry| from_catalogue(entry, dirs)).collect();
        let added = self.db.read(|r| r.model_list()).await?;
        all.extend(added.into_iter().map(from_store));
        Ok(all)
    }
}

fn from_catalogue(entry: Entry, dirs: &[PathBuf]) -> Candidate {
    Candidate {
        path: entry.find(dirs),
        id: ModelId(entry.id),
        name: entry.name,
        source: ModelSource::Catalogue,
        consent: Consent::NotNeeded,
        sha256: entry.sha256,
        licence: Some(entry.licence),
        instructions: entry.instructions,
    }
}

fn from_store(known: StoredModel) -> Candidate {
    Candidate {
        id: known.id,
        name: known.name,
        source: known.source,
        consent: known.consent,
        path: Some(known.path),
        sha256: known.sha256,
        licence: None,
        instructions: None,
    }
}

fn describe(candidate: &Candidate, facts: Option<&ModelFacts>, is_default: bool) -> Model {
    Model {
        id: candidate.id.clone(),
        name: candidate.name.clone(),
        source: candidate.source,
        consent: candidate.consent,
        size: facts.map_or(0, |f| f.file_size),
        architecture: facts.map_or_else(String::new, |f| f.architecture.clone()),
        quantisation: facts.map_or_else(String::new, |f| f.quantisation.clone()),
        parameters: facts.map(|f| f.parameters),
        context_length: facts.map_or(0, |f| f.context_length),
        licence: candidate.licence.clone().or_else(|| facts.and_then(|f| f.licence.clone())),
        memory_needed: facts.map_or(0, |f| f.memory_needed),
        present: facts.is_some(),
        is_default,
    }
}

fn file_stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned())
}
