//! Development only: files and fixtures that tests of more than one crate need. What is not here:
//! tests, and anything that a program ships.

pub mod documents;
pub mod gguf;

mod bundled;

pub use bundled::bundled_model;
