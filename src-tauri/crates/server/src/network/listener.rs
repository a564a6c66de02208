//! Connections of other computers: TLS with a certificate for the very address that was asked, so that a
//! computer may change its addresses while it runs.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hearth_domain::NetworkName;
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    Accept, TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
    server::TlsStream,
};

use super::{
    authority::{Authority, Certified},
    names::Names,
};
use crate::{
    Error,
    connections::{self, Arrival},
    guard::OwnNames,
};

/// Connections of all other computers together; more wait in the system's queue.
const MOST: usize = 512;
/// Connections of one other computer: none takes them all. A proxy that brings many needs some.
const MOST_OF_ONE: usize = 128;
/// Addresses of this computer for which a certificate is at hand.
const MOST_ADDRESSES: usize = 64;
/// What may be spoken behind the greeting, the better first.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];
const HTTP2: &[u8] = b"h2";

/// Accepts other computers.
pub(super) struct Tls {
    listener: TcpListener,
    port: u16,
    authority: Authority,
    names: Names,
    at: HashMap<IpAddr, Speaker>,
    guests: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// Who speaks for one address of ours.
#[derive(Clone)]
struct Speaker {
    acceptor: TlsAcceptor,
    own: Arc<OwnNames>,
    renew: OffsetDateTime,
}

impl Tls {
    pub(super) fn new(
        listener: TcpListener,
        port: u16,
        authority: Authority,
        names: Names,
    ) -> Self {
        let (at, guests) = (HashMap::new(), Arc::default());
        Self { listener, port, authority, names, at, guests }
    }

    fn speaker(&mut self, address: IpAddr) -> Result<Speaker, Error> {
        let now = OffsetDateTime::now_utc();
        if let Some(speaker) = self.at.get(&address).filter(|speaker| now < speaker.renew) {
            return Ok(speaker.clone());
        }
        let names = self.names.at(address);
        let certified = self.authority.certify(&names, now)?;
        let hosts: Vec<String> = names.iter().map(NetworkName::in_url).collect();
        let own = OwnNames::network(hosts.iter().map(String::as_str), self.port);
        let renew = certified.renew;
        let speaker = Speaker { acceptor: acceptor(certified)?, own: Arc::new(own), renew };
        if self.at.len() >= MOST_ADDRESSES {
            self.at.clear();
        }
        self.at.insert(address, speaker.clone());
        Ok(speaker)
    }
}

impl connections::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Peer = Guest;
    type Greeting = Accept<TcpStream>;
    const MOST: usize = MOST;

    async fn accept(&mut self) -> io::Result<(Self::Greeting, Guest)> {
        loop {
            let (stream, peer) = self.listener.accept().await?;
            let from = peer.ip().to_canonical();
            let Some(place) = Place::take(&self.guests, from) else {
                tracing::debug!("another computer has too many connections");
                continue;
            };
            // One that is gone already is no reason to keep the next ones waiting.
            let Ok(here) = stream.local_addr() else { continue };
            // Tokens are small and each should leave at once.
            let _ = stream.set_nodelay(true);
            let here = here.ip().to_canonical();
            let speaker = self.speaker(here).map_err(io::Error::other)?;
            let arrival = Arrival { from, own: speaker.own };
            return Ok((
                speaker.acceptor.accept(stream),
                Guest { arrival, _place: Arc::new(place) },
            ));
        }
    }

    fn is_http2(io: &Self::Io) -> bool {
        io.get_ref().1.alpn_protocol() == Some(HTTP2)
    }
}

fn acceptor(certified: Certified) -> Result<TlsAcceptor, Error> {
    let failed = |error| Error::Certificate(Box::new(error));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(vec![certified.certificate], certified.key)
        .map_err(failed)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Another computer, with its place among the connections.
#[derive(Clone)]
pub(super) struct Guest {
    arrival: Arrival,
    _place: Arc<Place>,
}

impl Guest {
    /// Where it came from, and under which names it may ask.
    pub(super) fn arrival(&self) -> &Arrival {
        &self.arrival
    }
}

type Guests = Mutex<HashMap<IpAddr, usize>>;

/// One connection of another computer, counted until it ends.
struct Place {
    guests: Arc<Guests>,
    from: IpAddr,
}

impl Place {
    fn take(guests: &Arc<Guests>, from: IpAddr) -> Option<Self> {
        let mut counts = lock(guests);
        let count = counts.entry(from).or_default();
        if *count >= MOST_OF_ONE {
            return None;
        }
        *count += 1;
        Some(Self { guests: Arc::clone(guests), from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(&self.guests);
        if let Some(count) = counts.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.from);
            }
        }
    }
}

fn lock(guests: &Guests) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    guests.lock().unwrap_or_else(PoisonError::into_inner)
}
