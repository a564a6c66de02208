//! The key of the port: only its digest is known here, and comparing takes the same time always.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hearth_app::App;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256.
pub(crate) type Digest = [u8; 32];

/// Which key opens the port.
#[derive(Clone, Copy, Debug)]
pub enum KeySource {
    /// The one that this run was started with, as its digest; the stored one is not looked at.
    Given([u8; 32]),
    /// The stored one, read anew for each request, so that a changed key counts at once.
    Stored,
}

impl KeySource {
    /// A key that this run was started with.
    #[must_use]
    pub fn given(key: &str) -> Self {
        Self::Given(digest(key))
    }

    /// The digest of the key; `None` where there is none, or where it cannot be read.
    pub(crate) async fn digest(self, app: &App) -> Option<Digest> {
        match self {
            Self::Given(known) => Some(known),
            Self::Stored => app.port_key_hash().await.unwrap_or_else(|error| {
                tracing::error!(code = error.code().as_str(), "the key of the port is unreadable");
                None
            }),
        }
    }
}

/// The key, if this is it. Without a key nothing is, and that takes the same time.
pub(crate) fn matched(known: Option<Digest>, presented: &str) -> Option<Digest> {
    let equal = digest(presented).ct_eq(&known.unwrap_or_default());
    known.filter(|_| bool::from(equal))
}

/// A name for a key that tells neither the key nor the digest under which it is kept.
pub(crate) fn id(known: Digest) -> String {
    let named = Sha256::new_with_prefix(b"caller").chain_update(known).finalize();
    HEXLOWER.encode(&named[..8])
}

/// The digest under which a secret is kept and compared.
pub(crate) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

/// 256 random bits as text that fits a header, a cookie and the fragment of an address.
pub(crate) fn fresh_secret() -> Option<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(BASE64URL_NOPAD.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_matches_and_without_a_key_nothing_does() {
        let known = Some(digest("secret"));
        assert_eq!(matched(known, "secret"), known);
        assert_eq!((matched(known, "Secret"), matched(known, "")), (None, None));
        assert_eq!((matched(None, ""), matched(None, "secret")), (None, None));
    }

    #[test]
    fn another_key_has_another_id_and_none_shows_its_digest() {
        let known = digest("secret");
        assert_eq!(id(known), id(digest("secret")));
        assert_ne!(id(known), id(digest("another")));
        assert!(!HEXLOWER.encode(&known).contains(&id(known)));
    }

    #[test]
    fn two_secrets_differ_and_need_no_escaping() {
        let (a, b) = (fresh_secret().unwrap(), fresh_secret().unwrap());
        assert_ne!(a, b);
        assert!(
            a.len() == 43 && a.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
        );
    }
}
