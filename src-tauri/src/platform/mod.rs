//! What differs between systems. Everything else of the shell is the same everywhere.

use std::{fs::File, net::TcpListener};

use thiserror::Error;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    Grab, HOLDS_KEYS, check_display, conceal, copy_text, follow_system, hold_keys, keys_problem,
    notify, on_web_process_end, opened, pass_keys, prefers_dark, prepare_graphics, present,
    program, put, quoted, resize, round, sees_through, take_text, with_system, without_storage,
};
#[cfg(target_os = "linux")]
pub(crate) use linux::{login_entry, login_entry_is_old, remove_login_entry, write_login_entry};

#[cfg(target_os = "linux")]
pub(crate) use linux::{follow_panel, languages, panel_is_dark, tray_host};

#[cfg(target_os = "linux")]
pub(crate) use linux::{left, start_again};

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{
    Grab, HOLDS_KEYS, check_display, conceal, copy_text, follow_system, hold_keys, keys_problem,
    notify, on_web_process_end, opened, pass_keys, prefers_dark, prepare_graphics, present,
    program, put, quoted, resize, round, sees_through, take_text, with_system, without_storage,
};
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{login_entry, login_entry_is_old, remove_login_entry, write_login_entry};

#[cfg(not(target_os = "linux"))]
pub(crate) use other::{follow_panel, languages, panel_is_dark, tray_host};

#[cfg(not(target_os = "linux"))]
pub(crate) use other::{left, start_again};

/// What a program that starts itself again leaves to itself.
pub(crate) struct Left {
    /// The lock of the data folder, held all the time.
    pub(crate) lock: File,
    /// The socket of the port, where it was open.
    pub(crate) listener: Option<TcpListener>,
}

/// The system gives icons of the tray their colour, so that they are only shapes.
pub(crate) const COLOURS_ICONS: bool = cfg!(target_os = "macos");
/// The tray shows the name of a program beside what it says.
pub(crate) const TITLES_ICONS: bool = cfg!(target_os = "linux");
/// The side of an icon in the tray, in pixels of a screen that is not magnified.
pub(crate) const ICON_SIDE: f64 = if cfg!(windows) { 16.0 } else { 22.0 };

/// What the user interface may offer on this system.
pub(crate) const CAPABILITIES: &[&str] = if cfg!(target_os = "linux") {
    &["window", "pick_file", "pick_import", "save_text", "clipboard", "take_text"]
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
