//! Start on login. What is shown is what the system has, read from it each time: the person may
//! have changed it there. Nothing of it is a setting of ours.
//!
//! Where the entry lies and how it is written is the business of `platform`.

use std::{
    env, io,
    path::{self, PathBuf},
};

use hearth_api::{ApiError, Autostart, Result};
use hearth_domain::ErrorCode;
use tauri::{AppHandle, Manager, async_runtime};

use crate::{args::Args, platform};

/// The command that the system is to run on login: this program, without a window, on this data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The program, then its arguments; `None` where a path is no text, which no entry can hold.
    words: Option<Vec<String>>,
}

impl Launch {
    /// Of this run of the program. To be asked at the start: an update replaces the file.
    fn of(args: &Args) -> Self {
        let program = platform::program().or_else(|| env::current_exe().ok());
        Self { words: program.and_then(|program| words(program, args.data_dir.clone())) }
    }
}

fn words(program: PathBuf, data_dir: Option<PathBuf>) -> Option<Vec<String>> {
    let text = |path: PathBuf| path.into_os_string().into_string().ok();
    let mut words = vec![text(program)?, "--hidden".to_owned()];
    if let Some(folder) = data_dir {
        words.push("--data-dir".to_owned());
        words.push(text(path::absolute(folder).ok()?)?);
    }
    // An entry is made of lines.
    let whole = words.iter().all(|word| !word.chars().any(char::is_control));
    whole.then_some(words)
}

/// What the words of an entry say about the data that it opens.
pub(crate) fn data_dir(words: &[String]) -> Option<&str> {
    let at = words.iter().position(|word| word == "--data-dir")?;
    words.get(at + 1).map(String::as_str)
}

/// Notes the command of this run and mends an old entry.
pub(crate) fn begin(handle: &AppHandle, args: &Args) {
    let launch = Launch::of(args);
    handle.manage(launch.clone());
    repair(launch);
}

/// What the system has.
pub(crate) fn state(handle: &AppHandle) -> Autostart {
    read(&handle.state::<Launch>())
}

fn read(launch: &Launch) -> Autostart {
    launch.words.as_deref().map(platform::login_entry).unwrap_or_default()
}

/// Turns it on or off; answers what the system has afterwards.
///
/// # Errors
/// `autostart_unwritable` where the entry cannot be written or removed, or is not what was asked
/// for when it is read again.
pub(crate) async fn set(handle: &AppHandle, enabled: bool) -> Result<Autostart> {
    let launch = handle.state::<Launch>().inner().clone();
    let changed = async_runtime::spawn_blocking(move || change(&launch, enabled)).await;
    changed.map_err(|_| ApiError::internal())?.map_err(|error| {
        tracing::warn!(kind = %error.kind(), "the entry for start on login cannot be changed");
        unwritable()
    })
}

fn change(launch: &Launch, enabled: bool) -> io::Result<Autostart> {
    let words = launch.words.as_deref().ok_or(io::ErrorKind::Unsupported)?;
    if enabled {
        platform::write_login_entry(words)?;
    } else {
        platform::remove_login_entry(words)?;
    }
    let now = read(launch);
    let done = now.enabled == enabled && !now.stale;
    done.then_some(now).ok_or_else(|| io::ErrorKind::Other.into())
}

fn unwritable() -> ApiError {
    ApiError::new(
        ErrorCode::AutostartUnwritable,
        "the system's entry for start on login cannot be changed; it is as it was",
    )
}

/// Mends an entry that starts what is no longer there or lies elsewhere by now. One that the person
/// turned off stays off, one for other data is another Hearth's.
fn repair(launch: Launch) {
    async_runtime::spawn_blocking(move || {
        let Some(words) = launch.words.as_deref() else { return };
        if !platform::login_entry_is_old(words) {
            return;
        }
        match platform::write_login_entry(words) {
            Ok(()) => tracing::info!("the entry for start on login was mended"),
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "a stale entry for start on login stays");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_that_was_named_is_opened_on_login_too() {
        let words = words("/opt/my apps/hearth".into(), Some("/data/one two".into())).unwrap();
        assert_eq!(words, ["/opt/my apps/hearth", "--hidden", "--data-dir", "/data/one two"]);
        assert_eq!(data_dir(&words), Some("/data/one two"));
        assert_eq!(data_dir(&["x".to_owned(), "--data-dir".to_owned()]), None);
    }

    #[test]
    fn a_path_with_a_line_break_makes_no_entry() {
        assert_eq!(words("/opt/a\nExec=evil".into(), None), None);
    }
}
