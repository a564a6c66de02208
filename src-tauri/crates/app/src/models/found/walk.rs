//! Looking through a folder that others filled: so deep, so many entries, no folder twice.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// Folders within folders.
const DEEPEST: usize = 8;
/// Entries that are looked at in all.
const MOST_ENTRIES: usize = 20_000;
/// Files that are taken.
const MOST_FILES: usize = 500;

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Under this name.
    pub(super) path: PathBuf,
    /// Where it really lies.
    pub(super) target: PathBuf,
}

impl File {
    /// Its name without the ending.
    pub(super) fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The files below a folder whose names are wanted, in the order of their names. Links to files are
/// followed, links to folders are not: so there is no way in circles and none out of the folder.
pub(super) fn files(root: &Path, wanted: impl Fn(&OsStr) -> bool) -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![(root.to_owned(), 0)];
    let mut looked = 0;
    while let Some((folder, depth)) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let mut entries: Vec<_> =
            entries.take(MOST_ENTRIES - looked).flatten().map(|entry| entry.path()).collect();
        looked += entries.len();
        entries.sort();
        for path in entries {
            let Ok(kind) = path.symlink_metadata().map(|facts| facts.file_type()) else { continue };
            if kind.is_dir() {
                if depth < DEEPEST {
                    open.push((path, depth + 1));
                }
            } else if path.file_name().is_some_and(&wanted)
                && let Some(target) = regular(&path)
            {
                found.push(File { path, target });
            }
        }
        if looked >= MOST_ENTRIES || found.len() >= MOST_FILES {
            break;
        }
    }
    found.truncate(MOST_FILES);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Where an ordinary file really lies; `None` for what is none, or a link into nothing or a circle.
pub(super) fn regular(path: &Path) -> Option<PathBuf> {
    let target = path.canonicalize().ok()?;
    target.metadata().ok()?.is_file().then_some(target)
}

/// Whether a name has this ending, in letters of any size.
pub(super) fn ends_with(name: &OsStr, ending: &str) -> bool {
    name.to_string_lossy().to_ascii_lowercase().ends_with(ending)
}

/// A small text file; `None` where it is missing, larger than that or no text.
pub(super) fn small_text(path: &Path) -> Option<String> {
    const MOST_BYTES: u64 = 1 << 20;
    let path = regular(path)?;
    let facts = path.metadata().ok()?;
    (facts.len() <= MOST_BYTES).then(|| fs::read_to_string(path).ok()).flatten()
}
