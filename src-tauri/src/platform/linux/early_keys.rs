//! Keys for a page that is not there yet: held back by the window and given to it later, so that
//! what a person types right after the shortcut is neither lost nor typed into another program.

use std::cell::RefCell;

use gtk::{
    gdk,
    glib::{Propagation, SignalHandlerId},
    prelude::*,
};
use tauri::WebviewWindow;

/// A window can be seen before its page is, because it keeps what is typed.
pub(crate) const HOLDS_KEYS: bool = true;
/// Nobody types more in the time a page takes; what hangs gets no endless queue.
const MOST: usize = 512;

thread_local! {
    /// GTK's main thread is the only one that comes here, for the one window that is being made.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

struct Held {
    window: gtk::ApplicationWindow,
    handlers: [SignalHandlerId; 2],
    keys: Vec<gdk::EventKey>,
}

/// Holds the keys of this window back from now on. Main thread only.
pub(crate) fn hold_keys(window: &WebviewWindow) {
    let Ok(window) = window.gtk_window() else { return };
    let handlers = [
        window.connect_key_press_event(|_, key| hold(key)),
        window.connect_key_release_event(|_, key| hold(key)),
    ];
    HELD.set(Some(Held { window, handlers, keys: Vec::new() }));
}

/// Gives the page what was typed, in order, and holds nothing back any more. Main thread only.
pub(crate) fn pass_keys() {
    let Some(Held { window, handlers, keys }) = HELD.take() else { return };
    for handler in handlers {
        window.disconnect(handler);
    }
    for key in keys {
        window.event(&key);
    }
}

fn hold(key: &gdk::EventKey) -> Propagation {
    HELD.with_borrow_mut(|held| match held {
        Some(held) if held.keys.len() < MOST => held.keys.push(key.clone()),
        _ => {}
    });
    Propagation::Stop
}
