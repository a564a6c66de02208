//! The port for other computers: the same routes and keys behind TLS, on addresses that they can reach.
//! Off unless it was asked for and there is a key.
//!
//! No page of ours is served here and no browser signs in: who comes is a program with a key. While the data
//! is locked nothing listens, since the certificate lies in the data.

mod authority;
mod listener;
mod names;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::Request,
    http::{HeaderValue, Version, header},
};
use hearth_app::NetworkStatus;
use hearth_domain::NetworkSettings;
use tokio::net::TcpListener;

use self::{authority::Authority, listener::Tls, names::Names};
use crate::{
    Error,
    connections::{self, Running},
    port::{self, Shared},
    routes,
};

/// How others are let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The address to listen on; 0.0.0.0 for all of this computer.
    pub host: IpAddr,
    /// The port; 0 lets the system choose.
    pub port: u16,
    /// Names and addresses by which this computer is reached, beside its own.
    pub names: Vec<String>,
}

impl From<&NetworkSettings> for NetworkConfig {
    fn from(settings: &NetworkSettings) -> Self {
        let host = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { host, port: settings.port, names: settings.names.clone() }
    }
}

/// The open port for others.
pub(crate) struct Network {
    config: NetworkConfig,
    running: Running,
}

impl Network {
    /// Opens it; connections are accepted when this returns.
    ///
    /// # Errors
    /// [`Error::NoKey`] where there is nothing to ask others for, [`Error::NoName`] for a name that is none,
    /// [`Error::NetworkUnavailable`] where the system does not give the port; a certificate that cannot be made.
    pub(crate) async fn open(shared: &Arc<Shared>, config: NetworkConfig) -> Result<Self, Error> {
        if !shared.gate.has_key() {
            return Err(Error::NoKey);
        }
        let names = Names::read(&config.names)?;
        let authority = Authority::of(&shared.app, &names).await?;
        let address = SocketAddr::new(config.host, config.port);
        let unavailable = |source| Error::NetworkUnavailable { address, source };
        let listener = TcpListener::bind(address).await.map_err(unavailable)?;
        let port = listener.local_addr().map_err(unavailable)?.port();
        let status = NetworkStatus {
            urls: names.urls(config.host, port),
            certificate: authority.pem().to_owned(),
            fingerprint: authority.fingerprint(),
        };
        let (closer, closing) = connections::closer();
        let shared = Arc::new(Shared { closing, ..Shared::clone(shared) });
        let tls = Tls::new(listener, port, authority, names);
        let router = routes::router(Arc::clone(&shared), false);
        let app = Arc::clone(&shared.app);
        let handler = move |guest: listener::Guest, request| {
            let (shared, router) = (Arc::clone(&shared), router.clone());
            async move { port::answer(shared, router, guest.arrival().clone(), plain(request)).await }
        };
        let running = Running::start(tls, handler, closer);
        app.set_network(Some(status));
        Ok(Self { config, running })
    }

    /// What it was opened with.
    pub(crate) fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// Accepts nothing more, ends streams, and returns when all is quiet.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

/// A request as the rest of the port knows it: the name that was asked for is in `Host` (HTTP/2 has it in
/// `:authority`), and no cookie is there: those belong to pages of this computer.
fn plain(mut request: Request) -> Request {
    let authority = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let is_http2 = request.version() == Version::HTTP_2;
    let headers = request.headers_mut();
    headers.remove(header::COOKIE);
    let named = authority.as_deref().map(HeaderValue::from_str);
    if let (true, false, Some(Ok(host))) = (is_http2, headers.contains_key(header::HOST), named) {
        headers.insert(header::HOST, host);
    }
    request
}
