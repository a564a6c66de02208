//! What a model writes and nobody should see as it is: thoughts in tags, marks of the template,
//! endless repetition, and Markdown that would act. The parts take one letter at a time, so that it
//! makes no difference how a text was cut; `stream` puts them together.

pub(crate) mod code;
mod html;
mod links;
pub(crate) mod markup;
pub(crate) mod repetition;

pub use html::html;
pub use links::{Link, link};
