//! macOS and Windows, where Tauri does what is needed by itself.

mod again;
mod grab;
mod login;

use std::path::PathBuf;

use hearth_api::{ApiError, Result, ShortcutProblem, TextSource};
use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager, WebviewWindow, WebviewWindowBuilder, Wry,
};

pub(crate) use self::again::{left, start_again};
pub(crate) use self::grab::Grab;
pub(crate) use self::login::{
    login_entry, login_entry_is_old, remove_login_entry, write_login_entry,
};
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

/// Windows without a frame are rounded by the system.
pub(crate) fn sees_through() -> bool {
    false
}

/// See [`sees_through`].
pub(crate) fn round(_window: &WebviewWindow, _radius: i32) {}

/// Gives a window its size.
pub(crate) fn resize(window: &WebviewWindow, size: LogicalSize<f64>) {
    let _ = window.set_size(size);
}

/// Puts a window somewhere.
pub(crate) fn put(window: &WebviewWindow, place: LogicalPosition<f64>) {
    let _ = window.set_position(place);
}

/// A page that is not there yet would lose what is typed, so its window is not seen before it.
pub(crate) const HOLDS_KEYS: bool = false;

/// Nothing is held back here.
pub(crate) fn hold_keys(_window: &WebviewWindow) {}

/// Nothing was held back.
pub(crate) fn pass_keys() {}

/// Takes a window off the screen.
pub(crate) fn conceal(window: &WebviewWindow) {
    let _ = window.hide();
}

/// Keys can be had on these systems.
pub(crate) fn keys_problem() -> Option<ShortcutProblem> {
    None
}

/// The program itself.
pub(crate) fn program() -> Option<PathBuf> {
    None
}

/// A word as a shortcut's command line reads it.
pub(crate) fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() }
}

/// The web view's own clipboard is used here, and there is no selection to read.
pub(crate) async fn take_text(_app: &AppHandle, _source: TextSource) -> Result<Option<String>> {
    Err(ApiError::desktop_only())
}

/// The system's web view tells it to the builder, see [`with_system`], or mends it by itself.
pub(crate) fn on_web_process_end(_window: &WebviewWindow, _ended: impl Fn() + Send + 'static) {}

/// What the builder has to know on this system.
pub(crate) fn with_system(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|page| {
        crate::web_process::ended_soon(tauri::Manager::app_handle(page));
    });
    builder
}

/// Shows a sentence. What a click on it does is the system's business.
pub(crate) fn notify(
    text: String,
    _clicked: impl FnOnce() + Send + 'static,
    failed: impl FnOnce(&dyn std::fmt::Display) + Send + 'static,
) {
    std::thread::spawn(move || {
        let mut notice = notify_rust::Notification::new();
        if let Err(error) = notice.appname("Hearth").summary("Hearth").body(&text).show() {
            failed(&error);
        }
    });
}

/// These systems stop and continue a program without asking it.
pub(crate) fn follow_system(
    _take: impl Fn(crate::sleep::Moment) -> futures::future::BoxFuture<'static, ()>
    + Clone
    + Send
    + Sync
    + 'static,
) {
}

/// Files and links that the system hands to the program that runs already.
pub(crate) fn opened(event: &tauri::RunEvent) -> Option<Vec<String>> {
    match event {
        #[cfg(target_os = "macos")]
        tauri::RunEvent::Opened { urls } => {
            let name = |url: &tauri::Url| match url.to_file_path() {
                Ok(path) => path.to_string_lossy().into_owned(),
                Err(()) => url.to_string(),
            };
            Some(urls.iter().map(name).collect())
        }
        // The icon in the dock was clicked.
        #[cfg(target_os = "macos")]
        tauri::RunEvent::Reopen { .. } => Some(Vec::new()),
        _ => None,
    }
}

/// There always is a tray.
pub(crate) fn tray_host() -> tokio::sync::watch::Receiver<bool> {
    tokio::sync::watch::channel(true).1
}

/// Windows has no word for its taskbar alone; its windows have the same look unless the person
/// chose otherwise, and the edge of the shape keeps it visible then. macOS colours it itself.
pub(crate) fn panel_is_dark(app: &AppHandle) -> bool {
    let windows = app.webview_windows();
    let theme = windows.values().find_map(|window| window.theme().ok());
    theme.is_none_or(|theme| theme == tauri::Theme::Dark)
}

/// The icon is drawn again with the next change.
pub(crate) fn follow_panel(_changed: impl Fn() + Clone + 'static) {}

/// The languages of the person where the environment names them.
pub(crate) fn languages() -> Vec<String> {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    variables.iter().filter_map(|name| std::env::var(name).ok()).collect()
}

/// Lets a view store nothing.
pub(crate) fn without_storage<'a>(
    window: WebviewWindowBuilder<'a, Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    window.incognito(true)
}
