//! The recovery code: the second way to the key of a database, for when the keyring is lost.
//!
//! The code is shown once and kept by the person. Beside the database lies the key, encrypted with
//! what is derived from the code; without the code that file is worth nothing.

use std::{fmt, path::Path};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use data_encoding::HEXLOWER;
use hearth_domain::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    DatabaseKey, Error, Result, files, folder,
    key::{derive, random},
};

const FORMAT: u32 = 1;
const PURPOSE: &[u8] = b"hearth recovery key v1";
/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SECRET_BYTES: usize = 16;
const CHECK_BYTES: usize = 4;
const LETTERS: usize = 32;
const GROUP: usize = 4;

/// 128 random bits with a 32-bit checksum, shown as eight groups of four letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Secret<[u8; SECRET_BYTES]>);

/// Why a text is not a recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Too short or too long.
    #[error("a recovery code has 32 letters and digits, this has {found}")]
    Length {
        /// How many letters and digits there were.
        found: usize,
    },
    /// A letter that no code has.
    #[error("a recovery code has no such letter, at place {place}")]
    Letter {
        /// Which letter or digit, from 1.
        place: usize,
    },
    /// Every letter can be, but not together.
    #[error("the recovery code is mistyped: its checksum does not fit")]
    Checksum,
}

impl RecoveryCode {
    /// A new random code.
    ///
    /// # Errors
    /// [`Error::Randomness`] where the system gives no random bytes.
    pub fn generate() -> Result<Self> {
        Ok(Self(Secret::new(*random()?)))
    }

    /// Reads a code as people type it: in any case, with or without hyphens and spaces, with `O`
    /// for `0` and `I` or `L` for `1`.
    ///
    /// # Errors
    /// [`CodeError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let is_letter = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '–' | '_');
        let found = text.chars().filter(is_letter).count();
        if found != LETTERS {
            return Err(CodeError::Length { found });
        }
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES + CHECK_BYTES]);
        for (index, letter) in text.chars().filter(is_letter).enumerate() {
            let value = value(letter).ok_or(CodeError::Letter { place: index + 1 })?;
            let (bit, value) = (index * 5, u16::from(value) << 11 >> (index * 5 % 8));
            bytes[bit / 8] |= value.to_be_bytes()[0];
            if let Some(next) = bytes.get_mut(bit / 8 + 1) {
                *next |= value.to_be_bytes()[1];
            }
        }
        let mut secret = [0; SECRET_BYTES];
        secret.copy_from_slice(&bytes[..SECRET_BYTES]);
        let code = Self(Secret::new(secret));
        secret.zeroize();
        if code.checksum() != bytes[SECRET_BYTES..] {
            return Err(CodeError::Checksum);
        }
        Ok(code)
    }

    /// The text to show, such as `7KQ2-…`.
    #[must_use]
    pub fn reveal(&self) -> Secret<String> {
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES + CHECK_BYTES + 1]);
        bytes[..SECRET_BYTES].copy_from_slice(self.0.expose());
        bytes[SECRET_BYTES..SECRET_BYTES + CHECK_BYTES].copy_from_slice(&self.checksum());
        let mut text = String::with_capacity(LETTERS + LETTERS / GROUP);
        for index in 0..LETTERS {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            let (byte, shift) = (index * 5 / 8, index * 5 % 8);
            let pair = u16::from_be_bytes([bytes[byte], bytes[byte + 1]]);
            text.push(char::from(ALPHABET[usize::from(pair << shift >> 11)]));
        }
        Secret::new(text)
    }

    fn checksum(&self) -> [u8; CHECK_BYTES] {
        let digest = Sha256::new().chain_update(b"hearth recovery code v1");
        let digest = digest.chain_update(self.0.expose()).finalize();
        let mut check = [0; CHECK_BYTES];
        check.copy_from_slice(&digest[..CHECK_BYTES]);
        check
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
    u8::try_from(place).ok()
}

/// `recovery.json`.
#[derive(Serialize, Deserialize)]
struct RecoveryFile {
    format: u32,
    database: Uuid,
    salt: String,
    nonce: String,
    key: String,
}

/// Keeps the recovery file of a database that is gone: it may be the way into a backup of it.
pub(crate) fn set_aside(folder: &Path) -> Result<()> {
    let path = folder.join(folder::RECOVERY);
    let Some(text) = files::read(&path)? else { return Ok(()) };
    let old = serde_json::from_slice::<RecoveryFile>(&text).map(|file| file.database);
    let name = format!("recovery-{}.json", old.unwrap_or_default());
    Ok(files::rename(&path, &folder.join(name))?)
}

/// Writes the key beside the database in a form that only `code` opens.
pub(crate) fn seal(
    folder: &Path,
    database: Uuid,
    key: &DatabaseKey,
    code: &RecoveryCode,
) -> Result<()> {
    let (salt, nonce) = (random::<16>()?, random::<12>()?);
    let payload = Payload { msg: key.bytes(), aad: database.as_bytes() };
    let sealed = cipher(code, salt.as_ref())
        .encrypt(&Nonce::from(*nonce), payload)
        .map_err(|_| Error::RecoveryFileMalformed)?;
    let file = RecoveryFile {
        format: FORMAT,
        database,
        salt: HEXLOWER.encode(salt.as_ref()),
        nonce: HEXLOWER.encode(nonce.as_ref()),
        key: HEXLOWER.encode(&sealed),
    };
    let text = serde_json::to_vec_pretty(&file).map_err(|_| Error::RecoveryFileMalformed)?;
    Ok(files::replace(&folder.join(folder::RECOVERY), &text)?)
}

/// The key and the name of its database.
pub(crate) fn unseal(folder: &Path, code: &RecoveryCode) -> Result<(Uuid, DatabaseKey)> {
    let text = files::read(&folder.join(folder::RECOVERY))?.ok_or(Error::RecoveryFileMissing)?;
    let file: RecoveryFile =
        serde_json::from_slice(&text).map_err(|_| Error::RecoveryFileMalformed)?;
    let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok();
    let nonce: Option<[u8; 12]> = bytes(&file.nonce).and_then(|nonce| nonce.try_into().ok());
    let (Some(salt), Some(nonce), Some(sealed), FORMAT) =
        (bytes(&file.salt), nonce, bytes(&file.key), file.format)
    else {
        return Err(Error::RecoveryFileMalformed);
    };
    let payload = Payload { msg: &sealed, aad: file.database.as_bytes() };
    let opened = cipher(code, &salt).decrypt(&Nonce::from(nonce), payload);
    let key = Zeroizing::new(opened.map_err(|_| Error::RecoveryCodeForeign)?);
    let key = DatabaseKey::from_bytes(&key).ok_or(Error::RecoveryFileMalformed)?;
    Ok((file.database, key))
}

fn cipher(code: &RecoveryCode, salt: &[u8]) -> ChaCha20Poly1305 {
    // The code has 128 random bits: no slow derivation is needed.
    let key = derive(code.0.expose(), salt, PURPOSE);
    ChaCha20Poly1305::new(&(*key).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_code_is_read_back_as_it_was_shown(secret: [u8; SECRET_BYTES]) {
            let code = RecoveryCode(Secret::new(secret));
            let shown = code.reveal();
            prop_assert_eq!(shown.expose().len(), 39);
            prop_assert_eq!(RecoveryCode::parse(shown.expose()), Ok(code));
        }

        #[test]
        fn one_wrong_letter_is_always_noticed(
            secret: [u8; SECRET_BYTES], place in 0..LETTERS, by in 1..32_usize,
        ) {
            let shown = RecoveryCode(Secret::new(secret)).reveal();
            let mut text: Vec<u8> = shown.expose().bytes().filter(|b| *b != b'-').collect();
            let old = ALPHABET.iter().position(|letter| *letter == text[place]).unwrap();
            text[place] = ALPHABET[(old + by) % 32];
            let typed = String::from_utf8(text).unwrap();
            prop_assert_eq!(RecoveryCode::parse(&typed), Err(CodeError::Checksum));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            let _ = RecoveryCode::parse(&text);
        }
    }

    #[test]
    fn a_code_may_be_typed_in_lower_case_with_spaces_and_with_look_alikes() {
        let code = RecoveryCode(Secret::new([0; SECRET_BYTES]));
        let shown = code.reveal();
        let typed = shown.expose().to_lowercase().replace('-', "  ").replace('0', "o");
        assert_eq!(RecoveryCode::parse(&typed), Ok(code));
    }

    #[test]
    fn a_text_that_is_no_code_says_why() {
        assert_eq!(RecoveryCode::parse("ABCD"), Err(CodeError::Length { found: 4 }));
        let text = "0000-0000-U000-0000-0000-0000-0000-0000";
        assert_eq!(RecoveryCode::parse(text), Err(CodeError::Letter { place: 9 }));
    }

    #[test]
    fn a_sealed_key_opens_with_its_code_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (id, key) = (Uuid::new_v4(), DatabaseKey::generate().unwrap());
        let (code, other) = (RecoveryCode::generate().unwrap(), RecoveryCode::generate().unwrap());
        seal(folder.path(), id, &key, &code).unwrap();
        assert_eq!(unseal(folder.path(), &code).unwrap(), (id, key));
        assert!(matches!(unseal(folder.path(), &other), Err(Error::RecoveryCodeForeign)));
    }
}
