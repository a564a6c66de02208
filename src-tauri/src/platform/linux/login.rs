//! Start on login: an entry in the folder that desktops read when a session begins.
//!
//! Written here and not by a library: `auto-launch` 0.6.0 leaves paths with spaces unquoted, looks
//! only at `~/.config` whatever the session says, and takes an entry that the desktop's own settings
//! have turned off for one that is on.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use hearth_api::Autostart;

use super::exec;
use crate::autostart;

/// The name of the entry, which desktops show nowhere.
const FILE: &str = "hearth-desktop.desktop";

/// What the system has, beside the words that it should have.
pub(crate) fn login_entry(words: &[String]) -> Autostart {
    let Some(file) = file() else { return Autostart::default() };
    let found = fs::read_to_string(file).ok().as_deref().and_then(entry);
    found.map_or(Autostart { available: true, ..Autostart::default() }, |found| Autostart {
        available: true,
        enabled: true,
        stale: found != words,
    })
}

/// Whether the entry is on, starts something else than these words, and yet opens the same data.
pub(crate) fn login_entry_is_old(words: &[String]) -> bool {
    let text = file().and_then(|file| fs::read_to_string(file).ok());
    let found = text.as_deref().and_then(entry);
    found.is_some_and(|found| {
        found != words && autostart::data_dir(&found) == autostart::data_dir(words)
    })
}

/// Writes the entry, whole or not at all.
///
/// # Errors
/// Where the folder cannot be made or written.
pub(crate) fn write_login_entry(words: &[String]) -> io::Result<()> {
    let file = file().ok_or(io::ErrorKind::NotFound)?;
    let folder = file.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    // Desktops read only names that end with `.desktop`.
    let new = folder.join(format!("{FILE}.new"));
    let written = fs::write(&new, text(words)).and_then(|()| fs::rename(&new, &file));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}

/// Removes the entry; one that is not there is as good.
///
/// # Errors
/// Where it cannot be removed.
pub(crate) fn remove_login_entry(_words: &[String]) -> io::Result<()> {
    let file = file().ok_or(io::ErrorKind::NotFound)?;
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where desktops look; a relative path in the variable counts for nothing, as the rule says.
fn file() -> Option<PathBuf> {
    let own = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let config = own.or_else(|| {
        let home = env::home_dir().filter(|home| home.is_absolute());
        home.map(|home| home.join(".config"))
    })?;
    Some(config.join("autostart").join(FILE))
}

fn text(words: &[String]) -> String {
    let line = exec::line(words);
    format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Name=Hearth\n\
         Exec={line}\n\
         Icon=hearth-desktop\n\
         StartupNotify=false\n\
         Terminal=false\n\
         X-GNOME-Autostart-enabled=true\n"
    )
}

/// The command of an entry that is on; `None` where it is off, which desktops write into it.
fn entry(text: &str) -> Option<Vec<String>> {
    let mut ours = false;
    let mut command = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            ours = line == "[Desktop Entry]";
        }
        let Some((key, value)) = line.split_once('=').filter(|_| ours) else { continue };
        match (key.trim(), value.trim()) {
            ("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false") => return None,
            ("Exec", value) => command = exec::words(value),
            _ => {}
        }
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let words = some(&["/opt/my apps/it's \"50%\"\\$x`/hearth-desktop", "--hidden"]);
        assert_eq!(entry(&text(&words)), Some(words));
    }

    #[test]
    fn an_entry_that_the_desktop_turned_off_is_off() {
        let on = text(&some(&["/usr/bin/hearth-desktop", "--hidden"]));
        assert!(entry(&on).is_some());
        assert_eq!(entry(&format!("{on}Hidden=true\n")), None);
        let off = on.replace("enabled=true", "enabled=false");
        assert_eq!(entry(&off), None);
        let elsewhere = format!("{on}\n[Desktop Action x]\nHidden=true\nExec=/other\n");
        assert_eq!(entry(&elsewhere), entry(&on));
    }

    #[test]
    fn an_entry_without_a_command_is_on_and_stale() {
        assert_eq!(entry("[Desktop Entry]\nType=Application\n"), Some(Vec::new()));
    }
}
