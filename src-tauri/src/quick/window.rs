//! The window of the quick chat: without a frame, over the others, not among the open windows.

use hearth_api::Caller;
use hearth_domain::Appearance;
use serde_json::json;
use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent, window::Color,
};

use super::{blur, gone, hide, layout};
use crate::{platform, shell::Shell, window, words};

/// Its page; [`address`] says with what look.
const PAGE: &str = "quick.html";
/// The radius of its corners, as the page draws them.
const RADIUS: i32 = 14;
/// The surface of its page, so that nothing flashes before that is painted.
const LIGHT: Color = Color(255, 255, 255, 255);
const DARK: Color = Color(30, 27, 25, 255);

/// Makes it, unseen.
///
/// # Errors
/// Where the system gives no window.
pub(super) fn build(app: &AppHandle) -> tauri::Result<()> {
    let page = WebviewUrl::App(address(app).into());
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
        new.background_color(if window::is_dark(app) { DARK } else { LIGHT })
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

/// The page with the look and the language of the settings and the hint of its field, so that its
/// first picture is right before anything was asked. Where the data is locked, the page follows the
/// system.
fn address(app: &AppHandle) -> String {
    let open = app.state::<Shell>().startup.open_now();
    let look = open.map(|data| {
        let settings = data.settings_watch();
        let Appearance { theme, contrast, text_size, language, .. } =
            settings.borrow().appearance.clone();
        let look = json!({
            "theme": theme, "contrast": contrast, "text_size": text_size, "language": language,
        });
        ("look", look.to_string())
    });
    let hint = ("hint", words::text(app, "desktop.quick.field"));
    // Only its query is taken: how the page is reached is not known here.
    let base = format!("tauri://localhost/{PAGE}");
    let address = Url::parse_with_params(&base, look.into_iter().chain([hint])).ok();
    let query = address.as_ref().and_then(Url::query);
    query.map_or_else(|| PAGE.to_owned(), |query| format!("{PAGE}?{query}"))
}
