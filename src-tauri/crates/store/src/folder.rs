//! The data folder: made private, held by one process at a time through a lock of the operating
//! system, with a note for the others on how to talk to that process.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hearth_domain::Secret;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, files};

mod contents;

pub use contents::FolderSizes;

const LOCK: &str = "lock";
const ENDPOINT: &str = "endpoint.json";
pub(crate) const DATABASE: &str = "hearth.db";
pub(crate) const REGISTER: &str = "vault.json";
pub(crate) const RECOVERY: &str = "recovery.json";
pub(crate) const LOCK_FILE: &str = "lock.json";
pub(crate) const STATES: &str = "states";

/// A data folder that this process holds; let go when the last clone is dropped or when the process
/// ends.
#[derive(Clone, Debug)]
pub struct DataFolder(Arc<Held>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    // The lock lives as long as the open file.
    lock: File,
    handed_over: AtomicBool,
}

/// How to reach the process that holds a data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its process id.
    pub process: u32,
    /// Its private socket or named pipe.
    pub socket: PathBuf,
    /// What to show there.
    pub token: Secret<String>,
}

/// The file form of [`Endpoint`].
#[derive(Serialize, Deserialize)]
struct Note {
    process: u32,
    socket: PathBuf,
    token: String,
}

impl DataFolder {
    /// Makes the folder if need be, private to its owner, and takes its lock.
    ///
    /// # Errors
    /// [`Error::FolderLocked`] where another process holds it; [`Error::FolderUnusable`] where it
    /// cannot be made, entered or locked.
    pub fn open(path: &Path) -> Result<Self> {
        make_private(path).map_err(Error::FolderUnusable)?;
        let lock = open_lock(path).map_err(Error::FolderUnusable)?;
        Self::hold(path, lock)
    }

    /// Goes on with the lock of the process that this one was before it started itself again: the
    /// folder was never let go. A file that is not its lock is as good as none.
    ///
    /// # Errors
    /// As [`DataFolder::open`].
    pub fn take_over(path: &Path, lock: File) -> Result<Self> {
        let own = open_lock(path).and_then(|own| Ok(is_same(&own.metadata()?, &lock.metadata()?)));
        if own.unwrap_or(false) { Self::hold(path, lock) } else { Self::open(path) }
    }

    fn hold(path: &Path, lock: File) -> Result<Self> {
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let endpoint = Self::endpoint_of(path)?.map(Box::new);
                return Err(Error::FolderLocked { endpoint });
            }
            Err(TryLockError::Error(error)) => return Err(Error::FolderUnusable(error)),
        }
        // Left by a process that was killed.
        files::remove(&path.join(ENDPOINT))?;
        let handed_over = AtomicBool::new(false);
        Ok(Self(Arc::new(Held { path: path.to_owned(), lock, handed_over })))
    }

    /// The lock itself, to be handed to the process that this one becomes: from now on the folder is
    /// held for as long as this file is open.
    ///
    /// # Errors
    /// What the system says.
    pub fn lock(&self) -> Result<File> {
        let lock = self.0.lock.try_clone()?;
        self.0.handed_over.store(true, Ordering::Relaxed);
        Ok(lock)
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The file of the database, whether or not it is there.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.path.join(DATABASE)
    }

    /// Says how to reach this process.
    ///
    /// # Errors
    /// What the disk says.
    pub fn publish(&self, endpoint: &Endpoint) -> Result<()> {
        let note = Note {
            process: endpoint.process,
            socket: endpoint.socket.clone(),
            token: endpoint.token.expose().clone(),
        };
        let text = serde_json::to_vec(&note).map_err(io::Error::other)?;
        Ok(files::replace(&self.0.path.join(ENDPOINT), &text)?)
    }

    /// Takes back what [`Self::publish`] said: this process listens no longer.
    ///
    /// # Errors
    /// What the disk says.
    pub fn withdraw(&self) -> Result<()> {
        Ok(files::remove(&self.0.path.join(ENDPOINT))?)
    }

    /// How to reach the process that holds this folder, as far as it has said so. Asked without
    /// the lock; believe it only where [`Self::open`] says that the folder is held.
    ///
    /// # Errors
    /// What the disk says.
    pub fn endpoint_of(path: &Path) -> Result<Option<Endpoint>> {
        let Some(text) = files::read(&path.join(ENDPOINT))? else { return Ok(None) };
        // A note that cannot be read is one of another version: as good as none.
        Ok(serde_json::from_slice::<Note>(&text).ok().map(|note| Endpoint {
            process: note.process,
            socket: note.socket,
            token: Secret::new(note.token),
        }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nobody can be told of a failure here, and the next holder removes it as well.
        let _ = files::remove(&self.path.join(ENDPOINT));
        // To close the file is not enough: a process that is just being started has a copy of it
        // until its program begins, and the folder would still be held.
        if !*self.handed_over.get_mut() {
            let _ = self.lock.unlock();
        }
    }
}

impl Endpoint {
    /// The endpoint of this very process.
    #[must_use]
    pub fn here(socket: PathBuf, token: Secret<String>) -> Self {
        Self { process: process::id(), socket, token }
    }
}

fn open_lock(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(LOCK))
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// No file is handed over on Windows.
#[cfg(not(unix))]
fn is_same(_one: &fs::Metadata, _other: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Windows gives a user's own folders to that user alone.
#[cfg(not(unix))]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
