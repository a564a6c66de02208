//! Starting llama.cpp once per process. What is not here: loading of backends from files; a static
//! build has none, and llama.cpp would look for them in the current folder.

use std::ptr;
use std::sync::OnceLock;

use llama_cpp_2::llama_backend::LlamaBackend;

use crate::{Error, cpu, ffi, log};

static STARTED: OnceLock<Result<LlamaBackend, Error>> = OnceLock::new();

/// Checks the processor, starts llama.cpp and sends its log to `tracing`. Further calls do nothing
/// and give the same answer.
///
/// # Errors
/// [`Error::Cpu`] on a processor that lacks what the build needs, [`Error::StartFailed`] otherwise.
pub fn init() -> Result<(), Error> {
    match STARTED.get_or_init(start) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.clone()),
    }
}

fn start() -> Result<LlamaBackend, Error> {
    cpu::check()?;
    // SAFETY: no memory is handed over; the callback is a function that lives for ever.
    ffi::call("init", |st| unsafe { ffi::hs_init(st, Some(log::receive), ptr::null_mut()) })
        .map_err(|_| Error::StartFailed)?;
    LlamaBackend::init().map_err(|_| Error::StartFailed)
}
