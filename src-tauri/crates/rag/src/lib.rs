//! Documents: reading files into text, cutting text into passages, making them findable, finding and
//! citing them. Not here: where they are kept (`store`) and when they are read (`app`).
//!
//! The way of a file: `worker` has it read by a child process under limits, `extract` is what runs in
//! that child, and `document` is the form in which the text comes back, with pages, blocks and boxes.

pub mod chunk;
pub mod document;
pub mod embed;
pub mod extract;
pub mod index;
pub mod retrieve;
pub mod terms;
pub mod worker;
