//! Standard encryption (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9), as Office 2007 wrote it and older programs
//! still do: AES block by block without a chain, the key from SHA-1 over the password.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{Block, BlockCipherDecrypt, KeyInit},
};

use super::{content, hash::Hash, long, parts};
use crate::extract::Refusal;

/// Rounds of digesting the password; the format has no other number (2.3.4.7).
const ROUNDS: u32 = 50_000;
/// Bytes of salt and verifier, and of a block of AES.
const BLOCK: usize = 16;
/// Bytes of a block of SHA-1, to which the key is stretched.
const HASH_BLOCK: usize = 64;

/// The description of a package.
pub(super) struct Standard {
    /// Bytes of the key.
    key: usize,
    salt: Vec<u8>,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
}

impl Standard {
    /// Reads the description behind its version and flags.
    ///
    /// # Errors
    /// [`Refusal::Unsupported`] for another cipher than AES; [`Refusal::Broken`] where it is cut short.
    pub(super) fn of(info: &[u8]) -> Result<Self, Refusal> {
        let size = long(info, 0)? as usize;
        // Behind flags and a size: the number of the cipher (2.3.2).
        let key = match long(info, 12)? {
            0x660e => 16,
            0x660f => 24,
            0x6610 => 32,
            _ => return Err(Refusal::Unsupported),
        };
        let start = size.checked_add(4).ok_or(Refusal::Broken)?;
        let verifier = info.get(start..).ok_or(Refusal::Broken)?;
        // The size of the salt and of the hash, which are fixed, stand before them (2.3.3).
        let piece = |at: usize, length: usize| {
            verifier.get(at..at + length).map(<[u8]>::to_vec).ok_or(Refusal::Broken)
        };
        if long(verifier, 0)? as usize != BLOCK {
            return Err(Refusal::Broken);
        }
        Ok(Self {
            key,
            salt: piece(4, BLOCK)?,
            verifier: piece(20, BLOCK)?,
            verifier_hash: piece(40, 2 * BLOCK)?,
        })
    }

    /// The key of the package; `None` where the password is another (2.3.4.7, 2.3.4.9).
    pub(super) fn key(&self, password: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        let stretched = Hash::Sha1.stretched(&self.salt, password, ROUNDS);
        let last = Hash::Sha1.of(&stretched, &0_u32.to_le_bytes());
        let half = |fill: u8| {
            let mut block = [fill; HASH_BLOCK];
            block.iter_mut().zip(&last).for_each(|(byte, hash)| *byte ^= hash);
            Hash::Sha1.of(&block, &[])
        };
        let mut key = [half(0x36), half(0x5c)].concat();
        key.truncate(self.key);
        let (mut verifier, mut hash) = (self.verifier.clone(), self.verifier_hash.clone());
        decrypt(&key, &mut verifier)?;
        decrypt(&key, &mut hash)?;
        let right = hash.get(..Hash::Sha1.size()) == Some(&Hash::Sha1.of(&verifier, &[]));
        Ok(right.then_some(key))
    }

    /// Decrypts the package in place.
    pub(super) fn open(&self, mut package: Vec<u8>, key: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (length, sealed) = parts(&mut package)?;
        let whole = sealed.len() - sealed.len() % BLOCK;
        decrypt(key, sealed.get_mut(..whole).unwrap_or_default())?;
        if length > whole { Err(Refusal::Broken) } else { Ok(content(package, length)) }
    }
}

/// Decrypts whole blocks in place, each for itself.
fn decrypt(key: &[u8], bytes: &mut [u8]) -> Result<(), Refusal> {
    fn each<C: BlockCipherDecrypt + KeyInit>(key: &[u8], bytes: &mut [u8]) -> Option<()> {
        let cipher = C::new_from_slice(key).ok()?;
        for block in bytes.chunks_exact_mut(BLOCK) {
            cipher.decrypt_block(<&mut Block<C>>::try_from(block).ok()?);
        }
        Some(())
    }
    match key.len() {
        16 => each::<Aes128>(key, bytes),
        24 => each::<Aes192>(key, bytes),
        _ => each::<Aes256>(key, bytes),
    }
    .ok_or(Refusal::Broken)
}
