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
    /// An address that other computers can reach.
    #[error("Hearth listens on this computer only: 127.0.0.1, localhost or ::1")]
    NotLoopback,
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
            Self::PortUnavailable { .. } | Self::PrivateSocket(_) => ErrorCode::PortUnavailable,
            Self::NotLoopback => ErrorCode::InvalidRequest,
            Self::Publish(error) => error.code(),
            Self::NoRandomness => ErrorCode::Internal,
        }
    }
}
