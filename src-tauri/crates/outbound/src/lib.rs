//! The one way out of the computer: whatever Hearth sends to somebody else goes through [`Outbound`], to an
//! address that the person typed in ([`Target`]), and is written down ([`Ledger`]).
//!
//! A request is checked where it goes (each address that a name stands for), bounded in time and size, sent once
//! over a connection of its own, and never follows a redirect. Not here: who asks, when, and what is sent; trying
//! again; proxies, cookies, HTTP/2. The reasons are in `src-tauri/docs/decisions/0043-one-way-out.md`.

mod address;
mod dial;
mod error;
mod exchange;
mod ledger;
mod limits;
mod network;
mod outbound;
mod target;
mod trust;
mod wire;

pub use address::Reach;
pub use bytes::Bytes;
pub use error::{CertificateFault, Error};
pub use hyper::http::{HeaderName, HeaderValue};
pub use ledger::{Attempt, Connection, Ledger, Outcome, Written};
pub use limits::{
    BODY_TIME, CONNECT_TIME, LONGEST_ADDRESS, REQUEST_BODY, REQUEST_HEADERS, RESPONSE_BODY,
    RESPONSE_HEAD, WHOLE_TIME,
};
pub use network::{Eventually, Network};
pub use outbound::{Outbound, Reply};
pub use target::Target;
pub use url::Url;
