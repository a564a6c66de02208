//! One bit a number: where there are many vectors, their signs tell which ones are worth a closer look.

use super::{kernel, vectors::DIMENSIONS_A_WORD};

/// Vectors that are looked at closely for each one that is wanted.
const CLOSER: usize = 5;
/// The least and the most of them.
const LEAST: usize = 1000;

/// The signs of the values of a vector.
pub(super) fn signs(values: &[i8]) -> impl Iterator<Item = u64> {
    values.chunks(DIMENSIONS_A_WORD).map(|part| {
        part.iter().enumerate().fold(0, |word, (at, value)| word | u64::from(*value > 0) << at)
    })
}

/// The vectors nearest by their signs, enough of them to find the best `k` among. `allowed` says which
/// may be found.
pub(super) fn nearest(
    query: &[u64],
    bits: &[u64],
    k: usize,
    allowed: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut distances = vec![0_u16; bits.len() / query.len()];
    kernel::distances(query, bits, &mut distances);
    let mut counts = vec![0_usize; query.len() * DIMENSIONS_A_WORD + 1];
    for (at, distance) in distances.iter_mut().enumerate() {
        if allowed(at) {
            counts[usize::from(*distance)] += 1;
        } else {
            *distance = u16::MAX;
        }
    }
    let wanted = (k * CLOSER).max(LEAST);
    let mut passed = 0;
    let within = counts.iter().position(|count| {
        passed += count;
        passed >= wanted
    });
    let within = within.unwrap_or(counts.len() - 1);
    let near =
        distances.iter().enumerate().filter(|(_, distance)| usize::from(**distance) <= within);
    near.map(|(at, _)| at).collect()
}
