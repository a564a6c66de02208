//! Why the port or the private socket could not be opened.

use hearth_domain::ErrorCode;
use thiserror::Error;

/// Why a listener could not be opened. The sentences hold no paths.
#[derive(Debug, Error)]
pub enum Error {
    /// Another program has the port, or the system forbids it.
    #[error("the port {port} cannot be opened; choose another one, or 0 for any")]
    PortUnavailable {
        /// The one that was asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another program has the port for other computers, or this computer has no such address.
    #[error(
        "nothing can listen at {address}; choose an address of this computer and a port that is free"
    )]
    NetworkUnavailable {
        /// The one that was asked for.
        address: std::net::SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An address that other computers can reach.
    #[error("Hearth listens on this computer only: 127.0.0.1, localhost or ::1")]
    NotLoopback,
    /// Others may be let in only where there is a key to ask them for.
    #[error(
        "other computers are let in only with a key: make one first, for instance with `hearth keys make`"
    )]
    NoKey,
    /// A name by which nobody can reach a computer.
    #[error("{0} is no name or address by which other computers reach this one")]
    NoName(String),
    /// The certificate for other computers could not be made or read.
    #[error("the certificate for other computers cannot be made")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not take or give the certificate.
    #[error("the certificate for other computers cannot be kept")]
    Kept(#[source] hearth_app::Error),
    /// The private socket could not be made.
    #[error("the private socket for other programs of this user cannot be made")]
    PrivateSocket(#[source] std::io::Error),
    /// The data folder does not take the address of the private socket.
    #[error("the address of the private socket cannot be left in the data folder")]
    Publish(#[from] hearth_app::StoreError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Error {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::PortUnavailable { .. }
            | Self::NetworkUnavailable { .. }
            | Self::PrivateSocket(_) => ErrorCode::PortUnavailable,
            Self::NotLoopback | Self::NoKey | Self::NoName(_) => ErrorCode::InvalidRequest,
            Self::Kept(error) => error.code(),
            Self::Publish(error) => error.code(),
            Self::NoRandomness | Self::Certificate(_) => ErrorCode::Internal,
        }
    }
}
