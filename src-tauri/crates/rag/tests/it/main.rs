//! Reading documents, on files that the tests make.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod embedder;
mod fixtures;
mod garbled;
mod hostile;
mod locked;
mod office;
mod pages;
mod pdf;
mod worker;
