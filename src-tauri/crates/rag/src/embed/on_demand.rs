//! The bundled embedder, in memory only while somebody needs it: model and library take 70 MB.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{EmbedError, Embedder, EmbedderFiles, Fit, MiniLm, Space};
use crate::chunk::{EstimatedPieces, PieceCount};

/// An embedder that is loaded when it is used, and let go when it was not used for a while.
pub struct OnDemand {
    files: EmbedderFiles,
    space: Space,
    longest: usize,
    loaded: Mutex<Option<Loaded>>,
}

struct Loaded {
    model: Arc<MiniLm>,
    used: Instant,
}

impl OnDemand {
    /// Loads the model once, to see that it can be.
    ///
    /// # Errors
    /// As [`MiniLm::open`].
    pub fn open(files: EmbedderFiles) -> Result<Self, EmbedError> {
        let model = Arc::new(MiniLm::open(&files)?);
        let (space, longest) = (model.space().clone(), model.longest());
        let loaded = Mutex::new(Some(Loaded { model, used: Instant::now() }));
        Ok(Self { files, space, longest, loaded })
    }

    /// Lets the model go where nobody used it for so long; whether it is in memory still.
    pub fn rest(&self, unused: Duration) -> bool {
        let mut loaded = self.loaded();
        if loaded.as_ref().is_some_and(|it| it.used.elapsed() >= unused) {
            *loaded = None;
        }
        loaded.is_some()
    }

    /// The model, read again where it was let go.
    fn model(&self) -> Result<Arc<MiniLm>, EmbedError> {
        let mut loaded = self.loaded();
        let model = match loaded.take() {
            Some(it) => it.model,
            None => Arc::new(MiniLm::open(&self.files)?),
        };
        *loaded = Some(Loaded { model: Arc::clone(&model), used: Instant::now() });
        Ok(model)
    }

    fn loaded(&self) -> MutexGuard<'_, Option<Loaded>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PieceCount for OnDemand {
    fn pieces(&self, text: &str) -> usize {
        // Its files were there when it was opened; gone, an estimate cuts texts well enough.
        self.model().map_or_else(|_| EstimatedPieces.pieces(text), |model| model.pieces(text))
    }
}

impl Embedder for OnDemand {
    fn space(&self) -> &Space {
        &self.space
    }

    fn longest(&self) -> usize {
        self.longest
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.model()?.embed(texts)
    }

    fn fit(&self, text: &str) -> Fit {
        self.model().map_or_else(|_| Fit::default(), |model| model.fit(text))
    }
}
