//! The main window: how it is made, and when it is shown.

use std::{env, path::PathBuf, sync::atomic::Ordering, time::Duration};

use hearth_api::Caller;
use hearth_domain::{ConversationId, Theme};
use tauri::{
    AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, async_runtime,
    webview::{NewWindowResponse, PageLoadEvent},
    window::Color,
};
use tokio::time::sleep;

use crate::{
    closing, navigation, page, placement, platform, release, shell::Shell, views, web_process,
};

/// Size at the first start, and the least that is still usable.
const SIZE: (f64, f64) = (1180.0, 780.0);
const LEAST: (f64, f64) = (480.0, 400.0);
/// The ground of the page, so that nothing flashes before it is painted.
const LIGHT: Color = Color(252, 250, 247, 255);
const DARK: Color = Color(22, 19, 17, 255);
/// A page that never says it is ready is shown all the same: it may have something to say.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Set by a WebDriver that starts the program.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Makes the window, unseen, and shows it when its page is painted.
///
/// # Errors
/// Where the system gives no window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, Caller::MAIN_WINDOW, WebviewUrl::default())
        .title("Hearth")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .center()
        .visible(false)
        .background_color(if is_dark(app) { DARK } else { LIGHT });
    let window = confined(window, |shell| shell.page.gone()).build()?;
    web_process::watch(&window);
    let target = app.clone();
    window.on_window_event(move |event| on_event(&target, event));
    let app = app.clone();
    async_runtime::spawn(async move {
        sleep(PATIENCE).await;
        reveal(&app);
    });
    Ok(())
}

fn on_event(app: &AppHandle, event: &WindowEvent) {
    match event {
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            app.state::<Shell>().dropped.note(paths);
        }
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            closing::close_main(app);
        }
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => placement::moved(app),
        WindowEvent::Destroyed => release::destroyed(app),
        _ => {}
    }
}

/// Whether pages are dark: as the settings wish, else as the desktop is.
pub(crate) fn is_dark(app: &AppHandle) -> bool {
    let open = app.state::<Shell>().startup.open_now();
    match open.map(|data| data.settings_watch().borrow().appearance.theme) {
        Some(Theme::Dark) => true,
        Some(Theme::Light) => false,
        Some(Theme::System) | None => platform::prefers_dark(),
    }
}

/// What every window of ours may not do: go elsewhere, open others, download, keep anything. What
/// its page followed ends with the page.
pub(crate) fn confined<'a>(
    window: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>,
    gone: impl Fn(&Shell) + Send + Sync + 'static,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let window = window
        .on_navigation(navigation::is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_page_load(move |window, load| {
            if load.event() == PageLoadEvent::Started {
                let shell = window.state::<Shell>();
                gone(&shell);
                shell.subscriptions.end_of(window.label());
            }
        });
    ephemeral(window)
}

/// Storage that ends with the program: nothing of the person's stays in the web view.
///
/// WebKitGTK lets no test drive a view without storage, so under a WebDriver it is a folder of
/// its own instead, removed at the end.
fn ephemeral<'a>(
    window: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    match automation_storage() {
        Some(folder) => window.data_directory(folder),
        None => platform::without_storage(window),
    }
}

/// The folder of a window that a WebDriver drives.
pub(crate) fn automation_storage() -> Option<PathBuf> {
    let driven = env::var_os(AUTOMATION).is_some_and(|value| value == "true");
    driven.then(|| env::temp_dir().join(format!("hearth-view-{}", std::process::id())))
}

/// The page is painted: shows the window, where it stood last.
pub(crate) fn ready(app: &AppHandle) {
    let app = app.clone();
    async_runtime::spawn(async move {
        placement::known(&app).await;
        reveal(&app);
    });
}

/// Shows the window for the first time; later calls change nothing.
pub(crate) fn reveal(app: &AppHandle) {
    let Some(window) = main(app) else { return };
    let shell = app.state::<Shell>();
    // A window that went to the tray meanwhile stays there.
    if !shell.release.is_away() && !shell.revealed.load(Ordering::Acquire) {
        present(app, &window);
    }
}

fn present(app: &AppHandle, window: &WebviewWindow) {
    if !app.state::<Shell>().revealed.load(Ordering::Acquire) {
        placement::restore(app);
    }
    app.state::<Shell>().revealed.store(true, Ordering::Release);
    platform::present(window);
    views::changed(app);
}

/// Brings the window to the front; makes it first where the program started without one.
pub(crate) fn show(app: &AppHandle) {
    let target = app.clone();
    let release = &app.state::<Shell>().release;
    release.note_back();
    if release.is_giving_back() {
        // It is made anew as soon as the old one is gone.
        return;
    }
    let asked = app.run_on_main_thread(move || match main(&target) {
        Some(window) => present(&target, &window),
        None => {
            if let Err(error) = open(&target) {
                tracing::error!(%error, "the window cannot be made");
            }
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// Brings the window to the front with this conversation open.
pub(crate) fn show_conversation(app: &AppHandle, conversation: ConversationId) {
    page::show_conversation(app, conversation);
    show(app);
}

fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(Caller::MAIN_WINDOW)
}
