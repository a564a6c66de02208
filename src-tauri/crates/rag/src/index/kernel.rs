//! The two inner loops of a scan, compiled for several kinds of processor and chosen when they run.
//!
//! `pulp` does the choosing without unsafe code here; the loops are written so that the compiler turns
//! them into the widest multiplication the chosen kind has (docs/decisions/0028 has the comparison).

use pulp::{Arch, Simd, WithSimd};

/// Dot products of one vector with many. `codes` holds them one after the other.
pub(super) fn dots(query: &[i8], codes: &[i8], out: &mut [i32]) {
    Arch::new().dispatch(Dots { query, codes, out });
}

/// How many bits each of many bit vectors has apart from one. `bits` holds them one after the other.
pub(super) fn distances(query: &[u64], bits: &[u64], out: &mut [u16]) {
    Arch::new().dispatch(Distances { query, bits, out });
}

struct Dots<'a> {
    query: &'a [i8],
    codes: &'a [i8],
    out: &'a mut [i32],
}

impl WithSimd for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (code, out) in self.codes.chunks_exact(self.query.len()).zip(self.out) {
            *out = dot(self.query, code);
        }
    }
}

/// The product of two codes fits 16 bits: said so, this becomes one multiply-and-add for many of them.
#[inline(always)]
fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b))).sum()
}

struct Distances<'a> {
    query: &'a [u64],
    bits: &'a [u64],
    out: &'a mut [u16],
}

impl WithSimd for Distances<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (words, out) in self.bits.chunks_exact(self.query.len()).zip(self.out) {
            let apart = self.query.iter().zip(words).map(|(a, b)| (a ^ b).count_ones());
            // Vectors have far fewer than 65 536 numbers.
            *out = apart.sum::<u32>() as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loops_give_what_plain_arithmetic_gives() {
        let value = |at: usize| (at * 7919 % 255) as u8 as i8;
        for dimensions in [1, 31, 32, 100, 384] {
            let query: Vec<i8> = (0..dimensions).map(value).collect();
            let codes: Vec<i8> = (0..dimensions * 5).map(|at| value(at + 3)).collect();
            let mut out = [0; 5];
            dots(&query, &codes, &mut out);
            for (row, found) in codes.chunks(dimensions).zip(out) {
                let plain = query.iter().zip(row).map(|(a, b)| i64::from(*a) * i64::from(*b));
                assert_eq!(i64::from(found), plain.sum::<i64>());
            }
        }
        let mut apart = [0; 2];
        distances(&[u64::MAX, 0], &[u64::MAX, 0, 0, 7], &mut apart);
        assert_eq!(apart, [0, 67]);
    }
}
