//! Looking at files as a stranger would: every byte of every file below a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every file below a folder; links and sockets are left out.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

/// The files that contain these bytes.
pub(crate) fn files_with(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut hits = files(folder);
    hits.retain(|file| fs::read(file).is_ok_and(|bytes| contains(&bytes, needle)));
    hits
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Names and contents of every file below a folder, to compare before and after.
pub(crate) fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let read = |file: PathBuf| {
        let bytes = fs::read(&file).expect("a file of the test can be read");
        (file, bytes)
    };
    files(folder).into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::files_with;

    #[test]
    fn a_canary_is_found_in_a_folder_below() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("below")).unwrap();
        std::fs::write(root.path().join("below/file"), b"xxcanaryxx").unwrap();
        assert_eq!(files_with(root.path(), b"canary").len(), 1);
        assert!(files_with(root.path(), b"no such").is_empty());
    }
}
