//! What differs between systems. Everything else of the shell is the same everywhere.

use thiserror::Error;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{check_display, copy_text, prefers_dark, prepare_graphics, present};

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{check_display, copy_text, prefers_dark, prepare_graphics, present};

/// What the user interface may offer on this system.
pub(crate) const CAPABILITIES: &[&str] = if cfg!(target_os = "linux") {
    &["window", "pick_file", "pick_import", "save_text", "clipboard"]
} else {
    &["window", "pick_file", "pick_import", "save_text"]
};

/// There is no screen to open a window on.
#[derive(Debug, Error)]
#[error(
    "there is no display, so no window can be opened; \
     `hearth serve --ui` gives the same in a browser, `hearth chat` in the terminal"
)]
pub(crate) struct NoDisplay;
