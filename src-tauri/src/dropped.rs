//! Files that were dropped on the window, read for the page.
//!
//! The page never names a file: what it gets are those that the person let go over the window last,
//! once. Models are not read here (they are gigabytes); the page adds them by their path.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use data_encoding::BASE64;
use hearth_api::DroppedFile;

/// Bytes of one file that are read: one more than what the page takes.
const MOST_BYTES: u64 = 32 * 1024 * 1024 + 1;
/// Bytes of all of them together; files beyond cannot be read.
const MOST_TOGETHER: u64 = 96 * 1024 * 1024;
/// Files that are read at once.
const MOST_FILES: usize = 20;

/// What was dropped last and not yet read.
#[derive(Default)]
pub(crate) struct Dropped(Mutex<Vec<PathBuf>>);

impl Dropped {
    /// Notes the files of a drop, in the place of those before.
    pub(crate) fn note(&self, paths: &[PathBuf]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paths.to_vec();
    }

    /// Hands out the files of the last drop, once.
    pub(crate) fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads the files, on a thread that may wait. Folders are left out.
pub(crate) fn read(paths: &[PathBuf]) -> Vec<DroppedFile> {
    let files = paths.iter().filter(|path| path.is_file()).take(MOST_FILES);
    let mut room = MOST_TOGETHER;
    let read = files.map(|path| {
        let content = content(path).ok().filter(|bytes| bytes.len() as u64 <= room);
        room -= content.as_ref().map_or(0, |bytes| bytes.len() as u64);
        DroppedFile { name: name(path), base64: content.map(|bytes| BASE64.encode(&bytes)) }
    });
    read.collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// One byte more than is taken tells that the file is too large.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_handed_out_once() {
        let dropped = Dropped::default();
        dropped.note(&["a".into()]);
        dropped.note(&["b".into()]);
        assert_eq!(dropped.take(), [PathBuf::from("b")]);
        assert!(dropped.take().is_empty());
    }

    #[test]
    fn a_folder_is_left_out_and_a_file_comes_without_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("note.txt");
        std::fs::write(&file, "hello").unwrap();
        let read = read(&[folder.path().to_path_buf(), file]);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].name, "note.txt");
        assert_eq!(read[0].base64.as_deref(), Some("aGVsbG8="));
    }
}
