//! The bundled embedder: all-MiniLM-L6-v2 in int8 on ONNX Runtime, one thread, one text at a time.
//!
//! Dynamic int8 takes its scale from everything that is computed at once, so a text embedded beside
//! others gets another vector: a batch of one is the repeatable one, and the fastest for a processor.
//! The threads of ONNX Runtime wait by spinning, which takes the processors from the chat model: one
//! thread, and spinning off.

use std::{
    fs,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use fastembed::{
    InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel,
};
use ort::environment::Environment;

use super::{EmbedError, Embedder, EmbedderFiles, Fit, Space};
use crate::chunk::PieceCount;

/// Pieces that the model reads. Its tokenizer says 128, which finds 1 to 4 points less.
const MAX_LENGTH: usize = 256;
/// Of those, the marks before and behind a text.
const MARKS: usize = 2;
/// Numbers in a vector.
const DIMENSIONS: usize = 384;
/// The model, how it is made, and how texts are prepared for it.
const NAME: &str = "all-minilm-l6-v2/int8/256/1";
/// What the tokenizer makes of a word in a script that it has not.
const UNKNOWN: &str = "[UNK]";

/// The bundled embedder. One text is embedded at a time; others wait.
pub struct MiniLm {
    space: Space,
    /// Counting pieces does not wait for the model.
    counter: tokenizers::Tokenizer,
    model: Mutex<TextEmbedding>,
}

impl MiniLm {
    /// Loads the library and the model.
    ///
    /// # Errors
    /// [`EmbedError`]: what is missing or cannot be loaded.
    pub fn open(files: &EmbedderFiles) -> Result<Self, EmbedError> {
        let environment = environment(&files.library)?;
        let model = UserDefinedEmbeddingModel::new(
            read(&files.model, "model.onnx")?,
            TokenizerFiles {
                tokenizer_file: read(&files.model, "tokenizer.json")?,
                config_file: read(&files.model, "config.json")?,
                special_tokens_map_file: read(&files.model, "special_tokens_map.json")?,
                tokenizer_config_file: read(&files.model, "tokenizer_config.json")?,
            },
        )
        .with_pooling(Pooling::Mean);
        let options = InitOptionsUserDefined::new()
            .with_environment(environment)
            .with_max_length(MAX_LENGTH)
            .with_intra_threads(1)
            .with_session_config("session.intra_op.allow_spinning", "0");
        let model = TextEmbedding::try_new_from_user_defined(model, options)
            .map_err(EmbedError::ModelRefused)?;
        let mut counter = model.tokenizer.clone();
        counter.with_padding(None);
        // Dropping a limit cannot fail; a counter with one would count at most that many.
        let _ = counter.with_truncation(None);
        let space = Space { name: NAME.to_owned(), dimensions: DIMENSIONS };
        Ok(Self { space, counter, model: Mutex::new(model) })
    }

    fn model(&self) -> MutexGuard<'_, TextEmbedding> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PieceCount for MiniLm {
    fn pieces(&self, text: &str) -> usize {
        self.counter.encode_fast(text, false).map_or(text.len(), |encoding| encoding.len())
    }
}

impl Embedder for MiniLm {
    fn space(&self) -> &Space {
        &self.space
    }

    fn longest(&self) -> usize {
        MAX_LENGTH - MARKS
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for text in texts {
            let made = self.model().embed([text], Some(1)).map_err(EmbedError::Failed)?;
            let vector = made.into_iter().next().ok_or(EmbedError::NoVector)?;
            if vector.len() != DIMENSIONS || !vector.iter().all(|value| value.is_finite()) {
                return Err(EmbedError::NoVector);
            }
            vectors.push(vector);
        }
        Ok(vectors)
    }

    fn fit(&self, text: &str) -> Fit {
        let words = text.split_whitespace().count();
        let Ok(encoding) = self.counter.encode_fast(text, false) else { return Fit::default() };
        // The fast way of encoding gives no texts of pieces, only their numbers.
        let unknown = self.counter.token_to_id(UNKNOWN);
        let unknown = encoding.get_ids().iter().filter(|id| Some(**id) == unknown);
        let share = |part: usize, whole: usize| part as f32 / whole.max(1) as f32;
        Fit {
            pieces_per_word: share(encoding.len(), words),
            unknown: share(unknown.count(), encoding.len()),
        }
    }
}

/// The one environment of ONNX Runtime in this process. It is told to send nothing to anybody: on
/// Windows the library would otherwise write events for the system's own telemetry.
fn environment(library: &Path) -> Result<Environment, EmbedError> {
    static MADE: Mutex<Option<Environment>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = made.as_ref() {
        return Ok(environment.clone());
    }
    // A path that is not absolute would be looked up beside the program.
    let library = std::path::absolute(library).map_err(|_| EmbedError::LibraryMissing)?;
    let builder = ort::init_from(library).map_err(|_| EmbedError::LibraryRefused)?;
    let environment = builder.with_name("hearth").with_telemetry(false).build();
    let environment = environment.map_err(|_| EmbedError::LibraryRefused)?;
    *made = Some(environment.clone());
    Ok(environment)
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, EmbedError> {
    fs::read(folder.join(name)).map_err(|_| EmbedError::ModelMissing)
}
