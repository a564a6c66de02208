//! Reading files in a child process, the same program under a hidden first argument: a file that
//! overflows the stack, fills the memory or never ends costs one child, not the program. The child
//! gets bytes and gives text; it opens no file, no connection, and writes nothing. It lives on from file
//! to file. What reading means is in `extract`.

mod child;
mod frame;
mod limits;
mod parent;
mod source;

pub use child::worker_main;
pub use limits::Limits;
pub use parent::Worker;
pub use source::Source;

/// The hidden first argument with which a program of ours becomes the worker; it then calls
/// [`worker_main`] and ends.
pub const WORKER_ARGUMENT: &str = "__read-documents";
