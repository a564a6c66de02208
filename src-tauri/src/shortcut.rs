//! The keys that open the quick chat from anywhere: they follow the settings, and what is said
//! about them is what was found out, not what was hoped for.
//!
//! On Wayland no program may listen to keys; the person is told the command to bind instead.

use std::{
    env,
    path::{self, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hearth_api::{ShortcutProblem, ShortcutState};
use hearth_app::App;
use tauri::{AppHandle, Manager, async_runtime};
use tauri_plugin_global_shortcut::{Code, Modifiers, Shortcut};
use tokio::sync::Notify;

use crate::{args::Args, platform, platform::Grab, quick, shell::Shell};

/// The keys that are held now, and what is said about them.
#[derive(Default)]
pub(crate) struct Keys {
    said: Mutex<ShortcutState>,
    /// Never locked by the main thread, which the library needs to take keys.
    grip: Mutex<Option<Grab>>,
    again: Notify,
}

/// Takes the keys of the settings, and others when they change. What was taken stays taken while
/// the data is locked.
pub(crate) fn follow(handle: &AppHandle, app: &Arc<App>) {
    let handle = handle.clone();
    let (mut settings, app) = (app.settings_watch(), Arc::downgrade(app));
    async_runtime::spawn(async move {
        loop {
            let wanted = settings.borrow_and_update().desktop.shortcut.clone();
            let target = handle.clone();
            let changed = async_runtime::spawn_blocking(move || take(&target, wanted)).await;
            if let Some(app) = app.upgrade().filter(|_| changed.unwrap_or(false)) {
                app.invalidate(&["desktop"]);
            }
            tokio::select! {
                changed = settings.changed() => if changed.is_err() { return },
                () = keys(&handle).again.notified() => {}
            }
        }
    });
}

/// What is said about them. Where another program had them it may have ended meanwhile, so they
/// are asked for once more; the answer comes as a change of the tag `desktop`.
pub(crate) fn state(handle: &AppHandle) -> ShortcutState {
    let said = said(handle).clone();
    if said.problem == Some(ShortcutProblem::Taken) {
        keys(handle).again.notify_one();
    }
    said
}

/// Notes the command that opens the quick chat of this very program with this very data.
pub(crate) fn note_command(handle: &AppHandle, args: &Args) {
    let program = platform::program().or_else(|| env::current_exe().ok());
    let program = program.unwrap_or_else(|| PathBuf::from("hearth-desktop"));
    let mut words = vec![program.to_string_lossy().into_owned(), "--quick".to_owned()];
    if let Some(folder) = &args.data_dir {
        let folder = path::absolute(folder).unwrap_or_else(|_| folder.clone());
        words.push("--data-dir".to_owned());
        words.push(folder.to_string_lossy().into_owned());
    }
    let words: Vec<_> = words.iter().map(|word| platform::quoted(word)).collect();
    said(handle).command = words.join(" ");
}

/// Lets the old keys go and takes these. Whether anything that is said has changed.
fn take(handle: &AppHandle, wanted: Option<String>) -> bool {
    let mut grip = keys(handle).grip.lock().unwrap_or_else(PoisonError::into_inner);
    let before = said(handle).clone();
    if before.wanted == wanted && (before.active || wanted.is_none()) {
        return false;
    }
    drop(grip.take());
    let (taken, problem) = match wanted.as_deref().map(|wanted| ask(handle, wanted)) {
        Some(Ok(taken)) => (Some(taken), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
    *grip = taken;
    if let Some(problem) = problem.filter(|_| before.problem != problem) {
        tracing::warn!(?problem, "the keys of the quick chat are not taken");
    }
    let active = grip.is_some();
    let now = ShortcutState { wanted, active, problem, command: before.command.clone() };
    let changed = now != before;
    *said(handle) = now;
    changed
}

/// Asks the system for keys.
fn ask(handle: &AppHandle, wanted: &str) -> Result<Grab, ShortcutProblem> {
    let keys = parsed(wanted).ok_or(ShortcutProblem::Invalid)?;
    platform::keys_problem().map_or(Ok(()), Err)?;
    let app = handle.clone();
    Grab::take(handle, keys, move || quick::toggle(&app))
}

/// Keys such as `Ctrl+Shift+Space`. A key that people write with is refused: it would be gone from
/// every other program.
fn parsed(text: &str) -> Option<Shortcut> {
    let keys: Shortcut = text.parse().ok()?;
    let held = Modifiers::CONTROL | Modifiers::ALT | Modifiers::SUPER;
    (keys.mods.intersects(held) || is_function(keys.key)).then_some(keys)
}

fn is_function(key: Code) -> bool {
    let name = key.to_string();
    name.strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok())
}

fn keys(handle: &AppHandle) -> &Keys {
    &handle.state::<Shell>().inner().keys
}

fn said(handle: &AppHandle) -> MutexGuard<'_, ShortcutState> {
    keys(handle).said.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_nobody_writes_with_can_be_taken() {
        for keys in ["Ctrl+Shift+Space", "ctrl+alt+h", "Super+Space", "F12", "Shift+F3"] {
            assert!(parsed(keys).is_some(), "{keys}");
        }
        for keys in ["", "Space", "A", "Shift+A", "Ctrl", "Ctrl+", "Ctrl+Nothing", "Ctrl+A+B"] {
            assert!(parsed(keys).is_none(), "{keys}");
        }
    }
}
