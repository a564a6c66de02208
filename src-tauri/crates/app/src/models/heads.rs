//! What the headers of model files say, read once while a file stays what it was: lists are asked for
//! often, and a header with its vocabulary takes milliseconds. Not here: files that are to be loaded or added;
//! their headers are read anew.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

use hearth_engine::{Engine, ModelFacts};

use super::stamp::Stamp;
use crate::app::lock;

/// Headers at most; far more than anybody has models.
const MOST: usize = 1024;

/// The headers.
#[derive(Default)]
pub(crate) struct Heads(Mutex<HashMap<PathBuf, (Stamp, ModelFacts)>>);

impl Heads {
    /// What a file says; `None` where it is not there or no sound model. Blocks.
    pub(super) fn of(&self, engine: &Engine, path: &Path) -> Option<ModelFacts> {
        let stamp = Stamp::of(path)?;
        if let Some((known, facts)) = lock(&self.0).get(path)
            && *known == stamp
        {
            return Some(facts.clone());
        }
        let facts = engine.inspect(path).ok()?;
        let mut heads = lock(&self.0);
        if heads.len() >= MOST {
            heads.clear();
        }
        heads.insert(path.to_owned(), (stamp, facts.clone()));
        Some(facts)
    }
}
