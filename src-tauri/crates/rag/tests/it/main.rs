//! Reading documents, on files that the tests make.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod embedder;
mod fixtures;
mod hostile;
mod office;
mod pages;
mod pdf;
mod worker;
