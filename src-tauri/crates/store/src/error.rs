//! What can go wrong with the data folder, the key and the database. Messages carry no path, no
//! key and nothing that someone wrote; SQLite's own texts are dropped because they do.

use std::io;

use hearth_domain::ErrorCode;
use rusqlite::ffi;
use thiserror::Error;

use crate::{CodeError, Endpoint, KeySource, PassphraseError};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What failed.
#[derive(Debug, Error)]
pub enum Error {
    /// A newer version of the program made the database; it was not touched.
    #[error("the database has schema {found}, this version knows schemas up to {known}")]
    SchemaNewer {
        /// The schema of the file.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// There is a key, but not of this database; it was not touched.
    #[error("the key does not open the database")]
    KeyWrong,
    /// There is a database, but its key is nowhere; no new key was made.
    #[error("the database exists, but its key is missing")]
    KeyMissing {
        /// Where the key was put, as far as is known.
        kept_in: Option<KeySource>,
    },
    /// The key was put in the keyring, and this system has no keyring now.
    #[error("the key of the database is in a keyring, and there is no keyring now")]
    KeyringGone,
    /// The keyring is locked and nobody unlocked it.
    #[error("the keyring is locked; unlock it and try again{}", file_instead(*database_exists))]
    KeyringLocked {
        /// Whether a database waits for its key; if not, a key file may be chosen instead.
        database_exists: bool,
    },
    /// The keyring is there and does not work.
    #[error("the keyring did not answer; try again{}", file_instead(*database_exists))]
    KeyringFailed {
        /// Whether a database waits for its key; if not, a key file may be chosen instead.
        database_exists: bool,
    },
    /// What the keyring holds under the name of the database is no key.
    #[error("the keyring holds something else under the name of the database")]
    KeyringForeign,
    /// The key file is no key, or others may read it.
    #[error("the key file is not a key, or its mode lets others read it (0600 is asked for)")]
    KeyFileRefused,
    /// The key file cannot be read or written.
    #[error("the key file cannot be read or written")]
    KeyFileUnusable,
    /// A key was written and read back as something else; no database was made with it.
    #[error("the place for the key did not keep it")]
    KeyNotKept,
    /// The database is damaged; it was not touched.
    #[error("the database is damaged: {0}")]
    Corrupt(Damage),
    /// The disk has no room, or does not take writes.
    #[error("the disk is full")]
    DiskFull,
    /// The database, its folder or its disk is read-only.
    #[error("the database cannot be written")]
    ReadOnly,
    /// Another connection holds the database for too long.
    #[error("the database is busy")]
    Busy,
    /// The file is there, but the system does not let us read it.
    #[error("the database cannot be read")]
    Unreadable,
    /// There is no database where one should be opened.
    #[error("there is no database")]
    DatabaseMissing,
    /// There is a database where one should be made.
    #[error("there is a database already")]
    DatabaseExists,
    /// Another process holds the data folder.
    #[error("another process holds the data folder")]
    FolderLocked {
        /// How to talk to it, once it has said so.
        endpoint: Option<Box<Endpoint>>,
    },
    /// The data folder cannot be made, entered or locked.
    #[error("the data folder cannot be used")]
    FolderUnusable(#[source] io::Error),
    /// A file beside the database cannot be read or written.
    #[error("a file of the data folder cannot be read or written")]
    File(#[source] io::Error),
    /// A passphrase was set, and none was given.
    #[error("the data is locked by a passphrase")]
    Locked,
    /// It is not the passphrase, or the lock file is damaged: which of them is not told.
    #[error("the passphrase does not open the data")]
    PassphraseWrong,
    /// The text cannot be a passphrase.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// A passphrase cannot be set or removed: the key comes from outside, or there is one already,
    /// or none.
    #[error("the passphrase cannot be changed so as things are; nothing was changed")]
    LockUnavailable,
    /// The lock file was written and read back as something else; the key stays where it was.
    #[error("the lock file was not kept; nothing was changed")]
    LockNotKept,
    /// The recovery code was not typed as it was shown.
    #[error(transparent)]
    RecoveryCode(#[from] CodeError),
    /// The recovery code is one, but not of this database.
    #[error("the recovery code belongs to another database")]
    RecoveryCodeForeign,
    /// There is no recovery file beside the database.
    #[error("there is no recovery file beside the database")]
    RecoveryFileMissing,
    /// The recovery file is damaged.
    #[error("the recovery file is damaged")]
    RecoveryFileMalformed,
    /// No such conversation, or it was deleted.
    #[error("no such conversation")]
    ConversationNotFound,
    /// No such message.
    #[error("no such message")]
    MessageNotFound,
    /// No such persona.
    #[error("no such persona")]
    PersonaNotFound,
    /// No such folder.
    #[error("no such folder")]
    FolderNotFound,
    /// No such attachment.
    #[error("no such attachment")]
    AttachmentNotFound,
    /// No such collection.
    #[error("no such collection")]
    CollectionNotFound,
    /// No such file of a collection, or no text of it.
    #[error("no such document")]
    DocumentNotFound,
    /// No such saved prompt.
    #[error("no such prompt")]
    PromptNotFound,
    /// No such key of the port.
    #[error("no such key of the port")]
    PortKeyNotFound,
    /// No such webhook, or no such message to one.
    #[error("no such webhook")]
    WebhookNotFound,
    /// The message is being written.
    #[error("the message is still being written")]
    MessageStreaming,
    /// Another one has this name.
    #[error("the name is taken; nothing was changed")]
    NameTaken,
    /// No such model.
    #[error("no such model")]
    ModelNotFound,
    /// No such job.
    #[error("no such job")]
    JobNotFound,
    /// A row with this name is there already, or it refers to one that is not.
    #[error("the row contradicts one that is there")]
    Conflict,
    /// A row holds what this program cannot read.
    #[error("a row of the database cannot be read")]
    RowMalformed,
    /// A number is larger than the database can hold.
    #[error("a number is too large for the database")]
    NumberTooLarge,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Randomness,
    /// SQLite refused a statement.
    #[error("SQLite failed with code {code}")]
    Sqlite {
        /// The extended result code.
        code: i32,
    },
}

/// How a database is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The file is too short to be a database.
    #[error("the file is cut short")]
    Truncated,
    /// The first page does not fit the key, although the key is the right one.
    #[error("its first page is not what was written")]
    FirstPage,
    /// A page is not what was written.
    #[error("a page is not what was written")]
    Page,
    /// The pages are sound, but do not make a database.
    #[error("its structure is broken")]
    Structure,
    /// Rows refer to rows that are not there.
    #[error("rows refer to rows that are not there")]
    References,
    /// It is a database of something else.
    #[error("it was not made by Hearth")]
    Foreign,
}

impl Error {
    /// What it is for programs.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::SchemaNewer { .. } => ErrorCode::DatabaseNewer,
            Self::KeyWrong => ErrorCode::DatabaseKeyWrong,
            Self::KeyMissing { .. }
            | Self::KeyFileRefused
            | Self::KeyFileUnusable
            | Self::KeyNotKept
            | Self::KeyringForeign => ErrorCode::DatabaseKeyMissing,
            Self::KeyringLocked { database_exists: false }
            | Self::KeyringFailed { database_exists: false } => ErrorCode::KeyringChoice,
            Self::KeyringGone | Self::KeyringLocked { .. } | Self::KeyringFailed { .. } => {
                ErrorCode::KeyringUnavailable
            }
            Self::Corrupt(_) | Self::RowMalformed => ErrorCode::DatabaseCorrupt,
            Self::DiskFull => ErrorCode::DiskFull,
            Self::ReadOnly | Self::Busy | Self::Unreadable => ErrorCode::DatabaseUnavailable,
            Self::FolderLocked { .. } => ErrorCode::DataFolderLocked,
            Self::FolderUnusable(_) | Self::File(_) => ErrorCode::DataFolderUnusable,
            Self::RecoveryCode(_)
            | Self::RecoveryCodeForeign
            | Self::RecoveryFileMissing
            | Self::RecoveryFileMalformed => ErrorCode::RecoveryCodeWrong,
            Self::ConversationNotFound => ErrorCode::ConversationNotFound,
            Self::MessageNotFound => ErrorCode::MessageNotFound,
            Self::PersonaNotFound => ErrorCode::PersonaNotFound,
            Self::FolderNotFound => ErrorCode::FolderNotFound,
            Self::AttachmentNotFound => ErrorCode::AttachmentNotFound,
            Self::CollectionNotFound => ErrorCode::CollectionNotFound,
            Self::DocumentNotFound => ErrorCode::DocumentNotFound,
            Self::PromptNotFound => ErrorCode::PromptNotFound,
            Self::PortKeyNotFound => ErrorCode::PortKeyNotFound,
            Self::WebhookNotFound => ErrorCode::WebhookNotFound,
            Self::MessageStreaming => ErrorCode::GenerationRunning,
            Self::NameTaken => ErrorCode::NameTaken,
            Self::ModelNotFound => ErrorCode::ModelNotFound,
            Self::Locked => ErrorCode::Locked,
            Self::PassphraseWrong => ErrorCode::PassphraseWrong,
            Self::LockNotKept => ErrorCode::DataFolderUnusable,
            Self::Conflict | Self::NumberTooLarge | Self::Passphrase(_) | Self::LockUnavailable => {
                ErrorCode::InvalidRequest
            }
            Self::DatabaseMissing
            | Self::DatabaseExists
            | Self::JobNotFound
            | Self::Randomness
            | Self::Sqlite { .. } => ErrorCode::Internal,
        }
    }
}

/// The other way on, where no key was made yet.
fn file_instead(database_exists: bool) -> &'static str {
    if database_exists { "" } else { ", or name a file for the key in HEARTH_DB_KEY_FILE" }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::SqliteFailure(failure, _) => from_sqlite(failure),
            E::SqlInputError { error, msg, .. } => {
                // Our own SQL is wrong; its text holds no value, values are bound.
                tracing::error!(message = msg, "a statement is malformed");
                Self::Sqlite { code: error.extended_code }
            }
            E::QueryReturnedNoRows
            | E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::Utf8Error(..)
            | E::InvalidColumnType(..) => Self::RowMalformed,
            E::InvalidPath(_) | E::NulError(_) => Self::Unreadable,
            _ => Self::Sqlite { code: ffi::SQLITE_MISUSE },
        }
    }
}

fn from_sqlite(failure: ffi::Error) -> Error {
    use rusqlite::ErrorCode as C;
    match failure.code {
        C::DiskFull => Error::DiskFull,
        C::SystemIoFailure if is_write(failure.extended_code) => Error::DiskFull,
        C::ReadOnly => Error::ReadOnly,
        C::SystemIoFailure | C::PermissionDenied | C::CannotOpen => Error::Unreadable,
        C::DatabaseBusy | C::DatabaseLocked => Error::Busy,
        C::NotADatabase => Error::Corrupt(Damage::FirstPage),
        C::DatabaseCorrupt => Error::Corrupt(Damage::Page),
        C::ConstraintViolation => Error::Conflict,
        _ => Error::Sqlite { code: failure.extended_code },
    }
}

/// A disk that is full shows itself in the write-ahead log's index as a failed `ftruncate`, under
/// a quota or a size limit as a failed write.
fn is_write(extended: i32) -> bool {
    matches!(
        extended,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE
    )
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull,
            _ => Self::File(error),
        }
    }
}
