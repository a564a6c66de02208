//! `models/catalog.json`: the models that Hearth knows by name and checksum.
//!
//! The file is compiled in, so that a changed copy on disk cannot vouch for another file.

use std::path::{Path, PathBuf};

use hearth_domain::ModelId;
use serde::Deserialize;

use crate::Error;

const CATALOGUE: &str = include_str!("../../../../../models/catalog.json");

/// One known file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    /// The name in commands, such as `smollm2-135m-instruct`.
    pub(crate) id: String,
    /// `chat` or `embedding`.
    pub(crate) kind: String,
    /// What lists show.
    pub(crate) name: String,
    /// The name of the file in a folder of models.
    pub(crate) file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Bytes of the file.
    pub(crate) size: u64,
    /// Parameters of the network.
    pub(crate) parameters: u64,
    /// The quantisation, such as `Q4_1`.
    pub(crate) quantisation: String,
    /// Tokens that it reads at once.
    pub(crate) context: u32,
    /// Numbers in the vectors of an embedder.
    #[serde(default)]
    pub(crate) dimensions: Option<u32>,
    /// SPDX name of the licence.
    pub(crate) licence: String,
    /// Instructions for conversations that have none, where the ones that the model's own template
    /// brings along make it worse.
    #[serde(default)]
    pub(crate) instructions: Option<String>,
}

#[derive(Deserialize)]
struct Catalogue {
    models: Vec<Entry>,
}

/// The chat models of the catalogue; the first is the bundled default.
///
/// # Errors
/// [`Error::Catalogue`] where the compiled-in file is not what it should be.
pub(crate) fn chat_models() -> Result<Vec<Entry>, Error> {
    Ok(of_kind("chat")?.collect())
}

/// The embedder of the catalogue.
///
/// # Errors
/// As [`chat_models`].
pub(crate) fn embedding_model() -> Result<Option<Entry>, Error> {
    Ok(of_kind("embedding")?.next())
}

fn of_kind(kind: &str) -> Result<impl Iterator<Item = Entry>, Error> {
    let all: Catalogue = serde_json::from_str(CATALOGUE).map_err(|_| Error::Catalogue)?;
    Ok(all.models.into_iter().filter(move |entry| entry.kind == kind))
}

/// The model that is used where nobody chose one.
pub(crate) fn first() -> Option<ModelId> {
    Some(ModelId(chat_models().ok()?.into_iter().next()?.id))
}

impl Entry {
    /// The file in the first folder that has it.
    pub(crate) fn find(&self, dirs: &[PathBuf]) -> Option<PathBuf> {
        dirs.iter().map(|dir: &PathBuf| Path::join(dir, &self.file)).find(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_names_a_chat_model_with_a_checksum() {
        let models = chat_models().unwrap();
        assert!(!models.is_empty());
        assert!(models.iter().all(|entry| entry.sha256.len() == 64 && !entry.licence.is_empty()));
    }
}
