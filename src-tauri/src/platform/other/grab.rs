//! Keys from anywhere, by the library of these systems.

use hearth_api::ShortcutProblem;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_global_shortcut::{
    Builder, Error, GlobalShortcut, GlobalShortcutExt, Shortcut, ShortcutState,
};

/// Keys that are held; let go when it is dropped.
pub(crate) struct Grab {
    app: AppHandle,
    keys: Shortcut,
}

impl Grab {
    /// Takes keys; `pressed` is called once for each time they go down. Never on the main thread, which
    /// the library needs for it.
    ///
    /// # Errors
    /// `Taken` where another program has them, else `Unavailable`.
    pub(crate) fn take(
        app: &AppHandle,
        keys: Shortcut,
        pressed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, ShortcutProblem> {
        if app.try_state::<GlobalShortcut<Wry>>().is_none() {
            app.plugin(Builder::new().build()).map_err(|error| {
                tracing::warn!(%error, "the system gives no keys");
                ShortcutProblem::Unavailable
            })?;
        }
        let taken = app.global_shortcut().on_shortcut(keys, move |_, _, event| {
            if event.state == ShortcutState::Pressed {
                pressed();
            }
        });
        taken.map_err(|error| refused(&error))?;
        Ok(Self { app: app.clone(), keys })
    }
}

impl Drop for Grab {
    fn drop(&mut self) {
        if let Err(error) = self.app.global_shortcut().unregister(self.keys) {
            tracing::warn!(%error, "the old keys cannot be let go");
        }
    }
}

/// The library gives words only; these are those of `global_hotkey::Error::AlreadyRegistered`.
fn refused(error: &Error) -> ShortcutProblem {
    match error {
        Error::GlobalHotkey(words) if words.contains("already registered") => {
            ShortcutProblem::Taken
        }
        error => {
            tracing::warn!(%error, "the keys cannot be taken");
            ShortcutProblem::Unavailable
        }
    }
}
