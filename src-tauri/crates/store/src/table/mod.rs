//! One file a table: the row, and what [`crate::Reader`] and [`crate::Writer`] can do with it.

mod attachment;
mod audit;
mod citation;
mod collection;
mod conversation;
mod deletion;
mod draft;
mod erase;
mod file;
mod file_list;
mod file_queue;
mod folder;
mod guard;
mod job;
mod list;
mod message;
mod meta;
mod model;
mod outline;
mod passage;
mod persona;
mod portable;
mod prompt;
mod quick;
mod search;
mod setting;
mod state;
mod thread;
mod vector;
mod verdict;

#[cfg(test)]
mod plans;

pub use audit::{AuditKey, AuditState, NewAuditEntry};
pub use citation::StoredCitation;
pub use deletion::MessageDeletion;
pub use draft::{StoredDraft, StoredQuestion};
pub use file::{KnownFile, NewFile, StoredFile};
pub use file_list::FileFilter;
pub use file_queue::Searchable;
pub use job::{Job, JobStatus, NewJob};
pub use list::ConversationFilter;
pub use message::{EarlierSend, MessageEnd, Origin};
pub use model::StoredModel;
pub use outline::MessageOutline;
pub use passage::{ChunkChange, ChunkContent, ChunkPlace, ChunkRow, NewChunk};
pub use portable::Presence;
pub use quick::StoredQuick;
pub(crate) use search::register;
pub use search::{Found, FoundMessage};
pub use state::StateName;
pub(crate) use state::{StateKey, StoredState};
pub use thread::ThreadEnd;
pub use vector::{VectorRow, VectorSpace};
pub use verdict::{StoredSpeed, StoredVerdict};
