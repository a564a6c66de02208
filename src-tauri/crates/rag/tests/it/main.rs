//! Reading documents, on files that the tests make.

mod embedder;
mod fixtures;
mod hostile;
mod office;
mod pdf;
mod worker;
