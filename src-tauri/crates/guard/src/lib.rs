//! Guardrails: what a text holds (attacks, personal data, secrets, abuse), where exactly, and what is
//! to be done about it. Pure functions of the text: no files, no clock, no network, no state, so that
//! chat, port, retrieval, tools and the scorer give the same answer. Who acts on it is `app`.
//!
//! The way of a text: `view` makes readable forms of it (folded, decoded) that know where each letter
//! came from; detectors look at the forms and report `Finding`s in the original; `policy` says what
//! each finding means where the text came from.

mod bits;
mod distance;
pub mod finding;
pub mod grounding;
pub mod head;
pub mod injection;
mod letters;
pub mod lexicon;
mod opening;
pub mod output;
mod pattern;
pub mod pii;
pub mod placeholder;
pub mod policy;
mod prefix;
mod scan;
pub mod secrets;
pub mod stream;
pub mod toxicity;
mod trie;
pub mod view;

pub use finding::{Channel, Finding, Kind, code_points};
pub use policy::{Action, action};
pub use scan::{Detector, Guard, Report};
pub use view::{View, Views};
