//! Reading documents, on files that the tests make.

mod fixtures;
mod hostile;
mod office;
mod pdf;
mod worker;
