//! What answers while the data is locked: the port says so to everyone, in the shape that each
//! caller reads; the private socket can still show the window. Neither knows any data.

use std::{net::TcpListener, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use hearth_api::{ApiError, Caller, Host, dispatch_locked};

use crate::{
    Error, body,
    connections::{self, Arrival, Running},
    guard::{self, OwnNames},
    port::Tcp,
    reply::{self, Shape},
};

/// A port whose data is locked. Nobody is asked for a key: there is none to compare it with.
pub struct LockedPort {
    listener: TcpListener,
    running: Running,
}

impl LockedPort {
    /// Goes on with the socket of a port that was open before.
    ///
    /// # Errors
    /// [`Error::PortUnavailable`] where the system does not take it.
    pub fn open(listener: TcpListener) -> Result<Self, Error> {
        let unavailable = |source| Error::PortUnavailable { port: 0, source };
        let address = listener.local_addr().map_err(unavailable)?;
        let own = OwnNames::here(address.port());
        let tcp =
            listener.try_clone().and_then(|tcp| Tcp::from_std(tcp, own)).map_err(unavailable)?;
        let (closer, _) = connections::closer();
        let handler =
            move |arrival: Arrival, request: Request| async move { refuse(&arrival.own, request) };
        Ok(Self { listener, running: Running::start(tcp, handler, closer) })
    }

    /// Answers nothing more and hands the socket on, which was never closed.
    pub async fn stop(self) -> TcpListener {
        self.running.stop().await;
        self.listener
    }
}

/// A page from elsewhere learns not even that the data is locked.
fn refuse(own: &OwnNames, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let shape = Shape::of(parts.uri.path());
    let error = match guard::check(own, &parts) {
        Ok(()) => ApiError::locked(),
        Err(code) => reply::refused_before_routing(code),
    };
    reply::with_safe_headers(shape.error(error))
}

/// Runs what needs no data, for a program that showed the token of the private socket.
pub(crate) async fn run(host: &Arc<dyn Host>, command: &str, body: Body) -> Response {
    let caller = Caller::Terminal;
    let answer = match body::json(body).await {
        Ok(request) => dispatch_locked(host.as_ref(), &caller, command, request),
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) => Json(response).into_response(),
        Err(error) => reply::api_error(&error),
    }
}
