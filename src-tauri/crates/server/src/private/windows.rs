//! The private socket on Windows: a named pipe with a name that nobody can guess.

use std::{
    future::{self, Ready},
    io,
    path::{Path, PathBuf},
};

use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};

use super::short_name;
use crate::{auth, connections};

/// The name of the pipe; it ends with its last handle.
pub(super) struct Place(String);

impl Place {
    /// What a client connects to.
    pub(super) fn address(&self) -> PathBuf {
        PathBuf::from(&self.0)
    }
}

/// Hands out one instance of the pipe after the other.
pub(super) struct Pipe {
    name: String,
    next: NamedPipeServer,
}

impl connections::Listener for Pipe {
    type Io = NamedPipeServer;
    type Peer = ();
    type Greeting = Ready<io::Result<NamedPipeServer>>;

    async fn accept(&mut self) -> io::Result<(Self::Greeting, ())> {
        self.next.connect().await?;
        let following = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        Ok((future::ready(Ok(std::mem::replace(&mut self.next, following))), ()))
    }
}

pub(super) fn listen(data_folder: &Path) -> io::Result<(Pipe, Place)> {
    let random = auth::fresh_secret().ok_or(io::ErrorKind::Other)?;
    let name = format!(r"\\.\pipe\hearth-{}-{random}", short_name(data_folder));
    let mut options = ServerOptions::new();
    let next = options.first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
    Ok((Pipe { name: name.clone(), next }, Place(name)))
}

/// Connects to the pipe of another process.
pub(crate) async fn connect(address: &Path) -> io::Result<NamedPipeClient> {
    /// `ERROR_PIPE_BUSY`: the server is between two instances.
    const BUSY: i32 = 231;
    for _ in 0..50 {
        match ClientOptions::new().open(address) {
            Err(error) if error.raw_os_error() == Some(BUSY) => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
