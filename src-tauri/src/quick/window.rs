//! The window of the quick chat: without a frame, over the others, not among the open windows.

use hearth_api::Caller;
use tauri::{AppHandle, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use super::{blur, gone, hide, layout};
use crate::{platform, window};

/// Its page.
const PAGE: &str = "quick.html";
/// The radius of its corners, as the page draws them.
const RADIUS: i32 = 14;

/// Makes it, unseen.
///
/// # Errors
/// Where the system gives no window.
pub(super) fn build(app: &AppHandle) -> tauri::Result<()> {
    let page = WebviewUrl::App(PAGE.into());
    let new = WebviewWindowBuilder::new(app, Caller::QUICK_WINDOW, page)
        .title("Hearth")
        .inner_size(layout::LEAST.width, layout::LEAST.height)
        .visible(false)
        .decorations(false)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .skip_taskbar(true)
        .always_on_top(true)
        .shadow(true);
    let new = if platform::sees_through() {
        new.transparent(true)
    } else {
        new.background_color(window::ground())
    };
    let made = window::confined(new, |_| ()).build()?;
    platform::resize(&made, layout::LEAST);
    platform::round(&made, RADIUS);
    let ended = app.clone();
    platform::on_web_process_end(&made, move || gone(&ended));
    let app = app.clone();
    made.on_window_event(move |event| match event {
        WindowEvent::Focused(focused) => blur::changed(&app, *focused),
        WindowEvent::CloseRequested { api, .. } => {
            // It is kept for the next time.
            api.prevent_close();
            hide(&app);
        }
        _ => {}
    });
    Ok(())
}
