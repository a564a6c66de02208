//! The log: to standard error, never what is asked or answered.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::args::Level;

/// Starts the log. Other people's crates may write parts of requests below `warn`, so the level
/// asked for counts for our own alone. What llama.cpp says of a fault stands in our own error.
pub(crate) fn start(level: Level) {
    let directives = match level {
        Level::Off => "off",
        Level::Error => "error,llama=off",
        Level::Warn => "warn,llama=off",
        Level::Info => "warn,hearth=info,llama=off",
        Level::Debug => "warn,hearth=debug,llama=debug",
        Level::Trace => "warn,hearth=trace,llama=trace",
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives))
        .with_writer(io::stderr)
        .with_ansi(false)
        .finish();
    // A second start can only come from a test in the same process; the first one counts.
    let _ = tracing::subscriber::set_global_default(log);
}
