//! Accepting connections and serving HTTP on them, the same for the port, the network and the private
//! socket: limits on time, size and number, and an end in order. HTTP/2 only where TLS agreed on it.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::IpAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use hyper::{
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
    time,
};

use crate::guard::OwnNames;

/// A client must greet, and then send its headers, within this time each.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Bytes of headers, all together.
const HEADER_BYTES: u32 = 64 * 1024;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 64;
/// A client of HTTP/2 that is quiet for so long is asked whether it is still there, and must say so within
/// [`HEADER_TIME`].
const QUIET: Duration = Duration::from_secs(30);
/// Connections open at once; more wait in the system's queue. An idle one takes some 10 KB, and is closed
/// after [`HEADER_TIME`].
const CONNECTIONS: usize = 2048;
/// Files that the rest of the program has open at the same time.
#[cfg(unix)]
const OTHER_FILES: u64 = 512;
/// What is running when the listener closes has this long to end.
const GRACE: Duration = Duration::from_secs(5);

/// Where a connection over TCP came from, and under which names it may ask.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The address of the other end.
    pub(crate) from: IpAddr,
    /// The names of this end.
    pub(crate) own: Arc<OwnNames>,
}

/// Something that hands out connections.
pub(crate) trait Listener: Send + 'static {
    /// A connection.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// Who is at its other end.
    type Peer: Clone + Send + Sync + 'static;
    /// What is said before the first request; nobody waits for it but its own connection.
    type Greeting: Future<Output = io::Result<Self::Io>> + Send + 'static;
    /// Connections open at once; more wait in the system's queue.
    const MOST: usize = CONNECTIONS;
    /// Waits for the next one.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Greeting, Self::Peer)>> + Send;
    /// Whether both ends agreed on HTTP/2.
    fn is_http2(_io: &Self::Io) -> bool {
        false
    }
}

/// A listener at work. Dropping it ends it without waiting.
pub(crate) struct Running {
    closer: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Tells streams that the listener closes.
#[derive(Clone)]
pub(crate) struct Closing(watch::Receiver<bool>);

/// Makes the signal of the end and the ear for it.
pub(crate) fn closer() -> (watch::Sender<bool>, Closing) {
    let (closer, closing) = watch::channel(false);
    (closer, Closing(closing))
}

impl Closing {
    /// Waits until the listener closes.
    pub(crate) async fn wait(mut self) {
        // A sender that is gone means the same.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

impl Running {
    /// Serves until [`Running::stop`].
    pub(crate) fn start<L, H, F>(listener: L, handler: H, closer: watch::Sender<bool>) -> Self
    where
        L: Listener,
        H: Fn(L::Peer, Request) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response> + Send + 'static,
    {
        let closing = Closing(closer.subscribe());
        make_room();
        Self { closer, task: tokio::spawn(accept_all(listener, handler, closing)) }
    }

    /// Accepts nothing more, ends streams, waits for the rest a moment, then returns.
    pub(crate) async fn stop(self) {
        self.closer.send_replace(true);
        if self.task.await.is_err() {
            tracing::error!("a listener ended before its time");
        }
    }
}

/// Asks the system for as many open files as there may be connections. What it allows without asking is
/// often 1024 in all, of which the database and the index need some; less than wished is no error.
#[cfg(unix)]
fn make_room() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wished = CONNECTIONS as u64 + OTHER_FILES;
    let possible = now.maximum.map_or(wished, |most| most.min(wished));
    if now.current.is_some_and(|current| current < possible) {
        let more = Rlimit { current: Some(possible), ..now };
        if setrlimit(Resource::Nofile, more).is_err() {
            tracing::debug!("there is no room for more connections");
        }
    }
}

#[cfg(not(unix))]
fn make_room() {}

async fn accept_all<L, H, F>(mut listener: L, handler: H, closing: Closing)
where
    L: Listener,
    H: Fn(L::Peer, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(L::MOST));
    let mut open = JoinSet::new();
    let mut closed = pin!(closing.clone().wait());
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (listener.accept().await, slot)
        };
        let (accepted, slot) = tokio::select! {
            () = &mut closed => break,
            next = next => next,
            Some(_) = open.join_next() => continue,
        };
        match accepted {
            Ok((greeting, peer)) => {
                let connection = serve::<L, H, F>(greeting, peer, handler.clone(), closing.clone());
                open.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file handles, mostly: waiting is all that helps.
                tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let all_ended = async { while open.join_next().await.is_some() {} };
    if time::timeout(GRACE, all_ended).await.is_err() {
        tracing::warn!("connections were still busy and are cut");
    }
    open.shutdown().await;
}

async fn serve<L, H, F>(greeting: L::Greeting, peer: L::Peer, handler: H, closing: Closing)
where
    L: Listener,
    H: Fn(L::Peer, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let greeted = tokio::select! {
        greeted = time::timeout(HEADER_TIME, greeting) => greeted,
        () = closing.clone().wait() => return,
    };
    let Ok(Ok(io)) = greeted else {
        tracing::debug!("a connection ended before its first request");
        return;
    };
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let response = handler(peer.clone(), request.map(Body::new));
        async move { Ok::<_, Infallible>(response.await) }
    });
    let (timer, is_http2) = (TokioTimer::new(), L::is_http2(&io));
    let io = TokioIo::new(io);
    if is_http2 {
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(timer).keep_alive_interval(QUIET).keep_alive_timeout(HEADER_TIME);
        http.max_concurrent_streams(STREAMS).max_header_list_size(HEADER_BYTES);
        let connection = http.serve_connection(io, service);
        until_closed(connection, |it| it.graceful_shutdown(), closing).await;
    } else {
        let mut http = http1::Builder::new();
        http.timer(timer).header_read_timeout(HEADER_TIME).max_buf_size(HEADER_BYTES as usize);
        // What becomes a WebSocket goes on by itself.
        let connection = http.serve_connection(io, service).with_upgrades();
        until_closed(connection, |it| it.graceful_shutdown(), closing).await;
    }
}

/// Serves a connection; once the listener closes, what runs on it ends and nothing more begins.
async fn until_closed<C>(connection: C, finish: impl FnOnce(Pin<&mut C>), closing: Closing)
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = closing.wait() => {
            finish(connection.as_mut());
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients leave all the time; hyper's sentence holds nothing of theirs.
        tracing::debug!(%error, "a connection ended early");
    }
}
