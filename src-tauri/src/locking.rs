//! Locking: everything is saved and ended, and the program starts itself again, locked.
//!
//! A process cannot be trusted to forget. What a person wrote lies in the memory of the web view,
//! of the database, of the model, of every library between them, and freed memory keeps it. So the
//! process gives up all of its memory at once: it becomes a new one that never saw the key
//! (docs/decisions/0021). The lock of the data folder and the socket of the port are handed over,
//! so that no second program slips in and nobody else answers on the port meanwhile.

use std::{
    sync::{Mutex, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use hearth_app::App;
use tauri::{AppHandle, Manager, async_runtime};
use tokio::time::{sleep, timeout};

use crate::{
    args::{Again, Args},
    background, crash, page, placement,
    platform::{self, Left},
    shell::Shell,
    views,
};

/// What is not saved and ended by then is cut: what was acknowledged is on disk.
const LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked whether a person is still there.
const LOOK: Duration = Duration::from_secs(5);

/// When a person last pressed a key or clicked in a window.
pub(crate) struct Presence(Mutex<Instant>);

impl Default for Presence {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Presence {
    /// A person is there now.
    pub(crate) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn is_away(&self, minutes: u32) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minutes > 0 && last.elapsed() >= Duration::from_secs(60 * u64::from(minutes))
    }
}

/// Whether the data waits for its passphrase.
pub(crate) fn is_locked(handle: &AppHandle) -> bool {
    handle.state::<Shell>().startup.is_locked()
}

/// Whether there is a passphrase to lock with.
pub(crate) fn is_configured(handle: &AppHandle) -> bool {
    let open = handle.state::<Shell>().startup.open_now();
    open.map_or_else(|| is_locked(handle), |app| app.lock_state().configured)
}

/// Locks the data, where it is open and a passphrase was set. Returns at once.
pub(crate) fn lock(handle: &AppHandle) {
    let handle = handle.clone();
    async_runtime::spawn(async move { lock_and_wait(&handle).await });
}

/// As [`lock`]; returns only where there is nothing to lock.
pub(crate) async fn lock_and_wait(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    let open = shell.startup.open_now().filter(|app| app.lock_state().configured);
    let Some(app) = open else { return };
    if shell.ending.swap(true, Ordering::AcqRel) {
        return;
    }
    page::keep(handle).await;
    let again = Again {
        shown: views::main_shown(handle),
        at: shell.page.conversation(),
        paused: *app.background_paused().borrow(),
    };
    app.tell_locked();
    placement::note(handle);
    for window in handle.webview_windows().values() {
        // It is gone at once; what is still to be saved is saved behind it.
        let _ = window.hide();
    }
    let listener = timeout(LIMIT, end(handle, &app)).await.unwrap_or_else(|_| {
        tracing::error!("the data was locked before everything could end in order");
        None
    });
    let lock = app.data_folder().lock();
    drop(app);
    let failed = match lock {
        Ok(lock) => platform::start_again(&Args::again(again), Left { lock, listener }),
        Err(error) => std::io::Error::other(error),
    };
    // Open data is not left behind because the program cannot start itself again.
    tracing::error!(kind = %failed.kind(), "the program could not start itself again and ends");
    handle.exit(1);
}

/// Saves and ends everything in order, and hands out the socket of the port if it was open.
async fn end(handle: &AppHandle, app: &App) -> Option<std::net::TcpListener> {
    placement::save(handle).await;
    handle.state::<Shell>().subscriptions.end_all();
    // Answers that run for the port end with the use cases, and its connections with them.
    let (listener, ()) = tokio::join!(background::stop(handle), app.shutdown());
    crash::end(app);
    listener
}

/// Locks when nobody was there for as long as the settings say. Ends with the use cases.
pub(crate) fn follow_presence(handle: &AppHandle, app: &App) {
    let (handle, settings) = (handle.clone(), app.settings_watch());
    handle.state::<Shell>().presence.note();
    async_runtime::spawn(async move {
        while settings.has_changed().is_ok() {
            sleep(LOOK).await;
            let minutes = settings.borrow().lock.idle_minutes;
            if handle.state::<Shell>().presence.is_away(minutes) && is_configured(&handle) {
                lock_and_wait(&handle).await;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_away_where_the_settings_say_never_or_a_key_was_just_pressed() {
        let presence = Presence::default();
        assert!(!presence.is_away(0) && !presence.is_away(1));
        let long_ago = Instant::now().checked_sub(Duration::from_secs(60)).unwrap();
        *presence.0.lock().unwrap() = long_ago;
        assert!(presence.is_away(1) && !presence.is_away(2) && !presence.is_away(0));
        presence.note();
        assert!(!presence.is_away(1));
    }
}
