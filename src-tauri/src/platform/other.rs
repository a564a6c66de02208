//! macOS and Windows, where Tauri does what is needed by itself.

use hearth_api::{ApiError, Result};
use tauri::{AppHandle, WebviewWindow};

use super::NoDisplay;

/// Nothing to choose: the system's web view paints as it should.
pub(crate) fn prepare_graphics() {}

/// There always is a display.
pub(crate) fn check_display() -> std::result::Result<(), NoDisplay> {
    Ok(())
}

/// The window finds out by itself.
pub(crate) fn prefers_dark() -> bool {
    false
}

/// Shows the window with the keyboard in it.
pub(crate) fn present(window: &WebviewWindow) {
    // Neither failing leaves anything to do: the window is where the system wants it.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// The web view's own clipboard is used here.
pub(crate) fn copy_text(_app: &AppHandle, _text: &str) -> Result<()> {
    Err(ApiError::desktop_only())
}
