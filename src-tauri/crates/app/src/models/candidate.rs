//! A model with what only the use cases may know: its file, its checksum, whether it may be loaded.

use std::path::{Path, PathBuf};

use hearth_domain::{Consent, ModelId, ModelOrigin, ModelSource};
use hearth_store::StoredModel;
use serde::{Deserialize, Serialize};

use super::{
    catalogue::{self, Entry},
    stamp::Stamp,
};
use crate::{App, Error, Result};

/// What the row of a model holds beside its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// The file when its checksum was taken.
    pub(super) stamp: Option<Stamp>,
    /// Whose file it is, where it is another application's.
    pub(super) origin: Option<ModelOrigin>,
}

/// One model.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) id: ModelId,
    pub(super) name: String,
    pub(super) source: ModelSource,
    pub(super) consent: Consent,
    pub(super) path: Option<PathBuf>,
    pub(super) sha256: String,
    pub(super) licence: Option<String>,
    pub(super) instructions: Option<String>,
    pub(super) kept: Kept,
}

impl App {
    pub(super) async fn candidate(&self, id: &ModelId) -> Result<Candidate> {
        let all = self.candidates().await?;
        all.into_iter().find(|one| one.id == *id).ok_or(Error::ModelNotFound)
    }

    /// The model that a program names by its id or its name; `None` where there is none that it may
    /// use. No header is read for it: a request does not wait for the files of other models.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn model_named(&self, name: &str) -> Result<Option<ModelId>> {
        let mut named =
            self.candidates().await?.into_iter().filter(|one| one.id.0 == name || one.name == name);
        let usable = |one: &Candidate| one.consent != Consent::Needed && one.file().is_ok();
        Ok(named.find(usable).map(|one| one.id))
    }

    /// Those of the catalogue, then those that were added.
    pub(super) async fn candidates(&self) -> Result<Vec<Candidate>> {
        let dirs = &self.config.models_dirs;
        let listed = catalogue::chat_models()?;
        let mut all: Vec<_> = listed.into_iter().map(|entry| from_catalogue(entry, dirs)).collect();
        let added = self.db.read(|r| r.model_list()).await?;
        all.extend(added.into_iter().map(from_store));
        Ok(all)
    }

    /// The file of every model, where it was last seen.
    pub(crate) async fn model_files(&self) -> Result<Vec<(ModelSource, PathBuf)>> {
        let candidates = self.candidates().await?.into_iter();
        Ok(candidates.filter_map(|one| Some((one.source, one.path?))).collect())
    }

    /// Whether a file lies in Hearth's own folder for models.
    pub(super) fn is_ours(&self, path: &Path) -> bool {
        let ours = self.config.data_dir.join("models");
        let within = |ours: PathBuf| Some(path.canonicalize().ok()?.starts_with(ours));
        ours.canonicalize().ok().and_then(within).unwrap_or(false)
    }
}

impl Candidate {
    /// The file, where it is there.
    pub(super) fn file(&self) -> Result<PathBuf> {
        self.path.clone().filter(|path| path.is_file()).ok_or(Error::ModelFileMissing)
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
        kept: Kept::default(),
    }
}

fn from_store(known: StoredModel) -> Candidate {
    Candidate {
        // Rows of older versions have nothing there.
        kept: serde_json::from_value(known.facts).unwrap_or_default(),
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
