//! Where the files of the bundled embedder lie.

use std::path::{Path, PathBuf};

use super::EmbedError;

/// The folder of the model in the folder of models, as `models/fetch.py` makes it.
const MODEL_FOLDER: &str = "embedder";
/// The folder of ONNX Runtime in the folder of models.
const LIBRARY_FOLDER: &str = "runtime";
/// What the systems call it. `fetch.py` drops the version from the name.
const LIBRARY_NAMES: [&str; 3] = ["libonnxruntime.so", "libonnxruntime.dylib", "onnxruntime.dll"];

/// The files that the bundled embedder is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedderFiles {
    /// The folder with `model.onnx` and the files of its tokenizer.
    pub model: PathBuf,
    /// The library of ONNX Runtime.
    pub library: PathBuf,
}

impl EmbedderFiles {
    /// Looks into a folder of models.
    ///
    /// # Errors
    /// [`EmbedError::ModelMissing`], [`EmbedError::LibraryMissing`].
    pub fn in_folder(models: &Path) -> Result<Self, EmbedError> {
        let model = models.join(MODEL_FOLDER);
        if !model.join("model.onnx").is_file() {
            return Err(EmbedError::ModelMissing);
        }
        let folder = models.join(LIBRARY_FOLDER);
        let library =
            LIBRARY_NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        Ok(Self { model, library: library.ok_or(EmbedError::LibraryMissing)? })
    }
}
