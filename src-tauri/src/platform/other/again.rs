//! Starting the program again where a process cannot become another one: a new one begins and waits
//! until this one has let go of the data.

use std::{
    env,
    ffi::OsString,
    io, process,
    process::{Command, Stdio},
};

use crate::platform::Left;

/// Begins a new run of the program and ends this one, with all of its memory.
///
/// Returns only where that failed, with what the system said.
pub(crate) fn start_again(arguments: &[OsString], left: Left) -> io::Error {
    let begun = env::current_exe()
        .and_then(|exe| Command::new(exe).args(arguments).stdin(Stdio::null()).spawn());
    // Nothing can be handed over; the new one takes the lock when this process has ended.
    drop(left);
    match begun {
        Ok(_) => process::exit(0),
        Err(error) => error,
    }
}

/// Nothing is handed over.
pub(crate) fn left() -> Option<Left> {
    None
}
