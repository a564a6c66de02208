//! The process that draws the page can end by itself: it crashed, or the system took its memory.
//! Then the page is loaded anew, once; a page that ends again at once is not loaded in a circle.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tauri::{AppHandle, Manager, WebviewWindow, async_runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::{lifecycle, platform, release, shell::Shell, views, window, words};

/// A page that ends twice within this time would end again.
const CIRCLE: Duration = Duration::from_secs(60);

/// When the page ended last.
#[derive(Default)]
pub(crate) struct WebProcess(Mutex<Option<Instant>>);

impl WebProcess {
    /// Notes an end; whether it is the first one in a while.
    fn note_end(&self, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.replace(now);
        before.is_none_or(|before| now.duration_since(before) > CIRCLE)
    }
}

/// Watches the process of the main window's page.
pub(crate) fn watch(window: &WebviewWindow) {
    let handle = window.app_handle().clone();
    platform::on_web_process_end(window, move || ended_soon(&handle));
}

/// Not inside the web view's own signal: it may be taken down for it.
pub(crate) fn ended_soon(handle: &AppHandle) {
    let handle = handle.clone();
    async_runtime::spawn(async move { ended(&handle) });
}

/// The page is gone. Answers go on without it, drafts are kept by the program.
fn ended(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    if shell.is_ending() {
        return;
    }
    tracing::warn!("the process of the page ended by itself");
    shell.page.failed();
    if !views::main_shown(handle) {
        // Nobody sees it; it is made anew when somebody wants to.
        return release::destroy(handle);
    }
    if shell.web_process.note_end(Instant::now()) {
        reload(handle);
    } else {
        ask(handle);
    }
}

fn reload(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(hearth_api::Caller::MAIN_WINDOW)
        && let Err(error) = window.reload()
    {
        tracing::error!(%error, "the page cannot be loaded anew");
    }
}

/// There is no page to say it in, so the system does.
fn ask(handle: &AppHandle) {
    let text = |key| words::text(handle, key);
    let buttons =
        MessageDialogButtons::OkCancelCustom(text("desktop.page.again"), text("desktop.page.quit"));
    let dialog = handle.dialog().message(text("desktop.page.ended"));
    let target = handle.clone();
    dialog.title("Hearth").kind(MessageDialogKind::Error).buttons(buttons).show(move |again| {
        if !again {
            return lifecycle::end(&target);
        }
        let inside = target.clone();
        let asked = target.run_on_main_thread(move || {
            // Another window with another process, not a third try in the same.
            release::destroy(&inside);
            window::show(&inside);
        });
        if asked.is_err() {
            lifecycle::end(&target);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_twice_in_a_row_is_not_loaded_in_a_circle() {
        let process = WebProcess::default();
        let start = Instant::now();
        assert!(process.note_end(start));
        assert!(!process.note_end(start + CIRCLE / 2));
        assert!(process.note_end(start + CIRCLE * 2));
    }
}
