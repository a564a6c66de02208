//! The port: a TCP listener on loopback with the guard, the door and the routes behind it. Other computers
//! come in by `network`.

use std::{
    future::{self, Ready},
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use axum::{Router, extract::Request, response::Response};
use hearth_api::{Caller, Cx, Host};
use hearth_app::App;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    Error,
    auth::{Gate, GivenKey, Now},
    connections::{self, Arrival, Closing, Listener, Running},
    guard::{self, OwnNames},
    network::{Network, NetworkConfig},
    repeat::Repeats,
    reply::{self, Shape},
    request_log::RequestLog,
    routes,
};

/// What a port is opened with.
#[derive(Clone)]
pub struct PortConfig {
    /// A loopback address.
    pub host: IpAddr,
    /// The port; 0 lets the system choose.
    pub port: u16,
    /// Whether the user interface is served too.
    pub ui: bool,
    /// A key that this run was started with, beside those of the database.
    pub given: Option<GivenKey>,
    /// The clock of sign-ins and waits.
    pub now: Now,
}

impl PortConfig {
    /// A port on 127.0.0.1 without the user interface.
    #[must_use]
    pub fn new(port: u16) -> Self {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { host, port, ui: false, given: None, now: Arc::new(Instant::now) }
    }
}

/// What every route behind the guard knows.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) app: Arc<App>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) closing: Closing,
    pub(crate) repeats: Arc<Repeats>,
    pub(crate) log: Arc<RequestLog>,
    /// Places for sockets.
    pub(crate) sockets: Arc<Semaphore>,
}

impl Shared {
    /// The context of a command of this caller.
    pub(crate) fn cx(&self, caller: Caller) -> Cx {
        Cx { app: Arc::clone(&self.app), caller, host: Arc::clone(&self.host) }
    }
}

/// An open port.
pub struct Port {
    address: SocketAddr,
    /// The same socket once more, for whoever answers on it after this port.
    listener: std::net::TcpListener,
    ui: bool,
    shared: Arc<Shared>,
    running: Running,
    network: Option<Network>,
}

impl Port {
    /// Opens the port; connections are accepted when this returns.
    ///
    /// # Errors
    /// [`Error::NotLoopback`] for an address that others could reach, [`Error::PortUnavailable`]
    /// where the system does not give the port.
    pub async fn open(
        app: Arc<App>,
        host: Arc<dyn Host>,
        config: PortConfig,
    ) -> Result<Self, Error> {
        if !config.host.is_loopback() {
            return Err(Error::NotLoopback);
        }
        let unavailable = |source| Error::PortUnavailable { port: config.port, source };
        let listener = TcpListener::bind((config.host, config.port)).await.map_err(unavailable)?;
        let listener = listener.into_std().map_err(unavailable)?;
        Self::open_on(listener, app, host, config)
    }

    /// As [`Port::open`], on a socket that listens already: that of a port whose data was locked.
    ///
    /// # Errors
    /// As [`Port::open`].
    pub fn open_on(
        listener: std::net::TcpListener,
        app: Arc<App>,
        host: Arc<dyn Host>,
        config: PortConfig,
    ) -> Result<Self, Error> {
        let unavailable = |source| Error::PortUnavailable { port: config.port, source };
        let address = listener.local_addr().map_err(unavailable)?;
        if !address.ip().is_loopback() {
            return Err(Error::NotLoopback);
        }
        let own = OwnNames::here(address.port());
        let tcp =
            listener.try_clone().and_then(|tcp| Tcp::from_std(tcp, own)).map_err(unavailable)?;
        let (closer, closing) = connections::closer();
        let shared = Arc::new(Shared {
            repeats: Arc::new(Repeats::new(Arc::clone(&config.now))),
            log: Arc::new(RequestLog::new(Arc::clone(&app))),
            gate: Arc::new(Gate::new(Arc::clone(&app), config.given, config.now)),
            sockets: Arc::new(Semaphore::new(routes::SOCKETS)),
            app,
            host,
            closing,
        });
        let router = routes::router(Arc::clone(&shared), config.ui);
        let handled = Arc::clone(&shared);
        let handler =
            move |arrival, request| answer(Arc::clone(&handled), router.clone(), arrival, request);
        let running = Running::start(tcp, handler, closer);
        let port = Self { address, listener, ui: config.ui, shared, running, network: None };
        port.shared.app.set_server_url(Some(port.url()));
        Ok(port)
    }

    /// `http://127.0.0.1:8790`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that was given.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.address.port()
    }

    /// An address that signs one browser in, once, within a minute; `None` where the user
    /// interface is not served. The token is in the fragment, which browsers do not send.
    #[must_use]
    pub fn sign_in_url(&self) -> Option<String> {
        let token = self.ui.then(|| self.shared.gate.sign_in_token()).flatten()?;
        Some(format!("{}/#token={token}", self.url()))
    }

    /// Lets other computers in too, as said; or no longer, with `None`. What is open as it should be stays.
    ///
    /// # Errors
    /// As [`Network::open`]; nothing is open to others then.
    pub async fn keep_network(&mut self, wanted: Option<NetworkConfig>) -> Result<(), Error> {
        if self.network.as_ref().map(Network::config) == wanted.as_ref() {
            return Ok(());
        }
        self.close_network().await;
        if let Some(config) = wanted {
            self.network = Some(Network::open(&self.shared, config).await?);
        }
        Ok(())
    }

    async fn close_network(&mut self) {
        if let Some(network) = self.network.take() {
            network.stop().await;
            self.shared.app.set_network(None);
        }
    }

    /// Accepts nothing more, ends streams, and returns when all is quiet. The socket is still
    /// open: dropping it closes the port, handing it on lets another answer. Other computers are no
    /// longer let in.
    pub async fn stop(mut self) -> std::net::TcpListener {
        self.shared.app.set_server_url(None);
        self.close_network().await;
        self.running.stop().await;
        self.listener
    }
}

pub(crate) struct Tcp {
    listener: TcpListener,
    own: Arc<OwnNames>,
}

impl Tcp {
    pub(crate) fn from_std(listener: std::net::TcpListener, own: OwnNames) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener: TcpListener::from_std(listener)?, own: Arc::new(own) })
    }
}

impl Listener for Tcp {
    type Io = TcpStream;
    type Peer = Arrival;
    type Greeting = Ready<io::Result<TcpStream>>;

    async fn accept(&mut self) -> io::Result<(Self::Greeting, Arrival)> {
        let (stream, peer) = self.listener.accept().await?;
        // Tokens are small and each should leave at once; one that is gone already is seen later.
        let _ = stream.set_nodelay(true);
        let arrival = Arrival { from: peer.ip(), own: Arc::clone(&self.own) };
        Ok((future::ready(Ok(stream)), arrival))
    }
}

/// Guard, then routes; where the request came from goes along for the door.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    router: Router,
    arrival: Arrival,
    mut request: Request,
) -> Response {
    // One id for the answer and for each line of the log about it.
    let id = Uuid::new_v4().simple().to_string();
    let span = tracing::error_span!("request", id);
    let followed = shared.log.follow(&id, request.method(), arrival.own.is_network());
    request.extensions_mut().insert(followed.seen());
    let answering = answer_within(router, arrival, request).instrument(span);
    let response = followed.seen().during(answering).await;
    let response = reply::with_request_id(reply::with_safe_headers(response), &id);
    followed.until_the_end(response)
}

async fn answer_within(router: Router, arrival: Arrival, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let shape = Shape::of(parts.uri.path());
    match guard::check(&arrival.own, &parts) {
        Ok(()) => {
            parts.extensions.insert(arrival);
            let request = Request::from_parts(parts, body);
            router.oneshot(request).await.unwrap_or_else(|never| match never {})
        }
        Err(hearth_domain::ErrorCode::Unauthorized) => {
            tracing::warn!("a request with a key in its address was refused");
            shape.denied(crate::auth::Denied::Unknown)
        }
        Err(code) => {
            tracing::warn!(code = code.as_str(), "a request was refused before routing");
            shape.error(reply::refused_before_routing(code))
        }
    }
}
