//! Agile encryption (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15), which Office writes since 2010: the
//! description is XML, the package is encrypted in segments under a key of its own, and that key
//! under one from the password.

use aes::{Aes128, Aes192, Aes256, cipher::block_padding::NoPadding};
use cbc::{
    Decryptor,
    cipher::{BlockModeDecrypt, KeyIvInit},
};
use data_encoding::BASE64;

use super::{content, hash::Hash, parts};
use crate::extract::{
    Refusal,
    xml::{self, Node, Tag},
};

/// Bytes of the package under one initial vector.
const SEGMENT: usize = 4096;
/// Bytes of a block of AES.
const BLOCK: usize = 16;
/// Rounds of digesting the password, at most, as the format itself says (2.3.4.10). Office writes 100,000.
const MOST_ROUNDS: u32 = 10_000_000;
/// What keys and vectors are filled up with.
const FILL: u8 = 0x36;

// What tells the keys of one password apart (2.3.4.11 to 2.3.4.14).
const VERIFIER: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VERIFIER_HASH: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];
const CODE_KEY: [u8; 8] = [0x5f, 0xb2, 0xad, 0x01, 0x0c, 0xb9, 0xe1, 0xf6];
const CODE: [u8; 8] = [0xa0, 0x67, 0x7f, 0x02, 0xb2, 0x2c, 0x84, 0x33];

/// The description of a package.
pub(super) struct Agile {
    /// How the package is encrypted.
    package: Cipher,
    /// How its key is, under the password.
    password: Cipher,
    rounds: u32,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
    key: Vec<u8>,
    /// The encrypted key and value of the code that covers the package.
    code: Option<(Vec<u8>, Vec<u8>)>,
}

/// One use of a cipher.
struct Cipher {
    hash: Hash,
    salt: Vec<u8>,
    /// Bytes of the key.
    key: usize,
}

impl Agile {
    /// Reads the description.
    ///
    /// # Errors
    /// [`Refusal::Unsupported`] for another cipher than AES in chains, or a file that no password opens;
    /// [`Refusal::Broken`] where something is missing or beyond its limits.
    pub(super) fn of(info: &[u8]) -> Result<Self, Refusal> {
        let (mut package, mut code, mut password) = (None, None, None);
        xml::walk(info, &mut |node| {
            let Node::Start(tag) = node else { return Ok(()) };
            match tag.name() {
                "keyData" => package = Some(Cipher::of(&tag)?),
                "dataIntegrity" => {
                    code = Some((
                        value(&tag, "encryptedHmacKey")?,
                        value(&tag, "encryptedHmacValue")?,
                    ));
                }
                "encryptedKey" if tag.get("spinCount").is_some() => {
                    password = Some((Cipher::of(&tag)?, Sealed::of(&tag)?));
                }
                _ => {}
            }
            Ok(())
        })?;
        // Only for people with a certificate.
        let (password, sealed) = password.ok_or(Refusal::Unsupported)?;
        Ok(Self {
            package: package.ok_or(Refusal::Broken)?,
            password,
            rounds: sealed.rounds,
            verifier: sealed.verifier,
            verifier_hash: sealed.verifier_hash,
            key: sealed.key,
            code,
        })
    }

    /// The key of the package; `None` where the password is another (2.3.4.13).
    pub(super) fn key(&self, password: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        let cipher = &self.password;
        let stretched = cipher.hash.stretched(&cipher.salt, password, self.rounds);
        let open = |sealed: &[u8], purpose: &[u8]| {
            let key = filled(cipher.hash.of(&stretched, purpose), cipher.key);
            let mut bytes = sealed.to_vec();
            decrypt(&key, &filled(cipher.salt.clone(), BLOCK), &mut bytes)?;
            Ok::<_, Refusal>(bytes)
        };
        let verifier = open(&self.verifier, &VERIFIER)?;
        let verifier = verifier.get(..cipher.salt.len()).ok_or(Refusal::Broken)?;
        let hash = open(&self.verifier_hash, &VERIFIER_HASH)?;
        if hash.get(..cipher.hash.size()) != Some(&cipher.hash.of(verifier, &[])) {
            return Ok(None);
        }
        let key = open(&self.key, &KEY)?;
        key.get(..self.package.key).map(|key| Some(key.to_vec())).ok_or(Refusal::Broken)
    }

    /// Decrypts the package in place (2.3.4.15), after its code was found to be right (2.3.4.14).
    pub(super) fn open(&self, mut package: Vec<u8>, key: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.check(&package, key)?;
        let (length, sealed) = parts(&mut package)?;
        // Some writers fill the stream up beyond the last block.
        let whole = sealed.len() - sealed.len() % BLOCK;
        let sealed = sealed.get_mut(..whole).unwrap_or_default();
        for (number, segment) in sealed.chunks_mut(SEGMENT).enumerate() {
            let number = u32::try_from(number).map_err(|_| Refusal::TooBig)?;
            decrypt(key, &self.package.vector(&number.to_le_bytes()), segment)?;
        }
        if length > whole {
            return Err(Refusal::Broken);
        }
        Ok(content(package, length))
    }

    /// Whether the package is as it was written. One that was changed by somebody without the password
    /// is refused, as Office does; one without a code is taken as it is.
    fn check(&self, package: &[u8], key: &[u8]) -> Result<(), Refusal> {
        let Some((code_key, code)) = &self.code else { return Ok(()) };
        let hash = self.package.hash;
        let open = |sealed: &[u8], purpose: &[u8]| {
            let mut bytes = sealed.to_vec();
            decrypt(key, &self.package.vector(purpose), &mut bytes)?;
            bytes.truncate(hash.size());
            Ok::<_, Refusal>(bytes)
        };
        let (code_key, code) = (open(code_key, &CODE_KEY)?, open(code, &CODE)?);
        if hash.code(&code_key, package) == Some(code) { Ok(()) } else { Err(Refusal::Broken) }
    }
}

impl Cipher {
    fn of(tag: &Tag<'_>) -> Result<Self, Refusal> {
        let is = |name: &str, wanted: &str| tag.get(name).is_some_and(|it| it == wanted);
        let hash = tag.get("hashAlgorithm").and_then(|name| Hash::named(&name));
        let (true, true, Some(hash)) =
            (is("cipherAlgorithm", "AES"), is("cipherChaining", "ChainingModeCBC"), hash)
        else {
            return Err(Refusal::Unsupported);
        };
        let key = match tag.get("keyBits").as_deref() {
            Some("128") => 16,
            Some("192") => 24,
            Some("256") => 32,
            _ => return Err(Refusal::Broken),
        };
        Ok(Self { hash, salt: value(tag, "saltValue")?, key })
    }

    /// The initial vector for a purpose or a segment (2.3.4.12).
    fn vector(&self, purpose: &[u8]) -> Vec<u8> {
        filled(self.hash.of(&self.salt, purpose), BLOCK)
    }
}

/// What is encrypted under the password.
struct Sealed {
    rounds: u32,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
    key: Vec<u8>,
}

impl Sealed {
    fn of(tag: &Tag<'_>) -> Result<Self, Refusal> {
        let rounds = tag.get("spinCount").and_then(|it| it.parse().ok()).ok_or(Refusal::Broken)?;
        if rounds > MOST_ROUNDS {
            return Err(Refusal::Broken);
        }
        Ok(Self {
            rounds,
            verifier: value(tag, "encryptedVerifierHashInput")?,
            verifier_hash: value(tag, "encryptedVerifierHashValue")?,
            key: value(tag, "encryptedKeyValue")?,
        })
    }
}

fn value(tag: &Tag<'_>, name: &str) -> Result<Vec<u8>, Refusal> {
    let text = tag.get(name).ok_or(Refusal::Broken)?;
    BASE64.decode(text.trim().as_bytes()).map_err(|_| Refusal::Broken)
}

fn filled(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, FILL);
    bytes
}

/// Decrypts whole blocks in place.
fn decrypt(key: &[u8], vector: &[u8], bytes: &mut [u8]) -> Result<(), Refusal> {
    fn chain<C>(key: &[u8], vector: &[u8], bytes: &mut [u8]) -> Option<()>
    where
        Decryptor<C>: BlockModeDecrypt + KeyIvInit,
        C: cbc::cipher::BlockCipherDecrypt,
    {
        let chain = Decryptor::<C>::new_from_slices(key, vector).ok()?;
        chain.decrypt_padded::<NoPadding>(bytes).ok().map(|_| ())
    }
    match key.len() {
        16 => chain::<Aes128>(key, vector, bytes),
        24 => chain::<Aes192>(key, vector, bytes),
        _ => chain::<Aes256>(key, vector, bytes),
    }
    .ok_or(Refusal::Broken)
}
