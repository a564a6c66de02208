//! The flag that stops a step of the network from another thread. llama.cpp asks for it after each
//! node of the graph on CPU and Metal. What is not here: who is stopped; that is the engine's.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops the running step of one [`crate::Context`]; clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct AbortFlag(Arc<AtomicBool>);

impl AbortFlag {
    /// Asks the running step, and each that follows, to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Takes the wish back.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether a step would stop now.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The pointer for [`poll`]; valid as long as a clone of the flag lives.
    pub(crate) fn as_user(&self) -> *mut c_void {
        Arc::as_ptr(&self.0).cast_mut().cast()
    }
}

/// What llama.cpp calls. `user` is [`AbortFlag::as_user`] of a flag that the context owns.
pub(crate) unsafe extern "C" fn poll(user: *mut c_void) -> bool {
    // SAFETY: the context keeps a clone of the flag alive for as long as llama.cpp may call.
    let flag = unsafe { &*user.cast::<AtomicBool>() };
    flag.load(Ordering::Acquire)
}
