//! Vectors in int8, scanned exactly: a row of values for each slot, one after the other in memory.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{bits, kernel};

/// Above this many vectors their signs are compared first.
pub(super) const SIGNS_ABOVE: usize = 200_000;
/// Values whose signs are one machine word.
pub(super) const DIMENSIONS_A_WORD: usize = 64;
/// Slots that are scanned at once.
const BLOCK: usize = 256;

/// A vector in eight bits a value: value = code × scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// What a code of 1 stands for; 0 where the vector is nothing but zeros.
    pub scale: f32,
    /// The values.
    pub codes: Vec<i8>,
}

impl Quantised {
    /// Rounds a vector. Costs no measurable quality at 384 values.
    #[must_use]
    pub fn of(vector: &[f32]) -> Self {
        let largest = vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = largest / 127.0;
        if scale <= 0.0 || !scale.is_finite() {
            return Self { scale: 0.0, codes: vec![0; vector.len()] };
        }
        // Within -127 to 127 by the choice of the scale.
        let codes = vector.iter().map(|value| (value / scale).round() as i8).collect();
        Self { scale, codes }
    }
}

/// The rows of an index.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    dimensions: usize,
    /// 0 where a slot has no vector.
    scales: Vec<f32>,
    codes: Vec<i8>,
    /// The signs; empty while there are few rows.
    signs: Vec<u64>,
}

impl Vectors {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { dimensions, ..Self::default() }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Makes room up to and including a slot.
    pub(super) fn reach(&mut self, slot: usize) {
        if slot >= self.scales.len() {
            self.scales.resize(slot + 1, 0.0);
            self.codes.resize((slot + 1) * self.dimensions, 0);
            if !self.signs.is_empty() {
                self.signs.resize((slot + 1) * self.words(), 0);
            } else if self.scales.len() > SIGNS_ABOVE {
                self.signs = self.codes.chunks(self.dimensions).flat_map(bits::signs).collect();
            }
        }
    }

    /// Puts a vector into a slot; a vector of another length is none.
    pub(super) fn set(&mut self, slot: usize, scale: f32, codes: &[i8]) {
        if codes.len() != self.dimensions || self.dimensions == 0 {
            return;
        }
        self.reach(slot);
        self.scales[slot] = scale;
        self.codes[slot * self.dimensions..][..self.dimensions].copy_from_slice(codes);
        if !self.signs.is_empty() {
            let words = self.words();
            for (word, signs) in self.signs[slot * words..].iter_mut().zip(bits::signs(codes)) {
                *word = signs;
            }
        }
    }

    /// Empties a slot.
    pub(super) fn clear(&mut self, slot: usize) {
        if let Some(scale) = self.scales.get_mut(slot) {
            *scale = 0.0;
        }
    }

    pub(super) fn has(&self, slot: usize) -> bool {
        self.scales.get(slot).is_some_and(|scale| *scale > 0.0)
    }

    /// The cosine of a slot to a vector of length 1.
    pub(super) fn cosine(&self, slot: usize, query: &Quantised) -> Option<f32> {
        if !self.has(slot) {
            return None;
        }
        let mut dot = [0];
        kernel::dots(
            &query.codes,
            &self.codes[slot * self.dimensions..][..self.dimensions],
            &mut dot,
        );
        Some(dot[0] as f32 * query.scale * self.scales[slot])
    }

    /// The `k` slots nearest to a vector among those that are allowed, the best first.
    pub(super) fn nearest(
        &self,
        query: &Quantised,
        k: usize,
        allowed: impl Fn(usize) -> bool,
    ) -> Vec<(usize, f32)> {
        if query.codes.len() != self.dimensions || self.dimensions == 0 || k == 0 {
            return Vec::new();
        }
        let mut best = Best::new(k);
        if self.signs.is_empty() {
            self.scan(query, &mut best, allowed);
        } else {
            let signs: Vec<u64> = bits::signs(&query.codes).collect();
            let near =
                bits::nearest(&signs, &self.signs, k, |slot| self.has(slot) && allowed(slot));
            for slot in near {
                best.offer(slot, self.cosine(slot, query).unwrap_or(f32::MIN));
            }
        }
        best.into_sorted()
    }

    fn scan(&self, query: &Quantised, best: &mut Best, allowed: impl Fn(usize) -> bool) {
        let mut dots = [0_i32; BLOCK];
        for (block, scales) in self.scales.chunks(BLOCK).enumerate() {
            let first = block * BLOCK;
            let codes = &self.codes[first * self.dimensions..][..scales.len() * self.dimensions];
            if !(first..first + scales.len()).any(&allowed) {
                continue;
            }
            kernel::dots(&query.codes, codes, &mut dots[..scales.len()]);
            for (at, (scale, dot)) in scales.iter().zip(&dots).enumerate() {
                let cosine = *dot as f32 * query.scale * scale;
                if *scale > 0.0 && best.takes(cosine) && allowed(first + at) {
                    best.offer(first + at, cosine);
                }
            }
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.scales.capacity() * 4 + self.codes.capacity() + self.signs.capacity() * 8
    }

    fn words(&self) -> usize {
        self.dimensions.div_ceil(DIMENSIONS_A_WORD)
    }
}

/// The best few of many.
pub(super) struct Best {
    k: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

#[derive(PartialEq)]
struct Scored(f32, usize);

impl Eq for Scored {}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Among equals the earlier slot is the better one, so that the same search finds the same.
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Best {
    pub(super) fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::with_capacity(k + 1) }
    }

    pub(super) fn takes(&self, score: f32) -> bool {
        self.heap.len() < self.k || self.heap.peek().is_some_and(|worst| score > worst.0.0)
    }

    pub(super) fn offer(&mut self, slot: usize, score: f32) {
        if self.takes(score) {
            self.heap.push(Reverse(Scored(score, slot)));
            if self.heap.len() > self.k {
                self.heap.pop();
            }
        }
    }

    pub(super) fn into_sorted(self) -> Vec<(usize, f32)> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(it)| (it.1, it.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of length 1 around a few centres, the same each time.
    fn vector(seed: usize) -> Vec<f32> {
        let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % 2000) as f32 / 1000.0 - 1.0
        };
        let values: Vec<f32> = (0..384).map(|_| next()).collect();
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.into_iter().map(|value| value / length).collect()
    }

    fn filled(count: usize) -> Vectors {
        let mut vectors = Vectors::new(384);
        for slot in 0..count {
            let row = Quantised::of(&vector(slot));
            vectors.set(slot, row.scale, &row.codes);
        }
        vectors
    }

    #[test]
    fn a_scan_finds_what_exact_arithmetic_finds() {
        let vectors = filled(700);
        for seed in [3, 41, 699] {
            let exact = vector(seed);
            let found = vectors.nearest(&Quantised::of(&exact), 5, |_| true);
            assert_eq!(found[0].0, seed);
            for (slot, cosine) in found {
                let dot = exact.iter().zip(vector(slot)).map(|(a, b)| a * b).sum::<f32>();
                assert!((dot - cosine).abs() < 0.005, "{dot} {cosine}");
            }
        }
    }

    #[test]
    fn what_is_not_allowed_or_was_cleared_is_not_found() {
        let mut vectors = filled(300);
        vectors.clear(7);
        let query = Quantised::of(&vector(7));
        assert!(vectors.nearest(&query, 300, |_| true).iter().all(|(slot, _)| *slot != 7));
        let odd = vectors.nearest(&query, 300, |slot| slot % 2 == 1);
        assert_eq!((odd.len(), odd.iter().any(|(slot, _)| slot % 2 == 0)), (149, false));
        assert!(vectors.nearest(&Quantised::of(&[1.0]), 3, |_| true).is_empty());
    }

    #[test]
    fn the_signs_lead_to_the_nearest_as_well() {
        let mut vectors = filled(3000);
        vectors.signs = vectors.codes.chunks(384).flat_map(bits::signs).collect();
        let near = Quantised::of(&vector(1234));
        assert_eq!(vectors.nearest(&near, 1, |_| true)[0].0, 1234);
        let row = Quantised::of(&vector(9999));
        vectors.set(3000, row.scale, &row.codes);
        assert_eq!(vectors.nearest(&row, 1, |_| true)[0].0, 3000);
        assert_eq!(vectors.nearest(&near, 1, |slot| slot == 5)[0].0, 5);
    }
}
