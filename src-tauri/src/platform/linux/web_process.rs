//! The end of WebKitGTK's process behind a page, and what Tauri tells on other systems only.

use gtk::glib::prelude::ObjectExt;
use tauri::{Builder, RunEvent, WebviewWindow, Wry};

/// Nothing that the builder would have to know.
pub(crate) fn with_system(builder: Builder<Wry>) -> Builder<Wry> {
    builder
}

/// Files and links come on the command line here.
pub(crate) fn opened(_event: &RunEvent) -> Option<Vec<String>> {
    None
}

/// Calls back on the main thread when the process ends by itself.
pub(crate) fn on_web_process_end(window: &WebviewWindow, ended: impl Fn() + Send + 'static) {
    let watched = window.with_webview(move |view| {
        view.inner().connect_local("web-process-terminated", false, move |_| {
            ended();
            None
        });
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "the process of the page cannot be watched");
    }
}
