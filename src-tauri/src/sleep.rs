//! The computer goes to sleep, wakes up, its screen is locked, the session ends: what is unsaved is
//! saved before, and what was waiting goes on after. Where the system tells none of it, everything
//! is as with any other interruption: what was acknowledged is on disk.

use tauri::{AppHandle, Manager, async_runtime};

use crate::{lifecycle, locking, page, placement, platform, shell::Shell};

/// What the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It goes to sleep as soon as this was taken.
    Sleep,
    /// It is awake again.
    Resume,
    /// Its screen was locked.
    ScreenLocked,
    /// It shuts down, or the person's session ends.
    End,
}

/// Follows the system from now on.
pub(crate) fn follow(handle: &AppHandle) {
    let handle = handle.clone();
    platform::follow_system(move |moment| {
        let handle = handle.clone();
        Box::pin(async move { take(&handle, moment).await })
    });
}

/// Returns when everything is done that has to be done before the system goes on.
async fn take(handle: &AppHandle, moment: Moment) {
    tracing::info!(?moment, "the system tells");
    let open = handle.state::<Shell>().startup.open_now();
    match (moment, open) {
        (Moment::Sleep, Some(app)) => {
            // It wakes up with the page as it was.
            let _ = page::keep(handle).await;
            placement::save(handle).await;
            app.flush().await;
            lock_if_wanted(handle).await;
        }
        (Moment::ScreenLocked, Some(_)) => lock_if_wanted(handle).await,
        // Streams go on by themselves; what is shown may be old.
        (Moment::Resume, Some(app)) => app.invalidate(&["status", "conversations", "messages"]),
        (Moment::End, open) => {
            if let Some(app) = open {
                app.flush().await;
            }
            lifecycle::end(handle);
        }
        (_, None) => {}
    }
}

/// The system waits for this; where it does not wait long enough, locking goes on all the same.
async fn lock_if_wanted(handle: &AppHandle) {
    let open = handle.state::<Shell>().startup.open_now();
    if open.is_some_and(|app| app.settings().lock.on_sleep) {
        let handle = handle.clone();
        let locking = async_runtime::spawn(async move { locking::lock_and_wait(&handle).await });
        // Returns only where there is nothing to lock.
        let _ = locking.await;
    }
}
