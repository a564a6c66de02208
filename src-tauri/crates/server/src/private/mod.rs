//! The private socket: the same command table for other programs of the same user, without the
//! port. A second `hearth` finds it through the endpoint file beside the lock of the data folder.
//!
//! No web page can reach it, so there is no Host or Origin to check; whoever knocks must be the
//! same user (asked from the system where it tells) and know the token of the endpoint file.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{self, RawQuery, Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use hearth_api::{ApiError, Caller, Cx, Host};
use hearth_app::{App, DataFolder, Endpoint};
use hearth_domain::{ErrorCode, Secret};
use subtle::ConstantTimeEq;
use tower::ServiceExt;

use crate::{
    Error, auth,
    connections::{self, Closing, Running},
    locked, reply, routes,
};
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(crate) use system::connect;

/// The open private socket.
pub struct PrivateSocket {
    folder: DataFolder,
    running: Running,
    /// Removes what is left in the file system.
    _place: system::Place,
}

struct Shared {
    behind: Behind,
    token: [u8; 32],
    closing: Closing,
}

/// What stands behind the socket.
enum Behind {
    Open(Cx),
    Locked(Arc<dyn Host>),
}

impl PrivateSocket {
    /// Opens the socket and leaves its address with the data folder that `app` holds.
    ///
    /// # Errors
    /// [`Error::PrivateSocket`] where the system gives no socket, [`Error::Publish`] where the
    /// address cannot be left.
    pub async fn open(app: Arc<App>, host: Arc<dyn Host>) -> Result<Self, Error> {
        let folder = app.data_folder().clone();
        Self::start(folder, Behind::Open(Cx { app, caller: Caller::Terminal, host }))
    }

    /// As [`PrivateSocket::open`], while the data is locked: it says so to everyone who shows the
    /// token, and still shows the window.
    ///
    /// # Errors
    /// As [`PrivateSocket::open`].
    pub fn open_locked(folder: DataFolder, host: Arc<dyn Host>) -> Result<Self, Error> {
        Self::start(folder, Behind::Locked(host))
    }

    fn start(folder: DataFolder, behind: Behind) -> Result<Self, Error> {
        let token = auth::fresh_secret().ok_or(Error::NoRandomness)?;
        let (listener, place) = system::listen(folder.path()).map_err(Error::PrivateSocket)?;
        let (closer, closing) = connections::closer();
        let shared = Arc::new(Shared { behind, token: auth::digest(&token), closing });
        let router = router(shared);
        let handler = move |_peer: (), request: Request| {
            let router = router.clone();
            async move { router.oneshot(request).await.unwrap_or_else(|never| match never {}) }
        };
        let running = Running::start(listener, handler, closer);
        folder.publish(&Endpoint::here(place.address(), Secret::new(token)))?;
        Ok(Self { folder, running, _place: place })
    }

    /// Accepts nothing more, ends streams, and returns when all is quiet.
    pub async fn stop(self) {
        if self.folder.withdraw().is_err() {
            tracing::warn!("the address of the private socket could not be taken back");
        }
        self.running.stop().await;
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/rpc/{command}", post(call))
        .route("/stream/{*topic}", get(follow))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), check_token))
        .with_state(shared)
}

async fn check_token(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let presented = auth::digest(auth::bearer(request.headers()).unwrap_or_default());
    if bool::from(presented.ct_eq(&shared.token)) {
        return next.run(request).await;
    }
    let text = "the private socket was called without its token";
    reply::api_error(&ApiError::new(ErrorCode::Unauthorized, text))
}

async fn call(
    State(shared): State<Arc<Shared>>,
    extract::Path(command): extract::Path<String>,
    body: Body,
) -> Response {
    match &shared.behind {
        Behind::Open(cx) => routes::run_command(cx, &command, body).await,
        Behind::Locked(host) => locked::run(host, &command, body).await,
    }
}

async fn follow(
    State(shared): State<Arc<Shared>>,
    extract::Path(topic): extract::Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Behind::Open(cx) = &shared.behind else { return reply::api_error(&ApiError::locked()) };
    match routes::start_of(query.as_deref(), &headers) {
        Ok(from) => routes::events(cx, &topic, from, shared.closing.clone()).await,
        Err(error) => reply::api_error(&error),
    }
}

/// A short name for a data folder: socket paths must fit about a hundred bytes.
fn short_name(data_folder: &Path) -> String {
    let whole = data_folder.canonicalize().unwrap_or_else(|_| data_folder.to_owned());
    let digest = auth::digest(&whole.to_string_lossy());
    data_encoding::HEXLOWER.encode(&digest[..8])
}
