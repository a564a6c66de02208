//! Which windows are open and which one has the keyboard, told to whoever acts on it: the policy
//! that keeps the model warm, notifications, the tray.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hearth_api::Caller;
use tauri::{AppHandle, Manager, Window, WindowEvent, async_runtime};
use tokio::time::sleep;

use crate::shell::Shell;

/// Windows say too early that they are shown or hidden; a moment later it is true.
const SETTLE: Duration = Duration::from_millis(120);

/// What is known of the windows.
#[derive(Default)]
pub(crate) struct Views {
    now: Mutex<Seen>,
    looking: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    open: bool,
    focused: bool,
}

/// Whether a window of the program has the keyboard.
pub(crate) fn focused(handle: &AppHandle) -> bool {
    seen(handle).focused
}

/// For every event of every window.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::Focused(_) | WindowEvent::Destroyed | WindowEvent::Resized(_) => {
            changed(window.app_handle());
        }
        _ => {}
    }
}

/// A window was shown, hidden, or got the keyboard: looks again in a moment.
pub(crate) fn changed(handle: &AppHandle) {
    if handle.state::<Shell>().views.looking.swap(true, Ordering::AcqRel) {
        return;
    }
    let handle = handle.clone();
    async_runtime::spawn(async move {
        sleep(SETTLE).await;
        handle.state::<Shell>().views.looking.store(false, Ordering::Release);
        tell(&handle, look(&handle));
    });
}

fn look(handle: &AppHandle) -> Seen {
    let mut seen = Seen::default();
    for window in handle.webview_windows().values() {
        // A window that is gone meanwhile is not open.
        let shown = window.is_visible().unwrap_or(false);
        seen.open |= shown;
        seen.focused |= shown && window.is_focused().unwrap_or(false);
    }
    seen
}

fn tell(handle: &AppHandle, now: Seen) {
    let shell = handle.state::<Shell>();
    let before = std::mem::replace(&mut *lock(&shell.views), now);
    if before == now {
        return;
    }
    tracing::debug!(open = now.open, focused = now.focused, "the windows changed");
    if let Some(app) = shell.startup.open_now() {
        app.windows_changed(now.open, now.focused);
    }
}

/// Tells a program that has just opened its data how the windows stand.
pub(crate) fn retell(handle: &AppHandle) {
    let now = seen(handle);
    if let Some(app) = handle.state::<Shell>().startup.open_now() {
        app.windows_changed(now.open, now.focused);
    }
}

/// Whether the main window stands on the screen.
pub(crate) fn main_shown(handle: &AppHandle) -> bool {
    let window = handle.get_webview_window(Caller::MAIN_WINDOW);
    window.is_some_and(|window| window.is_visible().unwrap_or(false))
}

fn seen(handle: &AppHandle) -> Seen {
    *lock(&handle.state::<Shell>().views)
}

fn lock(views: &Views) -> std::sync::MutexGuard<'_, Seen> {
    views.now.lock().unwrap_or_else(PoisonError::into_inner)
}
