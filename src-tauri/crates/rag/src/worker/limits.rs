//! What reading a file may cost, and how the child binds itself to it.
//!
//! Linux: address space, processor time, no further descriptor (so no file, no socket), no byte written to
//! a file, no core. macOS: the same but the address space, which that system does not limit. Windows: the
//! wall clock that the parent watches, and the limits that the readers keep themselves; a limit of memory
//! needs a job object, which there is no safe way to make without another dependency.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What reading one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes beyond what the worker needs to run at all.
    pub memory: u64,
    /// Processor time without a page done, in seconds. A page done gives back what it took, so that a
    /// thick book is read to its end, up to [`Self::whole`].
    pub processor: u64,
    /// Time without a sign of life.
    pub wall: Duration,
    /// Time in all.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            processor: 10,
            wall: Duration::from_secs(30),
            whole: Duration::from_secs(300),
        }
    }
}

/// Binds this process to what does not change from file to file. Called once, before the first file.
#[cfg(unix)]
pub(super) fn bind(memory: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let set = |resource, most: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    };
    if let Some(used) = address_space() {
        set(Resource::As, used.saturating_add(memory));
    }
    set(Resource::Core, 0);
    set(Resource::Fsize, 0);
    // The three pipes are open; nothing else ever will be.
    set(Resource::Nofile, 3);
}

#[cfg(not(unix))]
pub(super) fn bind(_memory: u64) {}

/// Gives the process so many seconds of processor time from now on.
#[cfg(unix)]
pub(super) fn wind_up(seconds: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or_default();
    let most = used.saturating_add(seconds).saturating_add(1);
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(most), maximum: None });
}

#[cfg(not(unix))]
pub(super) fn wind_up(_seconds: u64) {}

/// Bytes of address space in use; known on Linux alone, and elsewhere the limit means other things.
#[cfg(unix)]
fn address_space() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
