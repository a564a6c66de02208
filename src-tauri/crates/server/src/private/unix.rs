//! The private socket on Unix: a socket of mode 0600 in a folder of mode 0700.

use std::{
    env, fs,
    future::{self, Ready},
    io,
    os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::process::getuid;
use tokio::net::{UnixListener, UnixStream};

use super::short_name;
use crate::{auth, connections};

/// The longest path that every Unix takes (macOS has 104 with the closing zero).
const PATH_BYTES: usize = 103;

/// The folder with the socket; both are removed at the end.
pub(super) struct Place {
    folder: PathBuf,
}

impl Place {
    /// What a client connects to.
    pub(super) fn address(&self) -> PathBuf {
        self.folder.join("socket")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed is found and reused by the next run.
        let _ = fs::remove_file(self.address());
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Accepts this user's programs.
pub(super) struct Socket(UnixListener);

impl connections::Listener for Socket {
    type Io = UnixStream;
    type Peer = ();
    type Greeting = Ready<io::Result<UnixStream>>;

    async fn accept(&mut self) -> io::Result<(Self::Greeting, ())> {
        loop {
            let (stream, _) = self.0.accept().await?;
            if stream.peer_cred()?.uid() == getuid().as_raw() {
                return Ok((future::ready(Ok(stream)), ()));
            }
            tracing::warn!("another user knocked at the private socket");
        }
    }
}

pub(super) fn listen(data_folder: &Path) -> io::Result<(Socket, Place)> {
    let place = Place { folder: private_folder(&short_name(data_folder))? };
    let address = place.address();
    remove_stale(&address)?;
    let listener = UnixListener::bind(&address)?;
    fs::set_permissions(&address, fs::Permissions::from_mode(0o600))?;
    Ok((Socket(listener), place))
}

/// Connects to the socket of another process.
pub(crate) async fn connect(address: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(address).await?;
    if stream.peer_cred()?.uid() != getuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(stream)
}

/// A folder that only this user can enter, where sockets belong. A name that someone else took
/// is left alone and another one is used: clients read the address from the endpoint file.
fn private_folder(name: &str) -> io::Result<PathBuf> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let roots = runtime
        .into_iter()
        .filter(|root| is_ours(root))
        .chain([env::temp_dir(), PathBuf::from("/tmp")]);
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for root in roots {
        let random = auth::fresh_secret().unwrap_or_default();
        let other = random.get(..8).unwrap_or("other");
        for name in [format!("hearth-{name}"), format!("hearth-{name}-{other}")] {
            let folder = root.join(name);
            if folder.join("socket").as_os_str().len() > PATH_BYTES {
                continue;
            }
            match fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(folder),
                Err(_) if is_ours(&folder) => return Ok(folder),
                Err(error) => last = error,
            }
        }
    }
    Err(last)
}

/// A real folder of this user that nobody else may enter.
fn is_ours(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|found| {
        found.is_dir() && found.uid() == getuid().as_raw() && found.mode().trailing_zeros() >= 6
    })
}

/// Removes the socket of a run that was killed. The caller holds the lock of the data folder, so
/// no living process serves it; anything but a socket is left alone and fails the bind.
fn remove_stale(address: &Path) -> io::Result<()> {
    match fs::symlink_metadata(address) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(address),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_folder_of_this_user_is_used() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
        assert!(is_ours(&folder));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(!is_ours(&folder));
        let link = root.path().join("link");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert!(!is_ours(&link));
    }

    #[tokio::test]
    async fn a_socket_left_by_a_killed_run_is_replaced_and_a_file_is_not() {
        let data = tempfile::tempdir().unwrap();
        let (listener, place) = listen(data.path()).unwrap();
        let address = place.address();
        std::mem::forget(place);
        drop(listener);
        assert!(address.exists());
        let (_listener, place) = listen(data.path()).unwrap();
        assert_eq!(place.address(), address);
        assert!(connect(&address).await.is_ok());
        assert_eq!(fs::metadata(&address).unwrap().mode() & 0o777, 0o600);
        drop(place);
        assert!(!address.exists());
    }
}
