//! Losing the keyboard. A system reports it too while keys of a shortcut are held down, so it
//! counts only when it lasts.

use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, async_runtime};
use tokio::time::sleep;

use super::{hide, is_shown, lock, state};
use crate::shell::Shell;

/// Shorter than this it was the shortcut itself, or the change from one window of ours to another.
const LASTS: Duration = Duration::from_millis(300);

/// The window has the keyboard now, or has it no longer.
pub(super) fn changed(app: &AppHandle, focused: bool) {
    let since = (!focused).then(Instant::now);
    *lock(&state(app).blurred) = since;
    if focused || !hides(app) {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        sleep(LASTS).await;
        if *lock(&state(&app).blurred) == since && hides(&app) {
            hide(&app);
        }
    });
}

/// The person wants to see it: what it lost before counts no longer.
pub(super) fn forget(app: &AppHandle) {
    if let Some(since) = lock(&state(app).blurred).as_mut() {
        *since = Instant::now();
    }
}

/// Whether it has the keyboard, or had it until the keys of a shortcut were pressed.
pub(super) fn has_keyboard(app: &AppHandle) -> bool {
    lock(&state(app).blurred).is_none_or(|since| since.elapsed() < LASTS)
}

/// Whether it goes when another window gets the keyboard.
fn hides(app: &AppHandle) -> bool {
    let wanted = app
        .state::<Shell>()
        .startup
        .open_now()
        .is_some_and(|data| data.settings_watch().borrow().desktop.quick_hides_on_blur);
    wanted && is_shown(app) && !state(app).is_pinned()
}
