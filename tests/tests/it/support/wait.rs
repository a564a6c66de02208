//! Waiting for something to become true. The limits are guards against a hang, never a measure.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Long enough for the slowest step on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Asks again and again until there is an answer.
///
/// # Panics
/// After [`PATIENCE`], with what was waited for.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
