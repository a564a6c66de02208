//! The quick chat: a small window over everything else, opened by keys, the tray or a second
//! launch, hidden by Escape and kept until the program ends.
//!
//! Whether it is shown is remembered here: what a system says about a window right after it was
//! shown or hidden is not yet true. What the person writes in it is kept by `hearth-app`.

mod blur;
mod layout;
mod window;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use hearth_api::{ApiError, Caller, Result};
use hearth_app::App;
use hearth_domain::ConversationId;
use tauri::{AppHandle, LogicalSize, Manager, WebviewWindow, async_runtime};
use tokio::time::sleep;

use crate::{platform, shell::Shell, views, window as main_window};

/// The label of the window.
pub(crate) const LABEL: &str = Caller::QUICK_WINDOW;
/// When the window is made where the settings want it before its first use: the start of a login
/// session has better things to do.
const AHEAD: Duration = Duration::from_secs(30);
/// A page that never says it is ready is shown all the same, and gets the keys. Not too soon: what is
/// typed into a page that is not there yet is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// A page that ends twice within this time would end again.
const CIRCLE: Duration = Duration::from_secs(60);
/// A window that was taken down is gone this much later.
const SETTLE: Duration = Duration::from_millis(100);

/// What is known about the window.
pub(crate) struct Quick {
    /// It is meant to be seen.
    shown: AtomicBool,
    /// Its page has a field to write in.
    writable: AtomicBool,
    /// It stays when another window gets the keyboard.
    pinned: AtomicBool,
    /// Since when it has not had the keyboard; `None` while it has.
    blurred: Mutex<Option<Instant>>,
    /// When the process of its page ended by itself.
    gone: Mutex<Option<Instant>>,
    /// The size that its page asked for last.
    size: Mutex<LogicalSize<f64>>,
}

impl Quick {
    fn is_pinned(&self) -> bool {
        self.pinned.load(Ordering::Acquire)
    }
}

impl Default for Quick {
    fn default() -> Self {
        Self {
            shown: AtomicBool::new(false),
            writable: AtomicBool::new(false),
            pinned: AtomicBool::new(false),
            blurred: Mutex::new(None),
            gone: Mutex::new(None),
            size: Mutex::new(layout::LEAST),
        }
    }
}

/// Shows the quick chat with the keyboard in it; makes its window where there is none.
pub(crate) fn open(app: &AppHandle) {
    blur::forget(app);
    state(app).shown.store(true, Ordering::Release);
    on_main_thread(app, |app| match window(app) {
        Some(window) if can_be_seen(app) => present(app, &window),
        // It is being made, and shown when its page has a field.
        Some(_) => {}
        None => make(app),
    });
}

/// Hides it where it has the keyboard, else shows it: what the keys do.
pub(crate) fn toggle(app: &AppHandle) {
    if is_shown(app) && blur::has_keyboard(app) { hide(app) } else { open(app) }
}

/// Hides it. An answer that is being written goes on.
pub(crate) fn hide(app: &AppHandle) {
    if state(app).shown.swap(false, Ordering::AcqRel) {
        on_main_thread(app, |app| {
            if let Some(window) = window(app).filter(|_| !is_shown(app)) {
                platform::conceal(&window);
                views::changed(app);
            }
        });
    }
}

/// Whether it is meant to be seen.
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    state(app).shown.load(Ordering::Acquire)
}

/// Its page has a field: what was typed meanwhile goes into it.
pub(crate) fn writable(app: &AppHandle) {
    if state(app).writable.swap(true, Ordering::AcqRel) {
        return;
    }
    on_main_thread(app, |app| {
        platform::pass_keys();
        if let Some(window) = window(app).filter(|_| is_shown(app) && !platform::HOLDS_KEYS) {
            present(app, &window);
        }
    });
}

/// Gives it the size that its content needs, as far as the screen allows.
pub(crate) fn resize(app: &AppHandle, width: u32, height: u32) {
    *lock(&state(app).size) = LogicalSize::new(f64::from(width), f64::from(height));
    on_main_thread(app, |app| {
        let Some(window) = window(app) else { return };
        let area = layout::of_window(&window).or_else(|| layout::under_pointer(app));
        let wanted = *lock(&state(app).size);
        platform::resize(&window, area.map_or(layout::LEAST, |area| area.fit(wanted)));
    });
}

/// Keeps it where it is when another window gets the keyboard, or no longer.
pub(crate) fn pin(app: &AppHandle, pinned: bool) {
    state(app).pinned.store(pinned, Ordering::Release);
}

/// Hides it and goes on in the main window, at a conversation where one is named.
pub(crate) fn move_on(app: &AppHandle, conversation: Option<ConversationId>) {
    hide(app);
    match conversation {
        Some(conversation) => main_window::show_conversation(app, conversation),
        None => main_window::show(app),
    }
}

/// Whether its page may read what was selected or copied: only while the person is in it.
///
/// # Errors
/// `forbidden` where it is not in front.
pub(crate) fn check_in_front(app: &AppHandle) -> Result<()> {
    if is_shown(app) && blur::has_keyboard(app) { Ok(()) } else { Err(ApiError::forbidden()) }
}

/// Makes the window a while after the start, where the settings want it before its first use.
pub(crate) fn prepare(app: &AppHandle, data: &App) {
    if !data.settings_watch().borrow().desktop.quick_ahead {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        sleep(AHEAD).await;
        on_main_thread(&app, |app| {
            if window(app).is_none() && !app.state::<Shell>().ending.load(Ordering::Acquire) {
                make(app);
            }
        });
    });
}

/// The process of its page ended by itself. What was written is kept; the window is made anew, at
/// once where the person is in it, unless that happened just before.
fn gone(app: &AppHandle) {
    tracing::warn!("the process of the quick chat's page ended by itself");
    let before = lock(&state(app).gone).replace(Instant::now());
    let again = is_shown(app) && before.is_none_or(|before| before.elapsed() > CIRCLE);
    state(app).shown.store(again, Ordering::Release);
    let app = app.clone();
    // Not inside the web view's own signal: it is taken down for it.
    async_runtime::spawn(async move {
        on_main_thread(&app, move |app| {
            if let Some(window) = window(app)
                && let Err(error) = window.destroy()
            {
                tracing::warn!(%error, "the quick chat cannot be taken down");
            }
        });
        sleep(SETTLE).await;
        if again {
            open(&app);
        }
    });
}

/// Makes the window. It is shown at once where it keeps what is typed for its page, else when that has
/// a field, or takes too long.
fn make(app: &AppHandle) {
    state(app).writable.store(false, Ordering::Release);
    if let Some(data) = app.state::<Shell>().startup.open_now() {
        let text_size = data.settings_watch().borrow().appearance.text_size;
        *lock(&state(app).size) = layout::least(text_size);
    }
    if let Err(error) = window::build(app) {
        tracing::error!(%error, "the quick chat cannot be made");
        state(app).shown.store(false, Ordering::Release);
        return main_window::show(app);
    }
    if let Some(window) = window(app) {
        platform::hold_keys(&window);
        if is_shown(app) && can_be_seen(app) {
            present(app, &window);
        }
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        sleep(PATIENCE).await;
        writable(&app);
    });
}

/// Whether nothing is lost of what is typed into it.
fn can_be_seen(app: &AppHandle) -> bool {
    platform::HOLDS_KEYS || state(app).writable.load(Ordering::Acquire)
}

/// Puts it where the person is, with the keyboard in it.
fn present(app: &AppHandle, window: &WebviewWindow) {
    if let Some(area) = layout::under_pointer(app) {
        let size = area.fit(*lock(&state(app).size));
        platform::resize(window, size);
        platform::put(window, area.top_third(size));
    }
    platform::present(window);
    views::changed(app);
}

fn on_main_thread(app: &AppHandle, run: impl FnOnce(&AppHandle) + Send + 'static) {
    let target = app.clone();
    if let Err(error) = app.run_on_main_thread(move || run(&target)) {
        tracing::warn!(%error, "the quick chat cannot be reached");
    }
}

fn window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

fn state(app: &AppHandle) -> &Quick {
    &app.state::<Shell>().inner().quick
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
