//! What is asked of the operating system: what a name stands for, and a connection to an address. A trait, so that
//! tests can lie about both; nothing is checked here.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
};

use tokio::net::{TcpStream, lookup_host};

/// A result that comes later.
pub type Eventually<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// The network as the operating system gives it.
pub trait Network: Send + Sync {
    /// All addresses of a name, the best first.
    ///
    /// # Errors
    /// As the system says; a name without addresses may be an error or an empty list.
    fn resolve<'a>(&'a self, name: &'a str) -> Eventually<'a, Vec<IpAddr>>;

    /// A connection to exactly this address.
    ///
    /// # Errors
    /// As the system says.
    fn connect(&self, address: SocketAddr) -> Eventually<'_, TcpStream>;
}

/// That of the computer.
pub(crate) struct System;

impl Network for System {
    fn resolve<'a>(&'a self, name: &'a str) -> Eventually<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let found = lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }

    fn connect(&self, address: SocketAddr) -> Eventually<'_, TcpStream> {
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            // Small requests, each of which should leave at once.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        })
    }
}
