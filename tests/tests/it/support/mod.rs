//! What the tests of the whole program share: places, processes, a display, and clients of the
//! port and of the two browser drivers. Nothing here knows a crate of Hearth from the inside.

pub(crate) mod desk;
pub(crate) mod dice;
pub(crate) mod disk;
pub(crate) mod holder;
pub(crate) mod home;
pub(crate) mod http;
pub(crate) mod login;
pub(crate) mod look;
pub(crate) mod memory;
pub(crate) mod node;
pub(crate) mod notices;
pub(crate) mod page;
pub(crate) mod picture;
pub(crate) mod process;
pub(crate) mod python;
pub(crate) mod samples;
pub(crate) mod serve;
pub(crate) mod session;
pub(crate) mod sni;
pub(crate) mod sse;
pub(crate) mod tools;
pub(crate) mod trap;
pub(crate) mod ui;
pub(crate) mod wait;
pub(crate) mod webdriver;

pub(crate) use home::Home;
pub(crate) use serve::Serve;
pub(crate) use session::Session;

/// The question that every way in must answer.
pub(crate) const QUESTION: &str = "What is the capital of France?";
/// What the answer must contain.
pub(crate) const ANSWER: &str = "Paris";
