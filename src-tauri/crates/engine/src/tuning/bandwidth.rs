//! The speed at which so many threads read memory: the limit of a step of one token, which reads
//! every weight once.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

/// Larger than any cache that matters, and no more than a computer can spare for a moment.
const MOST: u64 = 1 << 30;
/// The best of so many looks; other programs only ever make it slower.
const REPEATS: usize = 5;
/// Sums that do not wait for each other.
const LANES: usize = 16;

/// Bytes a second; 0 where there is no memory to measure with.
pub(super) fn read_speed(working_set: u64, threads: u32, time: Duration) -> u64 {
    let words = usize::try_from(working_set.min(MOST) / 8).unwrap_or(0);
    let mut memory: Vec<u64> = Vec::new();
    if words == 0 || memory.try_reserve_exact(words).is_err() {
        return 0;
    }
    // Written, so that each page is one of its own.
    memory.extend((0..words).map(|n| n as u64));
    let share = words.div_ceil(threads.max(1) as usize);
    let began = Instant::now();
    let mut best = Duration::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        thread::scope(|scope| {
            for part in memory.chunks(share) {
                scope.spawn(move || black_box(sum(part)));
            }
        });
        best = best.min(start.elapsed());
        if began.elapsed() > time {
            break;
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a speed, far below what does not fit"
    )]
    let speed = (words as f64 * 8.0 / best.as_secs_f64().max(1e-9)) as u64;
    speed
}

fn sum(part: &[u64]) -> u64 {
    let mut lanes = [0u64; LANES];
    let chunks = part.chunks_exact(LANES);
    for chunk in chunks {
        for (lane, word) in lanes.iter_mut().zip(chunk) {
            *lane = lane.wrapping_add(*word);
        }
    }
    lanes.iter().fold(0, |all, lane| all.wrapping_add(*lane))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_the_memory_is_read() {
        let words: Vec<u64> = (0..160).collect();
        assert_eq!(sum(&words), (0..160).sum::<u64>());
    }

    #[test]
    fn memory_has_a_speed_and_nothing_has_none() {
        assert!(read_speed(1 << 20, 2, Duration::from_secs(1)) > 0);
        assert_eq!(read_speed(0, 2, Duration::from_secs(1)), 0);
    }
}
