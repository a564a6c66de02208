//! Start on login on macOS (a launch agent) and Windows (the Run key of the user). What an entry
//! starts cannot be read back there; a start of the program therefore writes it anew.

use std::io;

use auto_launch::{AutoLaunch, AutoLaunchBuilder, MacOSLaunchMode, WindowsEnableMode};
use hearth_api::Autostart;

use crate::autostart;

/// The name of the entry.
const NAME: &str = "Hearth";

/// What the system has.
pub(crate) fn login_entry(words: &[String]) -> Autostart {
    let enabled = launcher(words).and_then(|launcher| launcher.is_enabled().map_err(failed));
    enabled.map_or_else(
        |_| Autostart::default(),
        |enabled| Autostart { available: true, enabled, stale: false },
    )
}

/// Whether the entry is to be written anew: it may name where the program was once. What data it
/// opens is not known, so a run on other data than the usual leaves it alone.
pub(crate) fn login_entry_is_old(words: &[String]) -> bool {
    autostart::data_dir(words).is_none() && login_entry(words).enabled
}

/// Writes the entry.
///
/// # Errors
/// Where the system refuses it.
pub(crate) fn write_login_entry(words: &[String]) -> io::Result<()> {
    launcher(words)?.enable().map_err(failed)
}

/// Removes the entry.
///
/// # Errors
/// Where the system refuses it.
pub(crate) fn remove_login_entry(words: &[String]) -> io::Result<()> {
    launcher(words)?.disable().map_err(failed)
}

fn launcher(words: &[String]) -> io::Result<AutoLaunch> {
    let [program, arguments @ ..] = words else { return Err(io::ErrorKind::InvalidInput.into()) };
    // Windows reads one line, macOS a list; only the line needs marks around a path.
    let mark = |word: &String| if cfg!(windows) { format!("\"{word}\"") } else { word.clone() };
    let mut builder = AutoLaunchBuilder::new();
    builder
        .set_app_name(NAME)
        .set_app_path(&mark(program))
        .set_args(&arguments.iter().map(mark).collect::<Vec<_>>())
        .set_macos_launch_mode(MacOSLaunchMode::LaunchAgent)
        .set_bundle_identifiers(&["app.hearth"])
        .set_windows_enable_mode(WindowsEnableMode::CurrentUser);
    builder.build().map_err(failed)
}

fn failed(error: auto_launch::Error) -> io::Error {
    io::Error::other(error)
}
