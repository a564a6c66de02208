//! Looking through what a person put in: every file with its size and time, and the reason of each
//! that is no document. Nothing is opened here but the files of ignore rules.
//!
//! Links are not followed: they could lead out of what was chosen, and in circles. Hidden files, what
//! `.gitignore`, `.ignore` and `.hearthignore` name, and folders that programs fill for themselves are
//! passed over without a word, as everywhere.

use std::{
    fs::{self, Metadata},
    path::{MAIN_SEPARATOR, Path, PathBuf},
    time::UNIX_EPOCH,
};

use hearth_domain::ErrorCode;
use ignore::{DirEntry, WalkBuilder};

/// Folders that hold what programs fetched or made.
const PASSED_FOLDERS: &[&str] = &["node_modules", "bower_components", "__pycache__", "__MACOSX"];
/// Files of systems and of programs that are just writing.
const PASSED_FILES: &[&str] = &["Thumbs.db", "desktop.ini", "CACHEDIR.TAG"];
const PASSED_ENDINGS: &[&str] = &["crdownload", "part", "partial", "tmp", "swp"];
/// How an office program marks a file that it has open.
const LOCK_PREFIXES: &[&str] = &["~$", ".~lock."];

/// A file as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Where it lies in its source, as shown.
    pub(super) place: String,
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) mtime: i64,
    /// Why it is no document.
    pub(super) code: Option<ErrorCode>,
}

impl Found {
    /// What it is called, as shown.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// What a look has seen.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) found: Vec<Found>,
    /// Folders that could not be entered: what is known of them stays.
    pub(super) closed: Vec<PathBuf>,
}

/// Looks at one file, or through a folder. `None` where there is nothing at the path, or nobody may
/// look: what is known of it stays then. `seen` is told how many files were seen, now and then.
pub(super) fn look(root: &Path, except: &Path, mut seen: impl FnMut(u64)) -> Option<Look> {
    let top = fs::symlink_metadata(root).ok()?;
    if !top.is_dir() {
        let place = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Some(Look { found: vec![found(root, place, &top)], closed: Vec::new() });
    }
    fs::read_dir(root).ok()?;
    let mut look = Look::default();
    for entry in walker(root, except) {
        match entry {
            Ok(entry) if entry.depth() == 0 || is_folder(&entry) => {}
            Ok(entry) => {
                let inner = entry.path().strip_prefix(root).unwrap_or(entry.path());
                // Folders are named the same way on every system.
                let place = inner.to_string_lossy().replace(MAIN_SEPARATOR, "/");
                // One that is gone by now was not found.
                if let Ok(facts) = fs::symlink_metadata(entry.path()) {
                    look.found.push(found(entry.path(), place, &facts));
                }
                if look.found.len() % 512 == 0 {
                    seen(look.found.len() as u64);
                }
            }
            Err(error) => look.closed.extend(path_of(&error)),
        }
    }
    seen(look.found.len() as u64);
    Some(look)
}

fn walker(root: &Path, except: &Path) -> ignore::Walk {
    let except = except.to_owned();
    WalkBuilder::new(root)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .add_custom_ignore_filename(".hearthignore")
        .filter_entry(move |entry| entry.depth() == 0 || is_wanted(entry, &except))
        .build()
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_wanted(entry: &DirEntry, except: &Path) -> bool {
    let name = entry.file_name().to_string_lossy();
    if is_folder(entry) {
        let cache = || entry.path().join("CACHEDIR.TAG").is_file();
        return entry.path() != except && !PASSED_FOLDERS.contains(&name.as_ref()) && !cache();
    }
    let ending = Path::new(name.as_ref()).extension().map(|end| end.to_string_lossy());
    let passed = PASSED_FILES.contains(&name.as_ref())
        || LOCK_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || ending.is_some_and(|end| PASSED_ENDINGS.contains(&end.as_ref()));
    !passed
}

fn found(path: &Path, place: String, facts: &Metadata) -> Found {
    let code = (!facts.is_file()).then_some(ErrorCode::DocumentSpecial);
    Found { path: path.to_owned(), place, size: facts.len(), mtime: mtime(facts), code }
}

/// The size of a file and when it was last changed, as the system tells now.
pub(super) fn facts(path: &Path) -> Option<(u64, i64)> {
    let facts = std::fs::metadata(path).ok()?;
    Some((facts.len(), mtime(&facts)))
}

/// When a file was last changed, in nanoseconds since 1970; 0 where the system does not tell.
pub(super) fn mtime(facts: &Metadata) -> i64 {
    let Ok(changed) = facts.modified() else { return 0 };
    match changed.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

/// The path that an error is about.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Partial(all) => all.iter().find_map(path_of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(root: &Path) -> Vec<String> {
        let look = look(root, Path::new("/nowhere"), |_| {}).unwrap();
        let mut places: Vec<_> = look.found.into_iter().map(|found| found.place).collect();
        places.sort();
        places
    }

    fn write(root: &Path, place: &str) {
        let path = root.join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }

    #[test]
    fn hidden_ignored_and_fetched_files_are_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        for place in
            ["a.md", "in/b.txt", ".hidden", ".git/config", "node_modules/x/readme.md", "~$a.docx"]
        {
            write(dir.path(), place);
        }
        write(dir.path(), "draft/secret.txt");
        write(dir.path(), "made/CACHEDIR.TAG");
        write(dir.path(), "made/out.txt");
        fs::write(dir.path().join(".gitignore"), "*.log\n").unwrap();
        fs::write(dir.path().join(".hearthignore"), "draft/\n").unwrap();
        write(dir.path(), "noise.log");
        assert_eq!(places(dir.path()), ["a.md", "in/b.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn ac_24_links_pipes_and_circles_are_seen_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "in/a.txt");
        std::os::unix::fs::symlink(dir.path(), dir.path().join("in/circle")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("out")).unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let look = look(dir.path(), Path::new("/nowhere"), |_| {}).unwrap();
        let special = look.found.iter().filter(|it| it.code == Some(ErrorCode::DocumentSpecial));
        assert_eq!((look.found.len(), special.count()), (4, 3));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_text_is_a_file_like_others() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
        fs::write(dir.path().join(name), "text").unwrap();
        let look = look(dir.path(), Path::new("/nowhere"), |_| {}).unwrap();
        assert_eq!(look.found[0].path.file_name(), Some(name));
        assert_eq!(look.found[0].place, "caf\u{fffd}.txt");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_from_an_empty_one() {
        let dir = tempfile::tempdir().unwrap();
        assert!(look(dir.path(), Path::new("/nowhere"), |_| {}).unwrap().found.is_empty());
        assert!(look(&dir.path().join("gone"), Path::new("/nowhere"), |_| {}).is_none());
    }
}
