//! The key that a run of the program was started with: only its digest is known here, and comparing
//! takes the same time always. The keys of the database are the business of `app`.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use hearth_app::Grant;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256.
pub(crate) type Digest = [u8; 32];

/// A key that this run was started with. It opens the port beside those of the database.
#[derive(Clone)]
pub struct GivenKey {
    digest: Digest,
    grant: Arc<Grant>,
}

impl GivenKey {
    /// The key; it opens everything but what is for an administrator.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { digest: digest(key), grant: Arc::new(Grant::given()) }
    }

    /// What a program may do that shows this.
    pub(crate) fn grant(&self, shown: &str) -> Option<Arc<Grant>> {
        bool::from(digest(shown).ct_eq(&self.digest)).then(|| Arc::clone(&self.grant))
    }
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
    fn only_the_key_itself_matches() {
        let given = GivenKey::new("secret");
        assert!(given.grant("secret").is_some());
        assert!(given.grant("Secret").is_none() && given.grant("").is_none());
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
