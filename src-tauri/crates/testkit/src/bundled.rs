//! Where the bundled model is. What is not here: fetching it.

use std::env;
use std::path::{Path, PathBuf};

const FILE: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// The bundled chat model: below `HEARTH_MODELS_DIR` where that is set, else below `models` of the
/// repository.
///
/// # Panics
/// Where it is not there: the tests that need it must not pass without it.
#[must_use]
pub fn bundled_model() -> PathBuf {
    let named = env::var_os("HEARTH_MODELS_DIR")
        .map(|folder| PathBuf::from(folder).join("weights").join(FILE));
    let found = named.or_else(in_repository).filter(|path| path.is_file());
    assert!(found.is_some(), "the bundled model is not there: run ./build.sh setup first");
    found.unwrap_or_default()
}

fn in_repository() -> Option<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("models").join("weights").join(FILE))
        .find(|path| path.is_file())
}
