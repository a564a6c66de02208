//! The main window in the tray: it is hidden, and after a while its web view is given back, because
//! a page that nobody sees costs as much as one that is seen. Showing it makes it anew.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use hearth_api::Caller;
use hearth_domain::DesktopSettings;
use tauri::{AppHandle, Manager, async_runtime};
use tokio::time::sleep;

use crate::{page, placement, shell::Shell, views, window};

/// How often it is looked whether a window is gone.
const STEP: Duration = Duration::from_millis(25);

/// Whether the window is away, and since which time of going away.
#[derive(Default)]
pub(crate) struct Release {
    away: AtomicBool,
    turn: AtomicU64,
    /// The window is on its way out; another one of its name cannot be made yet.
    giving_back: AtomicBool,
}

impl Release {
    /// The program goes on without a window.
    pub(crate) fn note_away(&self) -> u64 {
        self.away.store(true, Ordering::Release);
        self.turn.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// There is a window again; what was about to be given back stays.
    pub(crate) fn note_back(&self) {
        self.away.store(false, Ordering::Release);
        self.turn.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether the window is meant to be away.
    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::Acquire)
    }

    /// Whether the window is just being given back; one that is wanted meanwhile comes after it.
    pub(crate) fn is_giving_back(&self) -> bool {
        self.giving_back.load(Ordering::Acquire)
    }

    fn is_turn(&self, turn: u64) -> bool {
        self.is_away() && self.turn.load(Ordering::Acquire) == turn
    }
}

/// Hides the main window; answers that run, the quick chat and the port go on.
pub(crate) fn hide(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW) else { return };
    placement::note(handle);
    let turn = shell.release.note_away();
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window cannot be hidden");
    }
    views::changed(handle);
    let open = shell.startup.open_now();
    let desktop = open.map_or_else(DesktopSettings::default, |app| app.settings().desktop);
    if desktop.release_minutes > 0 {
        let after = Duration::from_secs(60 * u64::from(desktop.release_minutes));
        async_runtime::spawn(give_back(handle.clone(), turn, after));
    }
}

async fn give_back(handle: AppHandle, turn: u64, after: Duration) {
    loop {
        sleep(after).await;
        if !handle.state::<Shell>().release.is_turn(turn) {
            return;
        }
        // A message that is being changed is kept by the page alone.
        if page::keep(&handle).await {
            break;
        }
    }
    let target = handle.clone();
    // On the main thread, so that nobody shows it between the look and the end.
    let asked = handle.run_on_main_thread(move || {
        if target.state::<Shell>().release.is_turn(turn) {
            destroy(&target);
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the window cannot be given back");
    }
}

/// Ends the main window with its page and its processes.
pub(crate) fn destroy(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW) else { return };
    shell.page.gone();
    shell.subscriptions.end_of(Caller::MAIN_WINDOW);
    shell.revealed.store(false, Ordering::Release);
    shell.release.giving_back.store(true, Ordering::Release);
    if let Err(error) = window.destroy() {
        shell.release.giving_back.store(false, Ordering::Release);
        tracing::warn!(%error, "the window cannot be given back");
    }
}

/// The main window is gone. Where it was wanted meanwhile, another one is made.
pub(crate) fn destroyed(handle: &AppHandle) {
    let handle = handle.clone();
    async_runtime::spawn(async move {
        // Its name is free only when its last event was taken.
        sleep(STEP).await;
        while handle.get_webview_window(Caller::MAIN_WINDOW).is_some() {
            sleep(STEP).await;
        }
        let shell = handle.state::<Shell>();
        let given_back = shell.release.giving_back.swap(false, Ordering::AcqRel);
        if given_back && !shell.release.is_away() && !shell.is_ending() {
            window::show(&handle);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_came_back_meanwhile_is_not_given_back() {
        let release = Release::default();
        assert!(!release.is_away());
        let first = release.note_away();
        assert!(release.is_turn(first));
        release.note_back();
        assert!(!release.is_turn(first));
        let second = release.note_away();
        assert!(release.is_turn(second) && !release.is_turn(first));
    }
}
