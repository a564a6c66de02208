//! The digests that Office derives keys with.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A digest by the name it has in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By its name (MS-OFFCRYPTO 2.3.4.10); `None` for those that Office does not write.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "SHA1" | "SHA-1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            "SHA384" => Some(Self::Sha384),
            "SHA512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Bytes of a digest.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of two pieces.
    pub(super) fn of(self, first: &[u8], second: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => digest::<Sha1>(first, second),
            Self::Sha256 => digest::<Sha256>(first, second),
            Self::Sha384 => digest::<Sha384>(first, second),
            Self::Sha512 => digest::<Sha512>(first, second),
        }
    }

    /// The digest of salt and password, digested `rounds` times more with the number of the round.
    pub(super) fn stretched(self, salt: &[u8], password: &[u8], rounds: u32) -> Vec<u8> {
        match self {
            Self::Sha1 => stretched::<Sha1>(salt, password, rounds),
            Self::Sha256 => stretched::<Sha256>(salt, password, rounds),
            Self::Sha384 => stretched::<Sha384>(salt, password, rounds),
            Self::Sha512 => stretched::<Sha512>(salt, password, rounds),
        }
    }

    /// The authentication code of `bytes` under `key`; `None` where the key is none.
    pub(super) fn code(self, key: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Sha1 => code(Hmac::<Sha1>::new_from_slice(key).ok()?, bytes),
            Self::Sha256 => code(Hmac::<Sha256>::new_from_slice(key).ok()?, bytes),
            Self::Sha384 => code(Hmac::<Sha384>::new_from_slice(key).ok()?, bytes),
            Self::Sha512 => code(Hmac::<Sha512>::new_from_slice(key).ok()?, bytes),
        }
    }
}

fn digest<D: Digest>(first: &[u8], second: &[u8]) -> Vec<u8> {
    D::new().chain_update(first).chain_update(second).finalize().to_vec()
}

fn stretched<D: Digest>(salt: &[u8], password: &[u8], rounds: u32) -> Vec<u8> {
    let mut hash = D::new().chain_update(salt).chain_update(password).finalize();
    for round in 0..rounds {
        hash = D::new().chain_update(round.to_le_bytes()).chain_update(&hash).finalize();
    }
    hash.to_vec()
}

fn code<M: Mac>(mac: M, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(mac.chain_update(bytes).finalize().into_bytes().to_vec())
}
