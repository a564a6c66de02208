//! Notifications over D-Bus.

use std::{fmt::Display, thread};

use notify_rust::Notification;

/// The name of the action that a click on the whole notification means, by the specification.
const CLICK: &str = "default";
/// The icon, as the packages install it.
const ICON: &str = "hearth-desktop";

/// Shows a sentence. A click calls back, a system without a service does too.
pub(crate) fn notify(
    text: String,
    clicked: impl FnOnce() + Send + 'static,
    failed: impl FnOnce(&dyn Display) + Send + 'static,
) {
    // The answer of the service and the click are waited for on a thread that may wait.
    thread::spawn(move || {
        let mut notice = Notification::new();
        notice.appname("Hearth").summary("Hearth").body(&text).icon(ICON).action(CLICK, "Hearth");
        match notice.show() {
            Ok(shown) => shown.wait_for_action(|action| {
                if action == CLICK {
                    clicked();
                }
            }),
            Err(error) => failed(&error),
        }
    });
}
