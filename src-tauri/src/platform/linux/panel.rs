//! What the desktop says about itself to a program that draws in its panel: light or dark, and the
//! person's languages.

use std::env;

use gtk::{glib, prelude::*};
use tauri::AppHandle;

use super::prefers_dark;

/// Desktops whose panel is dark whatever the windows are, unless the person wants it otherwise.
const DARK_PANELS: [&str; 3] = ["GNOME", "Unity", "XFCE"];

/// Whether the panel is dark. It is asked on the main thread.
pub(crate) fn panel_is_dark(_app: &AppHandle) -> bool {
    let desktop = env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    desktop.split(':').any(|name| DARK_PANELS.contains(&name)) || prefers_dark()
}

/// Calls back when the look of the desktop changed. Must be called on the main thread.
pub(crate) fn follow_panel(changed: impl Fn() + Clone + 'static) {
    let Some(settings) = gtk::Settings::default() else { return };
    let theme = changed.clone();
    settings.connect_gtk_theme_name_notify(move |_| theme());
    settings.connect_gtk_application_prefer_dark_theme_notify(move |_| changed());
}

/// The languages of the person, the best first, as the system writes them.
pub(crate) fn languages() -> Vec<String> {
    glib::language_names().iter().map(ToString::to_string).collect()
}
