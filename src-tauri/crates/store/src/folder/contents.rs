//! What lies in the data folder: how much of each kind, and what may be removed from it by itself. The
//! database and the states are changed by their own modules.

use std::{
    fs::{self, OpenOptions},
    io,
    path::PathBuf,
};

use super::{DATABASE, DataFolder, STATES};
use crate::{Result, files};

const LOGS: &str = "logs";

/// Bytes on disk, for "where are my data".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderSizes {
    /// The database with its log.
    pub database: u64,
    /// Copies from before migrations.
    pub backups: u64,
    /// What was kept of conversations so that they need not be read again.
    pub states: u64,
    /// The log of requests to the port.
    pub logs: u64,
    /// Everything else in the folder, model files included.
    pub other: u64,
}

impl FolderSizes {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.database + self.backups + self.states + self.logs + self.other
    }
}

impl DataFolder {
    /// Removes the copies of the database from before changes of its schema.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_backups(&self) -> Result<()> {
        let copies = format!("{DATABASE}.before-");
        for entry in fs::read_dir(&self.0.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&copies) {
                files::remove(&entry.path())?;
            }
        }
        Ok(files::sync_folder(&self.0.path)?)
    }

    /// Where the log of requests to the port lies, when one is written.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.0.path.join(LOGS)
    }

    /// Removes the log of requests. The last file stays, empty: it may be open, and the next line goes
    /// into it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_logs(&self) -> Result<()> {
        let entries = match fs::read_dir(self.logs()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let paths: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut paths = paths?;
        paths.sort_unstable();
        let last = paths.pop();
        paths.iter().try_for_each(|path| files::remove(path))?;
        if let Some(last) = last {
            OpenOptions::new().write(true).open(last)?.set_len(0)?;
        }
        Ok(files::sync_folder(&self.logs())?)
    }

    /// How much lies in the folder.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sizes(&self) -> Result<FolderSizes> {
        let mut sizes = FolderSizes::default();
        let (states, logs) = (self.0.path.join(STATES), self.logs());
        let mut folders = vec![self.0.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                // A file that vanishes while we look was a temporary one.
                let Ok(meta) = entry.metadata() else { continue };
                if meta.is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let name = entry.file_name().to_string_lossy().into_owned();
                let top = folder == self.0.path;
                match name.strip_prefix(DATABASE) {
                    Some("" | "-wal" | "-shm") if top => sizes.database += meta.len(),
                    Some(rest) if top && rest.starts_with(".before-") => {
                        sizes.backups += meta.len();
                    }
                    _ if folder == states => sizes.states += meta.len(),
                    _ if folder == logs => sizes.logs += meta.len(),
                    _ => sizes.other += meta.len(),
                }
            }
        }
        Ok(sizes)
    }
}
