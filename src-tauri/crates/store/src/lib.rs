//! The encrypted database of Hearth and everything that guards it: the data folder's lock, the
//! key and where it is kept, the recovery code, migrations, one file a table.
//!
//! Everything here blocks and is called from a blocking thread. It does not know the keyring of a
//! system (that is a [`hearth_domain::SecretStore`] which the caller hands in), does not read the
//! clock, and never logs a path, a key or what someone wrote.

mod columns;
mod damage;
mod db;
mod error;
mod files;
mod folder;
mod key;
mod lock;
mod lock_file;
mod migrate;
mod passphrase;
mod places;
mod recovery;
mod register;
mod states;
mod table;
mod vault;

pub use damage::Verification;
pub use db::{Db, Reader, Writer};
pub use error::{Damage, Error, Result};
pub use folder::{DataFolder, Endpoint, FolderSizes};
pub use key::DatabaseKey;
pub use passphrase::{Passphrase, PassphraseError};
pub use places::{KeyChoice, KeyNotice, KeyPlaces, KeySource};
pub use recovery::{CodeError, RecoveryCode};
pub use states::StateFiles;
pub use table::{
    Attempt, AuditKey, AuditState, ChunkChange, ChunkContent, ChunkPlace, ChunkRow,
    ConversationFilter, DueDelivery, EarlierSend, FileFilter, Found, FoundMessage, Job, JobStatus,
    KnownFile, MessageDeletion, MessageEnd, MessageOutline, NewAuditEntry, NewChunk, NewFile,
    NewJob, Origin, PortKeyHash, PortKeySeal, Presence, Searchable, StateName, StoredCitation,
    StoredDraft, StoredFile, StoredModel, StoredPortKey, StoredQuestion, StoredQuick, StoredSpeed,
    StoredVerdict, ThreadEnd, VectorRow, VectorSpace,
};
pub use vault::{Opened, Vault};
