//! Whether the passages answer at all. Two signs are read together, for each fails where the other
//! holds: the best cosine, and how much of the question's weight in words the best passage has.

use super::Parts;

/// The mean of both signs below which a question is refused. Keeps 95 % of the questions that have an
/// answer (docs/decisions/0028 says how it was found).
const THRESHOLD: f32 = 0.44;
/// How sharply the sum becomes a probability.
const STEEPNESS: f32 = 12.0;

/// How sure it is that the best of these answer, 0 to 1, and whether that is enough. `dense_weight`
/// is that of the search that found them.
#[must_use]
pub fn judge(found: &[Parts], dense_weight: f32) -> (f32, bool) {
    let Some(raw) = signs(found, dense_weight) else { return (0.0, false) };
    (1.0 / (1.0 + (-STEEPNESS * (raw - THRESHOLD)).exp()), raw >= THRESHOLD)
}

fn signs(found: &[Parts], dense_weight: f32) -> Option<f32> {
    let coverage = found.iter().map(|parts| parts.coverage).reduce(f32::max)?;
    let cosine = found.iter().filter_map(|parts| parts.cosine).reduce(f32::max);
    let Some(cosine) = cosine else { return Some(coverage) };
    Some(dense_weight * cosine + (1.0 - dense_weight) * coverage)
}
