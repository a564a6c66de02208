//! What was copied or selected in any program. X11 and Wayland keep both; they are read only when
//! the person asks for it.

use std::time::Duration;

use gtk::{Clipboard, gdk};
use hearth_api::{ApiError, Result, TextSource};
use tauri::AppHandle;
use tokio::{sync::oneshot, time::timeout};

/// The program that has the text may be stopped, and then never answers.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reads it; `None` where there is no text.
///
/// # Errors
/// Where the main thread is gone.
pub(crate) async fn take_text(app: &AppHandle, source: TextSource) -> Result<Option<String>> {
    let (tell, told) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let which = match source {
            TextSource::Clipboard => gdk::SELECTION_CLIPBOARD,
            TextSource::Selection => gdk::SELECTION_PRIMARY,
        };
        Clipboard::get(&which).request_text(move |_, text| {
            // Whoever asked may have given up.
            let _ = tell.send(text.map(str::to_owned));
        });
    });
    asked.map_err(|_| ApiError::internal())?;
    Ok(timeout(PATIENCE, told).await.ok().and_then(|text| text.ok()).flatten())
}
