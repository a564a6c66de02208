//! What wakes the tray: the tray itself coming and going, the data being opened or locked, and
//! everything that the use cases tell a window.

use std::sync::{Arc, atomic::Ordering};

use hearth_app::{APP_TOPIC, App};
use hearth_domain::AppEvent;
use tauri::{AppHandle, Manager};
use tokio::sync::watch;

use super::{Tray, changed};
use crate::shell::Shell;

/// What stands in lists comes from these.
const LISTS: [&str; 4] = ["conversations", "models", "personas", "settings"];
/// What else is shown.
const MORE: [&str; 2] = ["status", "desktop"];

/// Follows whether there is a tray.
pub(super) async fn host(handle: AppHandle, mut host: watch::Receiver<bool>) {
    while host.changed().await.is_ok() {
        changed(&handle);
    }
}

/// Follows the program.
pub(super) async fn program(handle: AppHandle) {
    let startup = handle.state::<Shell>().startup.clone();
    let mut changes = startup.changes();
    loop {
        wake_all(&handle);
        let next = match startup.open_now() {
            Some(app) => tokio::select! {
                () = open(&handle, &app) => changes.next().await,
                more = changes.next() => more,
            },
            None => changes.next().await,
        };
        if !next {
            return;
        }
    }
}

/// Follows the open data until its streams end.
async fn open(handle: &AppHandle, app: &Arc<App>) {
    let Some(mut events) = app.subscribe(APP_TOPIC, None) else { return };
    let mut paused = app.background_paused();
    loop {
        tokio::select! {
            items = events.next() => match items {
                Some(items) => items.iter().for_each(|item| heard(handle, &item.json)),
                None => return,
            },
            now = paused.changed() => match now {
                Ok(()) => changed(handle),
                Err(_) => return,
            },
        }
    }
}

fn heard(handle: &AppHandle, event: &str) {
    match serde_json::from_str(event) {
        Ok(AppEvent::Engine { .. }) => changed(handle),
        Ok(AppEvent::GenerationStarted { .. }) => wake_all(handle),
        Ok(AppEvent::Invalidated { tags }) => {
            if tags.iter().any(|tag| LISTS.contains(&tag.as_str())) {
                wake_all(handle);
            } else if tags.iter().any(|tag| MORE.contains(&tag.as_str())) {
                changed(handle);
            }
        }
        _ => {}
    }
}

fn wake_all(handle: &AppHandle) {
    handle.state::<Tray>().stale.store(true, Ordering::Release);
    changed(handle);
}
