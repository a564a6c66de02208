//! Saves text to a file of the person: under its name there is the old content or the new one,
//! never a part.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
};

use hearth_api::{ApiError, Result};
use hearth_domain::ErrorCode;
use tauri::async_runtime;

/// Writes the file on a thread that may wait.
///
/// # Errors
/// `file_unwritable`, `disk_full`.
pub(crate) async fn save(path: PathBuf, text: String) -> Result<()> {
    let written = async_runtime::spawn_blocking(move || replace(&path, text.as_bytes())).await;
    written.map_err(|_| ApiError::internal())?.map_err(|error| refused(&error))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let new = path.with_file_name(format!(".{}.{}.new", name.to_string_lossy(), process::id()));
    let written = write(&new, content).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What is left of it is of no use; where it cannot be removed nothing can be done.
        let _ = fs::remove_file(&new);
    }
    written
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Without the path: the person has just chosen it.
fn refused(error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ApiError::new(ErrorCode::DiskFull, "the disk is full; nothing was saved")
        }
        _ => ApiError::new(ErrorCode::FileUnwritable, "the file cannot be written there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.md");
        replace(&path, b"old").unwrap();
        replace(&path, "neu: Grüße".as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "neu: Grüße");
        assert_eq!(names(folder.path()), ["notes.md"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_without_its_path_and_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "x").unwrap();
        let error = replace(&path, b"new").unwrap_err();
        let refused = refused(&error);
        assert_eq!(refused.code, ErrorCode::FileUnwritable);
        assert!(!refused.message.contains("taken"));
        assert_eq!(names(folder.path()), ["taken"]);
        assert!(replace(&folder.path().join("gone/file"), b"new").is_err());
    }
}
