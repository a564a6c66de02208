//! Storage that nothing stays in.
//!
//! WebKitGTK keeps the schemes of our pages with the context of a view, and a view without storage
//! has a context of its own, of which Tauri believes that it knows them already: the second such
//! view finds no page. So all views share one context, and its folder is one in which nobody, not
//! even root, can make a file: what a page stores is gone with the program.

use std::path::Path;

use tauri::{AppHandle, WebviewWindowBuilder, Wry};

/// The system's view of its processes, written to by the system alone.
const NOWHERE: &str = "/proc";

/// Lets a view store nothing.
pub(crate) fn without_storage<'a>(
    window: WebviewWindowBuilder<'a, Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let nowhere = Path::new(NOWHERE);
    // A folder that is not there would be made, and then it would take files.
    if nowhere.exists() {
        window.data_directory(nowhere.to_owned())
    } else {
        window.incognito(true)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_folder_is_there_and_takes_nothing() {
        assert!(Path::new(NOWHERE).is_dir());
        let inside = Path::new(NOWHERE).join("hearth");
        assert!(fs::write(&inside, "").is_err() && fs::create_dir(&inside).is_err());
    }
}
