//! What runs in the child process: telling what a file is, and reading it. Pure functions of bytes; the
//! limits of the process are set in `worker`. Not here: cutting the text into passages.

pub mod refusal;

pub use refusal::Refusal;
