//! A model in memory, shared by whoever holds a clone. What is not here: who loads which model when.

use std::ffi::{CString, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;
use std::sync::{Arc, Mutex};

use crate::ffi::{self, ModelFacts, RawModel, RawModelParams};
use crate::gguf::{self, Header};
use crate::{Error, start};

/// How a model is loaded.
#[derive(Clone, Debug)]
pub struct ModelParams {
    /// Layers on the graphics processor; negative means all. Without one it has no effect.
    pub gpu_layers: i32,
    /// Map the file instead of copying it. Not for drives that may disappear.
    pub use_mmap: bool,
    /// Copy weights into the layout that the processor likes best: faster prompts, more memory.
    pub repack: bool,
}

impl Default for ModelParams {
    fn default() -> Self {
        Self { gpu_layers: -1, use_mmap: true, repack: true }
    }
}

/// A loaded model. Cheap to clone; freed with the last clone and the last context.
#[derive(Clone)]
pub struct Model(Arc<Inner>);

struct Inner {
    raw: *mut RawModel,
    facts: ModelFacts,
    header: Header,
    /// Making a context changes the model inside llama.cpp.
    creating: Mutex<()>,
}

// SAFETY: llama.cpp's model is read-only after loading, its vocabulary functions are documented as
// thread-safe, and contexts are made under `creating`.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: made by `hs_model_load`, freed once, and no context outlives its clone of the `Arc`.
        let _ = ffi::call("model_free", |st| unsafe { ffi::hs_model_free(st, self.raw) });
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("architecture", &self.0.header.architecture).finish()
    }
}

impl Model {
    /// Checks the processor and the file, then loads it. `progress` is called with 0 to 1 and stops
    /// the loading with `false`.
    ///
    /// # Errors
    /// [`Error::Cpu`], [`Error::Gguf`], [`Error::Cancelled`], [`Error::PathUnusable`],
    /// [`Error::LoadFailed`] and what the shim reports.
    pub fn load(
        path: &Path,
        params: &ModelParams,
        progress: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Self, Error> {
        start::init()?;
        let header = gguf::read(path)?;
        if !progress(0.0) {
            return Err(Error::Cancelled);
        }
        let path = path.to_str().and_then(|p| CString::new(p).ok()).ok_or(Error::PathUnusable)?;
        let mut watch = Watch { progress, cancelled: false };
        let raw_params = RawModelParams {
            gpu_layers: params.gpu_layers,
            use_mmap: i32::from(params.use_mmap),
            repack: i32::from(params.repack),
            progress: Some(report),
            user: (&raw mut watch).cast(),
        };
        let mut raw = ptr::null_mut();
        let done = ffi::call("model_load", |st| {
            // SAFETY: path, parameters and `watch` live during the call; `report` gets `watch`.
            unsafe { ffi::hs_model_load(st, path.as_ptr(), &raw const raw_params, &raw mut raw) };
        });
        match done {
            Ok(()) => Self::describe(raw, header),
            Err(_) if watch.cancelled => Err(Error::Cancelled),
            Err(Error::OutOfMemory) => Err(Error::OutOfMemory),
            Err(_) => Err(Error::LoadFailed),
        }
    }

    fn describe(raw: *mut RawModel, header: Header) -> Result<Self, Error> {
        let mut facts = ModelFacts::default();
        // From here on the model is freed by `Inner`, also when it cannot be described.
        let mut inner = Inner { raw, facts, header, creating: Mutex::new(()) };
        ffi::call("model_describe", |st| {
            // SAFETY: the model was just loaded; `facts` lives during the call.
            unsafe { ffi::hs_model_describe(st, raw, &raw mut facts) };
        })?;
        inner.facts = facts;
        Ok(Self(Arc::new(inner)))
    }

    /// The header of its file.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.0.header
    }

    /// Tokens that it was trained to read at once.
    #[must_use]
    pub fn n_ctx_train(&self) -> u32 {
        u32::try_from(self.0.facts.n_ctx_train).unwrap_or_default()
    }

    /// Tokens that its layers with a sliding window see; 0 where none has one.
    #[must_use]
    pub fn window(&self) -> u32 {
        u32::try_from(self.0.facts.n_swa).unwrap_or_default()
    }

    /// Whether a sequence has a state that cannot be cut: recurrent and hybrid models.
    #[must_use]
    pub fn is_stateful(&self) -> bool {
        self.0.facts.stateful != 0
    }

    /// Bytes of its weights.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.facts.size
    }

    /// Parameters of the network.
    #[must_use]
    pub fn n_params(&self) -> u64 {
        self.0.facts.n_params
    }

    pub(crate) fn facts(&self) -> &ModelFacts {
        &self.0.facts
    }

    pub(crate) fn raw(&self) -> *mut RawModel {
        self.0.raw
    }

    /// Held while a context is made or freed.
    pub(crate) fn creating(&self) -> &Mutex<()> {
        &self.0.creating
    }
}

/// The caller's closure on its way through C.
struct Watch<'a> {
    progress: &'a mut dyn FnMut(f32) -> bool,
    cancelled: bool,
}

unsafe extern "C" fn report(progress: f32, user: *mut c_void) -> bool {
    // SAFETY: `user` is the `Watch` of the running `Model::load`, used by this thread alone.
    let watch = unsafe { &mut *user.cast::<Watch<'_>>() };
    // A panic must not unwind into C++: it counts as "stop".
    let go_on = catch_unwind(AssertUnwindSafe(|| (watch.progress)(progress))).unwrap_or(false);
    watch.cancelled |= !go_on;
    go_on
}
