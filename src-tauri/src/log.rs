//! Where log lines go: to standard error, which the system's journal keeps. They hold no paths, no
//! prompts and no content.

use std::io;

use tracing_subscriber::EnvFilter;

/// The variable that says how much is logged, as for the command line.
const VARIABLE: &str = "HEARTH_LOG";
/// Unless it says otherwise: what people should know of ours, only faults of others.
const USUAL: &str = "error,hearth=warn,llama=off";

/// Starts logging.
pub(crate) fn start() {
    let wanted = std::env::var(VARIABLE).unwrap_or_else(|_| USUAL.to_owned());
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new(USUAL));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // A second subscriber could only come from a test.
    let _ = lines.try_init();
}
