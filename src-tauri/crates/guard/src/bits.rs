//! The bytes of a text as bits, one for each that belongs to a sort. Runs of such bytes are then told
//! 64 bytes at once: a branch where each word of a text ends, which no processor foresees, costs more
//! than all the rest of looking at it.

use std::ops::Range;

/// Bytes in a word of bits.
pub(crate) const WIDTH: usize = 64;

/// Every run of bytes that belong to a sort, as long as it goes and at least so long, in order.
pub(crate) fn runs(
    bytes: &[u8],
    least: usize,
    belongs: impl Fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    // Where the next word of bits begins, where its changes lie, and the last bit before it.
    let (mut next, mut changes, mut last) = (0, 0, 0);
    let mut change = move || {
        while changes == 0 {
            let block = bytes.get(next..).filter(|rest| !rest.is_empty())?;
            let word = word(block, &belongs);
            changes = word ^ (word << 1 | last);
            last = word >> (WIDTH - 1);
            next += WIDTH;
        }
        let at = next - WIDTH + changes.trailing_zeros() as usize;
        changes &= changes - 1;
        Some(at)
    };
    std::iter::from_fn(move || {
        loop {
            let start = change()?;
            let end = change().unwrap_or(bytes.len());
            if end - start >= least {
                return Some(start..end);
            }
        }
    })
}

/// The bits of the first bytes; those beyond the end are not set.
pub(crate) fn word(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> u64 {
    let Some(block) = bytes.first_chunk() else {
        let mut block = [0; WIDTH];
        block[..bytes.len()].copy_from_slice(bytes);
        return full(&block, belongs) & ((1 << bytes.len()) - 1);
    };
    full(block, belongs)
}

fn full(block: &[u8; WIDTH], belongs: impl Fn(u8) -> bool) -> u64 {
    /// Moves the last bits of eight bytes next to each other, into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let marks = block.map(|byte| u8::from(belongs(byte)));
    let (eights, _) = marks.as_chunks();
    eights
        .iter()
        .rev()
        .fold(0, |word, eight| word << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
}

/// The bits of a word that begin a row of so many set ones, a power of two. Rows may go on in the word
/// after it.
pub(crate) fn rows(mut word: u64, mut after: u64, length: usize) -> u64 {
    let mut reach = 1;
    while reach < length {
        word &= word >> reach | after << (WIDTH - reach);
        after &= after >> reach;
        reach *= 2;
    }
    word
}

/// The places of the bits of a word that are set.
pub(crate) fn places(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(place)
    })
}

/// The bits of a word whose places pass a test.
pub(crate) fn kept(word: u64, test: impl Fn(usize) -> bool) -> u64 {
    places(word).fold(0, |kept, place| kept | u64::from(test(place)) << place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_those_of_a_pattern(
            text in "(?:[ab ]|b{60}|[ab]{62,66}| {62,66}|(?:ab ){20}){0,12}", least in 1_usize..70
        ) {
            let pattern = crate::pattern::compile(&format!("[ab]{{{least},}}"));
            let matched = pattern.find_iter(&text).map(|found| found.range());
            let told = runs(text.as_bytes(), least, |byte| byte == b'a' || byte == b'b');
            prop_assert_eq!(told.collect::<Vec<_>>(), matched.collect::<Vec<_>>());
        }
    }
}
