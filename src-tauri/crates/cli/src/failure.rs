//! Why a command was not done, for programs (a code) and for people (what happened, what was kept,
//! what to do).

use std::{io, process::ExitCode};

use hearth_api::ApiError;
use hearth_domain::ErrorCode;
use thiserror::Error;

/// Interrupted, as shells count it.
const INTERRUPTED: u8 = 130;

#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("{}", .0.message)]
    Refused(ApiError),
    #[error(transparent)]
    Server(#[from] hearth_server::Error),
    #[error("standard output was closed")]
    OutputClosed(#[source] io::Error),
    #[error("standard input cannot be read; nothing was asked")]
    InputUnreadable(#[source] io::Error),
    #[error("standard input is not text in UTF-8; nothing was asked")]
    InputNotText,
    #[error("standard input is larger than what one question may have; nothing was asked")]
    InputTooLarge,
    #[error("the prompt cannot be shown on this terminal")]
    Prompt(#[source] rustyline::error::ReadlineError),
    #[error("the file with the key cannot be read; nothing was opened")]
    KeyFile(#[source] io::Error),
    #[error("the file with the passphrase cannot be read; nothing was opened")]
    PassphraseFile(#[source] io::Error),
    #[error("the key must have 16 to 512 printable characters without spaces; nothing was opened")]
    KeyShape,
    #[error("the file is not there or cannot be read; nothing was changed")]
    FileMissing(#[source] io::Error),
    #[error("the file is not there or cannot be read; nothing was taken in")]
    FileNotRead(#[source] io::Error),
    #[error("a file to attach is not there or cannot be read; nothing was asked")]
    AttachUnreadable(#[source] io::Error),
    #[error("a file to attach is larger than 32 MiB; nothing was asked")]
    AttachTooLarge,
    #[error("the file cannot be written there; nothing was saved")]
    FileNotWritten(#[source] io::Error),
    #[error("the text is not there or cannot be read; nothing was scanned")]
    ScanUnreadable(#[source] io::Error),
    #[error("the text is not in UTF-8; nothing was scanned")]
    ScanNotText,
    #[error("the text is larger than what is scanned in one go; it was not cleared")]
    ScanTooLarge,
    #[error("line {0} is not a row with an id and a text; nothing was written")]
    RowInvalid(usize),
    #[error("a detector failed; the text was not cleared")]
    DetectorFailed,
    #[error("the answer broke off; what was written before it is kept")]
    BrokeOff,
    #[error("Hearth does not run with this data folder, or does not answer")]
    NotRunning,
    #[error("the data is damaged; nothing was changed")]
    Damaged,
    #[error("{0} of the model files are missing or not what they should be")]
    ModelsDamaged(usize),
    #[error("{1} of the checks failed; nothing was changed")]
    ChecksFailed(ErrorCode, usize),
    #[error("interrupted; what was written so far is kept")]
    Interrupted,
    #[error("a result has no JSON form")]
    NoJson(#[source] serde_json::Error),
    #[error("the program cannot start its threads")]
    Runtime(#[source] io::Error),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<hearth_app::Error> for Failure {
    fn from(error: hearth_app::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl Failure {
    /// The stable code.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(error) => error.code,
            Self::ChecksFailed(code, _) => *code,
            Self::Server(error) => error.code(),
            Self::InputUnreadable(_) | Self::InputNotText | Self::KeyShape => {
                ErrorCode::InvalidRequest
            }
            Self::KeyFile(_) | Self::PassphraseFile(_) => ErrorCode::InvalidRequest,
            Self::ScanUnreadable(_) | Self::ScanNotText | Self::RowInvalid(_) => {
                ErrorCode::InvalidRequest
            }
            Self::InputTooLarge | Self::ScanTooLarge => ErrorCode::TextTooLarge,
            Self::FileMissing(_) => ErrorCode::ModelFileMissing,
            Self::FileNotRead(_) => ErrorCode::ImportUnreadable,
            Self::AttachUnreadable(_) => ErrorCode::DocumentUnreadable,
            Self::AttachTooLarge => ErrorCode::DocumentTooBig,
            Self::FileNotWritten(_) => ErrorCode::FileUnwritable,
            Self::Damaged => ErrorCode::DatabaseCorrupt,
            Self::ModelsDamaged(_) => ErrorCode::ModelFileInvalid,
            Self::OutputClosed(_) | Self::Interrupted => ErrorCode::Cancelled,
            Self::BrokeOff | Self::NotRunning => ErrorCode::ShuttingDown,
            Self::DetectorFailed | Self::NoJson(_) | Self::Runtime(_) | Self::Prompt(_) => {
                ErrorCode::Internal
            }
        }
    }

    /// What the program ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Interrupted => ExitCode::from(INTERRUPTED),
            _ => ExitCode::FAILURE,
        }
    }

    /// A sentence, and what to do where there is something to do.
    pub(crate) fn for_people(&self) -> String {
        let what = format!("hearth: {self}.");
        match advice(self.code()) {
            Some(advice) => format!("{what}\n{advice}"),
            None => what,
        }
    }
}

/// What a person can do about it.
fn advice(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::EmptyPrompt => {
            "Write a question: hearth chat \"What is the capital of France?\""
        }
        ErrorCode::PromptTooLong => "Shorten the question, or use a model with a larger context.",
        ErrorCode::ModelNotFound => "`hearth models` lists the models there are.",
        ErrorCode::ModelFileMissing => "Check the path, or add the file: hearth models add PATH",
        ErrorCode::ModelNotReady => "`hearth doctor` says which model is missing.",
        ErrorCode::WebhookAddress => {
            "Add --local for a place on this computer or in its network, or for another port."
        }
        ErrorCode::PortUnavailable => "Choose another port, or 0 for any free one.",
        ErrorCode::DataFolderLocked => {
            "Another Hearth holds the data folder. Wait for it to end, or name another folder with \
             --data-dir."
        }
        ErrorCode::DatabaseKeyMissing | ErrorCode::DatabaseKeyWrong => {
            "The data was left untouched. Unlock the keyring, name the key file with \
             HEARTH_DB_KEY_FILE, or type the recovery code: hearth recover"
        }
        ErrorCode::Locked => {
            "Unlock it in the window of Hearth, or give the passphrase: --passphrase-file FILE"
        }
        ErrorCode::PassphraseWrong => {
            "The data was left untouched. The recovery code opens it too: hearth recover"
        }
        ErrorCode::DatabaseNewer => "Use the newer version of Hearth that made the data.",
        ErrorCode::DatabaseCorrupt => "Keep a copy of the data folder before anything else.",
        ErrorCode::DiskFull => "Free some space; what was saved before stays readable.",
        ErrorCode::OutOfMemory => "Close other programs, or use a smaller model.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_what_to_do_and_programs_get_a_code() {
        let failure = Failure::Refused(ApiError::new(ErrorCode::EmptyPrompt, "it is empty"));
        assert_eq!(failure.code(), ErrorCode::EmptyPrompt);
        assert!(failure.for_people().starts_with("hearth: it is empty.\nWrite a question"));
    }
}
