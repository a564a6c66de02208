//! Linux: WebKitGTK's renderer, the display, focus that X11 window managers accept, the clipboard.

mod again;
mod early_keys;
mod exec;
mod grab;
mod keys;
mod login;
mod notice;
mod overlay;
mod panel;
mod selection;
mod system;
mod tray_host;
mod web_context;
mod web_process;

use std::{
    cell::Cell, env, fs, os::unix::process::CommandExt, path::Path, process::Command, rc::Rc,
    time::Duration,
};

use gdkx11::{X11Window, functions::x11_get_server_time};
use gtk::{Clipboard, gdk, glib, prelude::*};
use hearth_api::{ApiError, Result};
use tauri::{AppHandle, WebviewWindow};

pub(crate) use self::{
    again::{left, start_again},
    early_keys::{HOLDS_KEYS, hold_keys, pass_keys},
    grab::Grab,
    keys::{keys_problem, program, quoted},
    login::{login_entry, login_entry_is_old, remove_login_entry, write_login_entry},
    notice::notify,
    overlay::{conceal, put, resize, round, sees_through},
    panel::{follow_panel, languages, panel_is_dark},
    selection::take_text,
    system::follow_system,
    tray_host::tray_host,
    web_context::without_storage,
    web_process::{on_web_process_end, opened, with_system},
};
use super::NoDisplay;

/// WebKitGTK's switch for painting without DMA buffers.
const SOFTWARE_PAINT: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// How often focus is asked for again, and how many times.
const FOCUS_RETRY: Duration = Duration::from_millis(30);
const FOCUS_TRIES: u32 = 10;

/// Chooses how WebKitGTK paints; must come before anything of GTK.
///
/// Without a GPU its default is five times slower, with NVIDIA's driver windows stay blank. The
/// process starts itself again with the variable, because changing one's own environment is not
/// safe in a program with threads. What the person set wins.
pub(crate) fn prepare_graphics() {
    if env::var_os(SOFTWARE_PAINT).is_some()
        || !needs_software_paint(Path::new("/dev/dri"), Path::new("/proc/driver/nvidia/version"))
    {
        return;
    }
    let Ok(exe) = env::current_exe() else { return };
    let mut again = Command::new(exe);
    if let Some(name) = env::args_os().next() {
        again.arg0(name);
    }
    // Returns only where it failed; then the window may be slow, but it works.
    let _ = again.args(env::args_os().skip(1)).env(SOFTWARE_PAINT, "1").exec();
}

fn needs_software_paint(devices: &Path, nvidia: &Path) -> bool {
    let mut devices = fs::read_dir(devices).into_iter().flatten().flatten();
    let gpu = devices.any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"renderD"));
    !gpu || nvidia.exists()
}

/// Opens the display, which Tauri would only do with a panic.
///
/// # Errors
/// [`NoDisplay`] where there is none.
pub(crate) fn check_display() -> std::result::Result<(), NoDisplay> {
    gtk::init().map_err(|_| NoDisplay)
}

/// Whether the desktop asks for dark windows. `GTK_THEME` wins over its settings, as in GTK itself.
pub(crate) fn prefers_dark() -> bool {
    if let Some(theme) = env::var("GTK_THEME").ok().filter(|theme| !theme.is_empty()) {
        return theme.to_lowercase().ends_with("dark");
    }
    gtk::Settings::default().is_some_and(|settings| {
        let name = settings.gtk_theme_name().unwrap_or_default().to_lowercase();
        settings.is_gtk_application_prefer_dark_theme() || name.ends_with("dark")
    })
}

/// Shows the window with the keyboard in it.
///
/// Tauri's own `set_focus` says time 0, which window managers take for stealing; a real time of
/// the X server makes a second launch raise the window.
pub(crate) fn present(window: &WebviewWindow) {
    let target = window.clone();
    let shown = window.run_on_main_thread(move || {
        if let Ok(window) = target.gtk_window() {
            present_now(&window);
        }
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

fn present_now(window: &gtk::ApplicationWindow) {
    // `present` maps only the frame; without this the web view inside stays hidden.
    for child in window.children() {
        child.show_all();
    }
    window.realize();
    window.set_accept_focus(true);
    window.set_focus_on_map(true);
    window.deiconify();
    let Some(surface) = window.window().and_then(|w| w.downcast::<X11Window>().ok()) else {
        // Wayland decides by itself.
        window.present();
        return;
    };
    let now = x11_get_server_time(&surface);
    surface.set_user_time(now);
    window.present_with_time(now);
    insist(window.clone(), surface);
}

/// Asks for focus until it was there: a window that was just mapped does not get it at once. Not
/// longer, because the person may already have gone on to another window.
fn insist(window: gtk::ApplicationWindow, surface: X11Window) {
    let had = Rc::new(Cell::new(false));
    let noted = Rc::clone(&had);
    let follow = window.connect_is_active_notify(move |window| {
        noted.set(noted.get() || window.is_active());
    });
    let mut follow = Some(follow);
    let mut tries = 0;
    // After the events that are waiting: one of them may say that it had focus.
    glib::timeout_add_local_full(FOCUS_RETRY, glib::Priority::HIGH_IDLE, move || {
        tries += 1;
        // The person may have hidden it meanwhile.
        if had.get() || window.is_active() || !window.is_visible() || tries > FOCUS_TRIES {
            follow.take().into_iter().for_each(|follow| window.disconnect(follow));
            return glib::ControlFlow::Break;
        }
        window.present_with_time(x11_get_server_time(&surface));
        glib::ControlFlow::Continue
    });
}

/// Puts text on the clipboard.
///
/// # Errors
/// Where the main thread is gone.
pub(crate) fn copy_text(app: &AppHandle, text: &str) -> Result<()> {
    let text = text.to_owned();
    let copied = app.run_on_main_thread(move || {
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.set_text(&text);
        // Lets a clipboard program keep it after the end of this one.
        clipboard.store();
    });
    copied.map_err(|_| ApiError::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_paint_is_chosen_without_a_gpu_and_with_nvidia() {
        let root = tempfile::tempdir().unwrap();
        let (dri, nvidia) = (root.path().join("dri"), root.path().join("nvidia"));
        assert!(needs_software_paint(&dri, &nvidia));
        fs::create_dir_all(&dri).unwrap();
        fs::write(dri.join("card0"), "").unwrap();
        assert!(needs_software_paint(&dri, &nvidia));
        fs::write(dri.join("renderD128"), "").unwrap();
        assert!(!needs_software_paint(&dri, &nvidia));
        fs::write(&nvidia, "").unwrap();
        assert!(needs_software_paint(&dri, &nvidia));
    }
}
