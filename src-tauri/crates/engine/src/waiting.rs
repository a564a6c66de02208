//! How the compute threads wait for each other, settled before the first of them is made.
//!
//! GNU OpenMP lets a thread that waits spin for milliseconds. As soon as another program wants the
//! core, the spinning thread keeps the working one from running, and decoding falls to a fraction
//! of its speed (docs/performance.md has the figures). A short spin is as fast on an idle computer
//! and gives way on a busy one. The library reads its environment before `main`, so the only way is
//! to start again with the variable set.

#[cfg(target_os = "linux")]
use std::{env, os::unix::process::CommandExt, process::Command};

/// Turns of the loop that a waiting thread spins before it sleeps.
#[cfg(target_os = "linux")]
const SPIN: (&str, &str) = ("GOMP_SPINCOUNT", "1000");
/// Variables by which a person has decided already.
#[cfg(target_os = "linux")]
const DECIDED: [&str; 2] = [SPIN.0, "OMP_WAIT_POLICY"];

/// Starts this program again, in this very process, with a short spin; to be called first in `main`.
/// Returns where there is nothing to do, and also where it cannot be done: it is only slower then.
#[cfg(target_os = "linux")]
pub fn settle_waiting() {
    if DECIDED.iter().any(|name| env::var_os(name).is_some()) {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let error = again.args(arguments).env(SPIN.0, SPIN.1).exec();
    tracing::debug!(%error, "the program could not be started again");
}

/// Elsewhere threads wait as their system lets them.
#[cfg(not(target_os = "linux"))]
pub fn settle_waiting() {}
