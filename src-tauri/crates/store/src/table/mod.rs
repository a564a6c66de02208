//! One file a table: the row, and what [`crate::Reader`] and [`crate::Writer`] can do with it.

mod conversation;
mod job;
mod message;
mod meta;
mod model;
mod persona;
mod setting;

#[cfg(test)]
mod plans;

pub use conversation::ConversationFilter;
pub use job::{Job, JobStatus, NewJob};
pub use message::{EarlierSend, MessageEnd, Origin};
pub use model::StoredModel;
