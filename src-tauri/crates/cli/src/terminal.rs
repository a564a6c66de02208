//! Reading from the terminal without holding a thread of the runtime: a read cannot be stopped, and
//! the program waits for the threads of the runtime when it ends.

use std::{io, thread};

use tokio::sync::oneshot;

use crate::failure::Failure;

/// Runs what may wait for keys on a thread of its own, which ends with the program at the latest.
///
/// # Errors
///
/// There is no thread to be had, or the reading panicked.
pub(crate) async fn typed<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = oneshot::channel();
    let reader = thread::Builder::new().name("terminal".into());
    // Nobody waits any more where the sending fails.
    let started = reader.spawn(move || drop(sender.send(read())));
    started.map_err(Failure::Runtime)?;
    receiver.await.map_err(|_| Failure::Runtime(io::ErrorKind::BrokenPipe.into()))
}
