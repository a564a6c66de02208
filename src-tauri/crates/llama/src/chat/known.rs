//! Templates that are known to be harmless, by the SHA-256 of their source. Any other is rendered
//! first in a child process ([`super::probe`]): a template is a program from a stranger.

use sha2::{Digest, Sha256};

/// SHA-256 of each known source, in lower-case hexadecimal.
const KNOWN: &[&str] = &[
    // SmolLM2-Instruct, the bundled model.
    "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788",
];

/// Whether a template of this hash was looked at.
#[must_use]
pub fn is_known(hash: &str) -> bool {
    KNOWN.contains(&hash)
}

/// The hash of a source.
pub(crate) fn hash(source: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(source.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_in_lower_case() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(!is_known(&hash("abc")));
    }
}
