//! The key of a database: 32 random bytes, written as 64 hexadecimal digits wherever it is kept.

use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use hearth_domain::Secret;
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// A 256-bit key. It prints nothing and is wiped at its end.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Secret<[u8; KEY_BYTES]>);

impl DatabaseKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`Error::Randomness`] where the system gives no random bytes.
    pub fn generate() -> Result<Self> {
        random().map(|bytes| Self(Secret::new(*bytes)))
    }

    /// A key from its 64 hexadecimal digits; white space around them is allowed, because people
    /// make key files with an editor. `None` where it is not one.
    #[must_use]
    pub fn from_hex(text: &Secret<Vec<u8>>) -> Option<Self> {
        let bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.expose().trim_ascii()).ok()?);
        Self::from_bytes(&bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Secret::new(bytes.try_into().ok()?)))
    }

    /// Its 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> Secret<Vec<u8>> {
        Secret::new(HEXLOWER_PERMISSIVE.encode(self.0.expose()).into_bytes())
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        self.0.expose()
    }

    /// What tells a wrong key from a damaged first page. It can be known to anyone: 64 bits
    /// derived one way from 256 random ones.
    pub(crate) fn check(&self, database: Uuid) -> String {
        let derived = derive(self.bytes(), database.as_bytes(), b"hearth key check v1");
        HEXLOWER_PERMISSIVE.encode(&derived[..8])
    }

    /// The statement that gives the key to SQLCipher. The salt of a new file is the name of its
    /// database, so that a file alone says which key it wants.
    pub(crate) fn pragma(&self, salt: Option<Uuid>) -> Zeroizing<String> {
        let key = Zeroizing::new(HEXLOWER_PERMISSIVE.encode(self.bytes()));
        let salt = salt.map(|salt| salt.simple().to_string()).unwrap_or_default();
        Zeroizing::new(format!("PRAGMA key = \"x'{}{salt}'\";", *key))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// HKDF-SHA256 for one key.
pub(crate) fn derive(secret: &[u8], salt: &[u8], purpose: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut out = Zeroizing::new([0; KEY_BYTES]);
    let derived = Hkdf::<Sha256>::new(Some(salt), secret).expand(purpose, out.as_mut());
    debug_assert!(derived.is_ok(), "HKDF gives up to 255 blocks, one is asked for");
    out
}

/// Random bytes of the system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Error::Randomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_hexadecimal_form_and_two_keys_differ() {
        let (one, two) = (DatabaseKey::generate().unwrap(), DatabaseKey::generate().unwrap());
        assert_eq!(DatabaseKey::from_hex(&one.to_hex()), Some(one.clone()));
        assert_ne!(one, two);
    }

    #[test]
    fn a_newline_at_the_end_of_a_key_is_allowed_and_a_missing_digit_is_not() {
        let mut text = b"0F".repeat(32);
        text.push(b'\n');
        assert!(DatabaseKey::from_hex(&Secret::new(text)).is_some());
        assert!(DatabaseKey::from_hex(&Secret::new(b"0".repeat(63))).is_none());
        assert!(DatabaseKey::from_hex(&Secret::new(b"0f".repeat(33))).is_none());
    }

    #[test]
    fn a_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", DatabaseKey::generate().unwrap()), "DatabaseKey(…)");
    }

    #[test]
    fn the_check_depends_on_the_key_and_on_the_database() {
        let key = DatabaseKey::from_bytes(&[7; KEY_BYTES]).unwrap();
        let other = DatabaseKey::from_bytes(&[8; KEY_BYTES]).unwrap();
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(key.check(a), key.check(a));
        assert_ne!(key.check(a), key.check(b));
        assert_ne!(key.check(a), other.check(a));
    }
}
