//! How far a text goes on with ASCII. Most of most texts is ASCII, and what is may be passed over or
//! copied in one go.

/// Bytes looked at together.
const BLOCK: usize = 32;

/// How many of the first bytes are ASCII.
pub(crate) fn ascii(bytes: &[u8]) -> usize {
    long(bytes, |byte| byte.is_ascii())
}

/// How many of the first bytes are ASCII and not this sign.
pub(crate) fn ascii_without(bytes: &[u8], sign: u8) -> usize {
    long(bytes, |byte| byte.is_ascii() & (byte != sign))
}

/// How many of the first bytes belong to a sort, told in blocks without a branch inside.
fn long(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    let whole = |block: &&[u8]| block.iter().fold(true, |all, byte| all & belongs(*byte));
    let at = bytes.chunks_exact(BLOCK).take_while(whole).count() * BLOCK;
    let rest = &bytes[at..];
    at + rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_the_first_other_byte_stands() {
        for length in [0, 1, 31, 32, 33, 64, 100] {
            let same = "a".repeat(length);
            assert_eq!(ascii(same.as_bytes()), length);
            assert_eq!(ascii(format!("{same}éa").as_bytes()), length);
            assert_eq!(ascii_without(format!("{same}\"a").as_bytes(), b'"'), length);
            assert_eq!(ascii_without(format!("{same}é\"").as_bytes(), b'"'), length);
        }
    }
}
