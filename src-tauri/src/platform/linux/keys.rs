//! Keys from anywhere: whether this desktop lets a program have them, and how the command that
//! does the same is written for it.

use std::{env, path::PathBuf};

use hearth_api::ShortcutProblem;

/// Why no keys can be had here.
pub(crate) fn keys_problem() -> Option<ShortcutProblem> {
    let session = env::var_os("XDG_SESSION_TYPE").is_some_and(|kind| kind == "wayland");
    if session || env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) {
        return Some(ShortcutProblem::Wayland);
    }
    env::var_os("DISPLAY")
        .is_none_or(|name| name.is_empty())
        .then_some(ShortcutProblem::Unavailable)
}

/// The file that starts this program, where that is not the program itself.
pub(crate) fn program() -> Option<PathBuf> {
    let image = env::var_os("APPIMAGE").filter(|image| !image.is_empty())?;
    // The variables may be those of another program that started this one.
    let mounted = env::var_os("APPDIR").filter(|folder| !folder.is_empty())?;
    env::current_exe().ok()?.starts_with(mounted).then(|| image.into())
}

/// A word as a shell and a desktop's keyboard settings read it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_space_is_one_word() {
        assert_eq!(quoted("/usr/bin/hearth-desktop"), "/usr/bin/hearth-desktop");
        assert_eq!(quoted("/opt/my apps/hearth"), "'/opt/my apps/hearth'");
        assert_eq!(quoted("/it's/$HOME"), r"'/it'\''s/$HOME'");
        assert_eq!(quoted(""), "''");
    }
}
