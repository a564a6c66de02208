//! Model files that other applications keep on this computer, found when somebody asks. Their
//! folders are read, never written; what is taken is used where it lies and belongs to them.

mod jan;
mod ollama;
mod roots;
mod walk;

use std::{collections::HashSet, path::PathBuf};

use data_encoding::HEXLOWER;
use hearth_domain::{FoundModel, Model, ModelOrigin};
use sha2::{Digest, Sha256};

use self::roots::Roots;
use super::Addition;
use crate::{App, Error, Result, db::blocking};

/// Files whose headers are read in one look.
const MOST: usize = 300;

/// A file of another application.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Find {
    origin: ModelOrigin,
    name: String,
    /// Without links: two names of one file are one find.
    path: PathBuf,
}

impl Find {
    /// A name for the list that does not tell where the file lies.
    fn id(&self) -> String {
        let hash = Sha256::digest(self.path.as_os_str().as_encoded_bytes());
        HEXLOWER.encode(&hash[..16])
    }
}

impl App {
    /// The model files of other applications. What is no sound GGUF, or of a kind that this build
    /// does not run, is left out.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn model_found(&self) -> Result<Vec<FoundModel>> {
        let known = self.candidates().await?;
        let engine = self.engine.clone();
        blocking(move || {
            let finds = all(&Roots::of_system()).into_iter().take(MOST).filter_map(|find| {
                let facts = engine.inspect(&find.path).ok()?;
                let same = |one: &&super::candidate::Candidate| {
                    one.path.as_deref() == Some(find.path.as_path())
                };
                Some(FoundModel {
                    id: find.id(),
                    origin: find.origin,
                    size: facts.file_size,
                    architecture: facts.architecture,
                    quantisation: facts.quantisation,
                    known: known.iter().find(same).map(|one| one.id.clone()),
                    name: find.name,
                })
            });
            Ok::<_, Error>(finds.collect())
        })
        .await
    }

    /// Adds a file of another application; it stays where it is.
    ///
    /// # Errors
    /// One that is not there any more, else as [`App::model_add`].
    pub async fn model_take(&self, id: String, consented: bool) -> Result<Model> {
        let find = blocking(move || {
            let finds = all(&Roots::of_system());
            finds.into_iter().find(|find| find.id() == id).ok_or(Error::ModelFileMissing)
        })
        .await?;
        let Find { origin, name, path } = find;
        self.add(Addition { path, name: Some(name), origin: Some(origin), consented }).await
    }
}

/// All finds, each file once.
fn all(roots: &Roots) -> Vec<Find> {
    let mut finds = Vec::new();
    for root in &roots.lm_studio {
        finds.extend(plain(ModelOrigin::LmStudio, root));
    }
    for root in &roots.ollama {
        finds.extend(ollama::finds(root));
    }
    for root in &roots.gpt4all {
        finds.extend(plain(ModelOrigin::Gpt4all, root));
    }
    for root in &roots.jan {
        finds.extend(jan::finds(root));
    }
    for root in &roots.llama_cpp {
        finds.extend(plain(ModelOrigin::LlamaCpp, root));
    }
    let mut seen = HashSet::new();
    finds.retain(|find| seen.insert(find.path.clone()));
    finds
}

/// A folder of GGUF files that are called what they are.
fn plain(origin: ModelOrigin, root: &std::path::Path) -> Vec<Find> {
    let files = walk::files(root, |name| walk::ends_with(name, ".gguf"));
    let named = files.into_iter().map(|file| Find { origin, name: file.stem(), path: file.target });
    named.collect()
}

#[cfg(test)]
mod tests;
