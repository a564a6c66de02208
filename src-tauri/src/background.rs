//! What runs beside the window once the data is open: the private socket, the port where the
//! settings want it, and the warming of the default model. While the data is locked, the same two
//! say so.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hearth_api::Host;
use hearth_app::{App, DataFolder};
use hearth_domain::{NetworkSettings, ServerSettings};
use hearth_server::{LockedPort, NetworkConfig, Port, PortConfig, PrivateSocket};
use tauri::{AppHandle, Manager, async_runtime::JoinHandle};
use tokio::sync::watch;

use crate::{quick, shell::Shell, shortcut};

/// The running parts, and how they are told to stop.
#[derive(Default)]
pub(crate) struct Background {
    running: Mutex<Option<Running>>,
    /// The socket of the port that the process before this one had open.
    left: Mutex<Option<TcpListener>>,
}

impl Background {
    /// With what the process before this one left.
    pub(crate) fn after(left: Option<TcpListener>) -> Self {
        Self { left: Mutex::new(left), ..Self::default() }
    }
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<Option<TcpListener>>,
}

/// Starts everything. What answered while the data was locked hands on its place.
pub(crate) async fn start(handle: &AppHandle, app: &Arc<App>) {
    let listener = match stop(handle).await {
        Some(listener) => Some(listener),
        None => taken(handle),
    };
    let host = Arc::clone(&handle.state::<Shell>().host) as Arc<dyn Host>;
    let (stop, stopped) = watch::channel(false);
    let task = tauri::async_runtime::spawn(run(Arc::clone(app), host, stopped, listener));
    shortcut::follow(handle, app);
    quick::prepare(handle, app);
    app.keep_warm();
    app.keep_library();
    app.keep_telling();
    *lock(&handle.state::<Shell>().background.running) = Some(Running { stop, task });
}

/// Starts what answers while the data is locked: the private socket, and the port on the socket
/// that was open before.
pub(crate) fn start_locked(handle: &AppHandle, folder: DataFolder) {
    let listener = taken(handle);
    let host = Arc::clone(&handle.state::<Shell>().host) as Arc<dyn Host>;
    let (stop, stopped) = watch::channel(false);
    let task = tauri::async_runtime::spawn(run_locked(folder, host, stopped, listener));
    *lock(&handle.state::<Shell>().background.running) = Some(Running { stop, task });
}

/// Stops everything and waits until it is quiet. The socket of the port, where it was open, is
/// still open: whoever drops it closes it.
pub(crate) async fn stop(handle: &AppHandle) -> Option<TcpListener> {
    let running = lock(&handle.state::<Shell>().background.running).take()?;
    running.stop.send_replace(true);
    // A task that panicked has stopped as well.
    running.task.await.ok().flatten()
}

async fn run_locked(
    folder: DataFolder,
    host: Arc<dyn Host>,
    mut stopped: watch::Receiver<bool>,
    listener: Option<TcpListener>,
) -> Option<TcpListener> {
    let socket = told(PrivateSocket::open_locked(folder, host));
    let port = listener.and_then(|listener| {
        let opened = LockedPort::open(listener);
        opened.inspect_err(|error| warn(error, "the port cannot say that it is locked")).ok()
    });
    // A shell that is gone stops it too.
    let _ = stopped.wait_for(|stop| *stop).await;
    if let Some(socket) = socket {
        socket.stop().await;
    }
    match port {
        Some(port) => Some(port.stop().await),
        None => None,
    }
}

fn told(socket: Result<PrivateSocket, hearth_server::Error>) -> Option<PrivateSocket> {
    socket.inspect_err(|error| warn(error, "the terminal cannot reach this program")).ok()
}

fn warn(error: &hearth_server::Error, what: &str) {
    tracing::warn!(code = error.code().as_str(), "{what}");
}

async fn run(
    app: Arc<App>,
    host: Arc<dyn Host>,
    mut stopped: watch::Receiver<bool>,
    mut listener: Option<TcpListener>,
) -> Option<TcpListener> {
    let socket = told(PrivateSocket::open(Arc::clone(&app), Arc::clone(&host)).await);
    let (mut settings, mut keys) = (app.settings_watch(), app.port_key_changes());
    let mut open: Option<(u16, Port)> = None;
    loop {
        let wanted = settings.borrow_and_update().server.clone();
        if open.as_ref().map(|(number, _)| *number) != wanted.enabled.then_some(wanted.port) {
            drop(close(&app, open.take()).await);
            open = open_port(&app, &host, &wanted, listener.take()).await;
        }
        if let Some((_, port)) = &mut open {
            keep_network(&app, port, &wanted.network).await;
        }
        tokio::select! {
            changed = settings.changed() => if changed.is_err() { break },
            // Others are let in only while there is a key.
            changed = keys.changed() => if changed.is_err() { break },
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    let listener = close(&app, open).await;
    if let Some(socket) = socket {
        socket.stop().await;
    }
    listener
}

async fn open_port(
    app: &Arc<App>,
    host: &Arc<dyn Host>,
    wanted: &ServerSettings,
    listener: Option<TcpListener>,
) -> Option<(u16, Port)> {
    if !wanted.enabled {
        return None;
    }
    let config = PortConfig::new(wanted.port);
    let (app_of_port, host) = (Arc::clone(app), Arc::clone(host));
    // A socket of another number is of no use: the settings were changed meanwhile.
    let listener = listener.filter(|listener| {
        listener.local_addr().is_ok_and(|address| address.port() == wanted.port)
    });
    let opened = match listener {
        Some(listener) => Port::open_on(listener, app_of_port, host, config),
        None => Port::open(app_of_port, host, config).await,
    };
    match opened {
        Ok(port) => {
            app.set_server_url(Some(port.url()));
            Some((wanted.port, port))
        }
        Err(error) => {
            warn(&error, "the port cannot be opened");
            app.set_server_url(None);
            None
        }
    }
}

/// Lets other computers in where the settings say so and there is a key to ask them for.
async fn keep_network(app: &App, port: &mut Port, wanted: &NetworkSettings) {
    let open = wanted.enabled && app.port_key_count() > 0;
    if let Err(error) = port.keep_network(open.then(|| NetworkConfig::from(wanted))).await {
        warn(&error, "other computers cannot be let in");
    }
}

/// The socket is closed where it is dropped.
async fn close(app: &Arc<App>, open: Option<(u16, Port)>) -> Option<TcpListener> {
    let (_, port) = open?;
    let listener = port.stop().await;
    app.set_server_url(None);
    Some(listener)
}

fn taken(handle: &AppHandle) -> Option<TcpListener> {
    lock(&handle.state::<Shell>().background.left).take()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
