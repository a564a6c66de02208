//! The ways in which a file can fail to become text. Each is one code, and each code tells the person
//! what to do next (the interface has the words).

use hearth_domain::ErrorCode;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why there is no text. Never says anything about the content or the place of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nothing is in the file.
    #[error("the file is empty")]
    Empty,
    /// Pages, but pictures only, or letters of which the file does not say what they mean. Recognising
    /// the text of the picture of each page helps with both.
    #[error("the file has no text that can be read")]
    NoText,
    /// Encrypted; no password was given.
    #[error("the file needs a password")]
    PasswordNeeded,
    /// Encrypted; the password that was given does not open it.
    #[error("the password does not open the file")]
    PasswordWrong,
    /// Cut short, contradicting itself, or every reader failed on it.
    #[error("the file is damaged")]
    Broken,
    /// The name says one format and the content is another, so that nobody knows what was meant.
    #[error("the file is not what its name says")]
    Mislabelled,
    /// Larger than what is read, itself or unpacked.
    #[error("the file is too big")]
    TooBig,
    /// Reading it took more memory or time than a file may cost.
    #[error("reading the file costs too much")]
    TooCostly,
    /// A program, a picture, an archive, or a format that there is no reader for.
    #[error("files of this kind cannot be read")]
    Unsupported,
    /// The file cannot be opened, or changed or vanished while it was read.
    #[error("the file cannot be opened")]
    Unreadable,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 10] = [
        Self::Empty,
        Self::NoText,
        Self::PasswordNeeded,
        Self::PasswordWrong,
        Self::Broken,
        Self::Mislabelled,
        Self::TooBig,
        Self::TooCostly,
        Self::Unsupported,
        Self::Unreadable,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Empty => ErrorCode::DocumentEmpty,
            Self::NoText => ErrorCode::DocumentNoText,
            Self::PasswordNeeded => ErrorCode::DocumentPassword,
            Self::PasswordWrong => ErrorCode::DocumentPasswordWrong,
            Self::Broken => ErrorCode::DocumentBroken,
            Self::Mislabelled => ErrorCode::DocumentMislabelled,
            Self::TooBig => ErrorCode::DocumentTooBig,
            Self::TooCostly => ErrorCode::DocumentTooCostly,
            Self::Unsupported => ErrorCode::DocumentUnsupported,
            Self::Unreadable => ErrorCode::DocumentUnreadable,
        }
    }

    /// The status on the command line, one of six words.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Self::Empty | Self::NoText => "no-text",
            Self::PasswordNeeded | Self::PasswordWrong => "password",
            Self::Broken | Self::Mislabelled | Self::Unreadable => "broken",
            Self::TooBig | Self::TooCostly => "too-big",
            Self::Unsupported => "unsupported",
        }
    }

    /// Whether reading it again, unchanged, may end otherwise.
    #[must_use]
    pub fn worth_retrying(self) -> bool {
        matches!(self, Self::TooCostly | Self::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_code_of_its_own() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|it| it.code().as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }
}
