//! Whether the passages answer at all. Two signs are read together, for each fails where the other
//! holds: the best cosine, and how much of the question's weight in words the best passage has.

use crate::index::Hit;

/// The mean of both signs below which a question is refused. Keeps 95 % of the questions that have an
/// answer (docs/decisions/0028 says how it was found).
const THRESHOLD: f32 = 0.44;
/// How sharply the sum becomes a probability.
const STEEPNESS: f32 = 12.0;

/// How sure it is that the best of these answer, 0 to 1, and whether that is enough.
pub(super) fn judge(ranked: &[(Hit, f32)], dense_weight: f32) -> (f32, bool) {
    let Some(raw) = signs(ranked, dense_weight) else { return (0.0, false) };
    (1.0 / (1.0 + (-STEEPNESS * (raw - THRESHOLD)).exp()), raw >= THRESHOLD)
}

fn signs(ranked: &[(Hit, f32)], dense_weight: f32) -> Option<f32> {
    let coverage = ranked.iter().map(|(hit, _)| hit.coverage).reduce(f32::max)?;
    let cosine = ranked.iter().filter_map(|(hit, _)| hit.cosine).reduce(f32::max);
    let Some(cosine) = cosine else { return Some(coverage) };
    Some(dense_weight * cosine + (1.0 - dense_weight) * coverage)
}
