//! Tiny GGUF files made on the spot: sound ones that load in a millisecond and say what a test wants,
//! and one for each way in which a file can lie. What is not here: reading.

mod corrupt;
mod file;
mod kinds;
mod tiny;
mod vocabulary;
mod weights;

pub use corrupt::{Case, cases, ends_the_process, no_numbers};
pub use file::{Gguf, Tensor, Value};
pub use kinds::Kind;
pub use tiny::TinyModel;
