//! The least of a text that fails still: pieces are left out, large ones first, while it does.

use std::time::{Duration, Instant};

/// A slow failure is reported too, only longer than it need be.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is left when nothing more can be left out.
pub(super) fn least(text: &str, fails: impl Fn(&str) -> bool) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let (mut size, began) = (letters.len().div_ceil(2), Instant::now());
    let patient = || began.elapsed() < PATIENCE;
    while size > 0 && patient() {
        let (mut at, mut shorter) = (0, false);
        while at < letters.len() && patient() {
            let end = (at + size).min(letters.len());
            let rest: String = letters[..at].iter().chain(&letters[end..]).collect();
            if fails(&rest) {
                letters.drain(at..end);
                shorter = true;
            } else {
                at = end;
            }
        }
        // The smallest pieces are tried again for as long as one could be left out.
        size = if size == 1 && shorter && patient() { 1 } else { size / 2 };
    }
    letters.into_iter().collect()
}
