//! A checked address: what the person typed, read once by the one parser (`url`), and refused unless it is plainly a
//! place that the request may go to. What is checked here is what is connected to later; nobody reads the text again.
//!
//! A name is only checked as a name here: what it stands for is looked at when a connection is made (`dial.rs`).

use std::{fmt, net::IpAddr};

use hyper::http::uri::PathAndQuery;
use tokio_rustls::rustls::pki_types::{DnsName, ServerName};
use url::{Host, Url};

use crate::{Error, Reach, limits::LONGEST_ADDRESS};

/// Names that by their registration stand for this computer or its network, with all names below them: RFC 6761,
/// RFC 6762, RFC 8375, and `internal` as ICANN set it aside in 2024.
const OWN_NAMES: [&str; 4] = ["localhost", "local", "home.arpa", "internal"];

/// A place that a request may go to. Its `Debug` has neither path nor query.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    reach: Reach,
    host: String,
    port: u16,
    peer: Peer,
    path: PathAndQuery,
}

/// Whom a host names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// An address, written as IPv4 where it is one.
    Address(IpAddr),
    /// A name in small ASCII letters (Punycode), without a dot at its end.
    Name(DnsName<'static>),
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Error::InvalidAddress`] for other schemes than `http` and `https`, user names, passwords, fragments (they are
    /// never sent, so whoever wrote one expects something else), backslashes and control characters (parsers disagree
    /// about them), no host or one that is no name, and texts over [`LONGEST_ADDRESS`] bytes, also once they
    /// are spelled out. [`Error::Forbidden`] for a host or a port that `reach` does not allow; with
    /// [`Reach::Internet`] these are also names such as `localhost` and `printer.local`.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, Error> {
        let doubtful = |letter: char| letter.is_control() || letter == '\\';
        if text.len() > LONGEST_ADDRESS || text.contains(doubtful) {
            return Err(Error::InvalidAddress);
        }
        let mut url = Url::parse(text).map_err(|_| Error::InvalidAddress)?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        if !is_plain || url.as_str().len() > LONGEST_ADDRESS {
            return Err(Error::InvalidAddress);
        }
        let peer = Peer::of(&mut url)?;
        let port = url.port_or_known_default().ok_or(Error::InvalidAddress)?;
        if !reach.allows_port(port) || !peer.is_allowed(reach) {
            return Err(Error::Forbidden);
        }
        let host = url.host_str().ok_or(Error::InvalidAddress)?.to_owned();
        let path = url[url::Position::BeforePath..].parse().map_err(|_| Error::InvalidAddress)?;
        Ok(Self { url, reach, host, port, peer, path })
    }

    /// The address as it is used, with path and query: not for logs.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host: a name, an address of IPv4, or one of IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the usual one of the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection is secured (`https`).
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// What was allowed for this address.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// What the request line asks for.
    pub(crate) fn path(&self) -> &PathAndQuery {
        &self.path
    }

    /// The value of `Host`: the port only where it is not the usual one.
    pub(crate) fn authority(&self) -> &str {
        &self.url[url::Position::BeforeHost..url::Position::AfterPort]
    }

    /// Whom a certificate has to name.
    pub(crate) fn server_name(&self) -> ServerName<'static> {
        match &self.peer {
            Peer::Address(address) => ServerName::IpAddress((*address).into()),
            Peer::Name(name) => ServerName::DnsName(name.clone()),
        }
    }
}

impl Peer {
    /// The host of an address. A dot at the end of a name is taken off the address too: it changes neither the place
    /// nor the certificate, and `localhost.` is no other name.
    fn of(url: &mut Url) -> Result<Self, Error> {
        let name = match url.host().ok_or(Error::InvalidAddress)? {
            Host::Ipv4(address) => return Ok(Self::Address(address.into())),
            Host::Ipv6(address) => return Ok(Self::Address(IpAddr::from(address).to_canonical())),
            Host::Domain(name) => name.strip_suffix('.').unwrap_or(name).to_owned(),
        };
        url.set_host(Some(&name)).map_err(|_| Error::InvalidAddress)?;
        DnsName::try_from(name).map(Self::Name).map_err(|_| Error::InvalidAddress)
    }

    fn is_allowed(&self, reach: Reach) -> bool {
        match self {
            Self::Address(address) => reach.allows(*address),
            Self::Name(name) => reach == Reach::Local || !is_own(name.as_ref()),
        }
    }
}

fn is_own(name: &str) -> bool {
    let is_below = |own: &str| name.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'));
    OWN_NAMES.iter().any(|own| name == *own || is_below(own))
}

impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format_args!("{}://{}:{}", self.url.scheme(), self.host, self.port);
        out.debug_tuple("Target").field(&place).field(&self.reach).finish()
    }
}
