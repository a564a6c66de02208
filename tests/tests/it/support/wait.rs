//! Waiting for something to become true. The limits are guards against a hang, never a measure.

use std::{
    fmt::Debug,
    thread,
    time::{Duration, Instant},
};

/// Long enough for the slowest step on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Asks again and again until there is an answer.
///
/// # Panics
/// After [`PATIENCE`], with what was waited for.
#[track_caller]
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

/// Asks again and again until the answer is this one.
///
/// # Panics
/// After [`PATIENCE`], with the last answer.
#[track_caller]
pub(crate) fn until_is<T: PartialEq + Debug>(what: &str, wanted: &T, mut ask: impl FnMut() -> T) {
    let start = Instant::now();
    loop {
        let answer = ask();
        if answer == *wanted {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{what} is {answer:?} and not {wanted:?}");
        thread::sleep(Duration::from_millis(50));
    }
}
