//! A passphrase as it is used: normalised once, so that every keyboard and every system gives the
//! same bytes for the same words. It prints nothing and is wiped at its end.

use std::fmt;

use hearth_domain::Secret;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Bytes that are taken at all; a passphrase of words has a tenth of it.
const LONGEST: usize = 1024;

/// What a person set to open the data with.
///
/// The text is brought to NFKC, as NIST SP 800-63B advises: an accent that was typed in two ways
/// and full-width letters of an input method are the same passphrase. Nothing is trimmed.
#[derive(Clone)]
pub struct Passphrase(Secret<String>);

/// Why a text cannot be a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PassphraseError {
    /// There is nothing in it.
    #[error("the passphrase is empty; nothing was changed")]
    Empty,
    /// It is longer than what is taken.
    #[error("the passphrase has more than {LONGEST} bytes; nothing was changed")]
    TooLong,
}

impl Passphrase {
    /// Takes what was typed.
    ///
    /// # Errors
    /// [`PassphraseError`] where it is empty or too long.
    pub fn new(typed: &Secret<String>) -> Result<Self, PassphraseError> {
        let typed = typed.expose();
        if typed.is_empty() {
            return Err(PassphraseError::Empty);
        }
        if typed.len() > LONGEST {
            return Err(PassphraseError::TooLong);
        }
        // Room for the longest form, so that growing leaves no copy behind.
        let mut text = String::with_capacity(typed.len() * 11);
        text.extend(typed.nfkc());
        Ok(Self(Secret::new(text)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(text: &str) -> Result<Vec<u8>, PassphraseError> {
        Passphrase::new(&Secret::new(text.to_owned())).map(|taken| taken.bytes().to_vec())
    }

    #[test]
    fn two_ways_to_type_the_same_words_are_the_same_passphrase() {
        assert_eq!(taken("cafe\u{301}"), taken("caf\u{e9}"));
        assert_eq!(taken("ｈｅａｒｔｈ\u{3000}１"), taken("hearth 1"));
        assert_ne!(taken("Hearth"), taken("hearth"));
        assert_ne!(taken(" hearth"), taken("hearth"), "nothing is trimmed");
    }

    #[test]
    fn an_empty_and_an_endless_text_are_refused() {
        assert_eq!(taken(""), Err(PassphraseError::Empty));
        assert_eq!(taken(&"x".repeat(LONGEST + 1)), Err(PassphraseError::TooLong));
        assert!(taken(&"x".repeat(LONGEST)).is_ok());
    }

    #[test]
    fn it_does_not_print_itself() {
        let passphrase = Passphrase::new(&Secret::new("canary".to_owned())).unwrap();
        assert_eq!(format!("{passphrase:?}"), "Passphrase(…)");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_and_never_grows_past_its_room(text in ".{1,200}") {
            if let Ok(once) = taken(&text) {
                prop_assert!(once.len() <= text.len() * 11);
                let again = taken(std::str::from_utf8(&once).unwrap());
                prop_assert!(again == Ok(once.clone()) || once.len() > LONGEST);
            }
        }
    }
}
