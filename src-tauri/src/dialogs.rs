//! The system's own dialogs for files. They are asked without waiting on any thread: the answer
//! comes from the main thread, and whoever blocked there would wait for itself.

use std::path::PathBuf;

use hearth_api::Caller;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// Lets the person choose a file with one of these endings.
pub(crate) async fn open_file(handle: &AppHandle, kind: &str, endings: &[&str]) -> Option<PathBuf> {
    let (sender, chosen) = oneshot::channel();
    // Nobody waits any more where the window was closed meanwhile.
    dialog(handle).add_filter(kind, endings).pick_file(move |file| drop(sender.send(file)));
    path(chosen).await
}

/// Lets the person choose files of any kind; none where they chose none.
pub(crate) async fn open_files(handle: &AppHandle) -> Vec<PathBuf> {
    let (sender, chosen) = oneshot::channel();
    dialog(handle).pick_files(move |files| drop(sender.send(files)));
    let files = chosen.await.ok().flatten().unwrap_or_default();
    files.into_iter().filter_map(|file| file.into_path().ok()).collect()
}

/// Lets the person choose a folder.
pub(crate) async fn open_folder(handle: &AppHandle) -> Option<PathBuf> {
    let (sender, chosen) = oneshot::channel();
    dialog(handle).pick_folder(move |folder| drop(sender.send(folder)));
    path(chosen).await
}

/// Lets the person choose where a file of this name is saved.
pub(crate) async fn save_file(handle: &AppHandle, name: &str) -> Option<PathBuf> {
    let (sender, chosen) = oneshot::channel();
    let dialog = dialog(handle).set_file_name(plain(name));
    dialog.save_file(move |file| drop(sender.send(file)));
    path(chosen).await
}

fn dialog(handle: &AppHandle) -> FileDialogBuilder<tauri::Wry> {
    let dialog = handle.dialog().file();
    match handle.get_webview_window(Caller::MAIN_WINDOW) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

async fn path(chosen: oneshot::Receiver<Option<FilePath>>) -> Option<PathBuf> {
    chosen.await.ok()??.into_path().ok()
}

/// A proposed name leads nowhere: the dialog opens where the person was last.
fn plain(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c })
        .take(120)
        .collect();
    let name = name.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end();
    if name.is_empty() { "hearth.txt".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_has_nothing_of_a_path() {
        assert_eq!(plain("../../.bashrc"), "bashrc");
        assert_eq!(plain("Grüße.md"), "Grüße.md");
        assert_eq!(plain("a/b\\c:d\n.json"), "a b c d .json");
        assert_eq!(plain("..."), "hearth.txt");
    }
}
