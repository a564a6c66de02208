//! What runs beside the window once the data is open: the private socket, the port where the
//! settings want it, and the warming of the default model.

use std::sync::{Arc, Mutex, PoisonError};

use hearth_api::Host;
use hearth_app::App;
use hearth_domain::ServerSettings;
use hearth_server::{KeySource, Port, PortConfig, PrivateSocket};
use tauri::{AppHandle, Manager, async_runtime::JoinHandle};
use tokio::sync::watch;

use crate::shell::Shell;

/// The running parts, and how they are told to stop.
#[derive(Default)]
pub(crate) struct Background(Mutex<Option<Running>>);

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts everything.
pub(crate) fn start(handle: &AppHandle, app: &Arc<App>) {
    let host = Arc::clone(&handle.state::<Shell>().host) as Arc<dyn Host>;
    let (stop, stopped) = watch::channel(false);
    let task = tauri::async_runtime::spawn(run(Arc::clone(app), host, stopped));
    app.warm_up();
    *lock(&handle.state::<Shell>().background) = Some(Running { stop, task });
}

/// Stops everything and waits until it is quiet.
pub(crate) async fn stop(handle: &AppHandle) {
    let running = lock(&handle.state::<Shell>().background).take();
    if let Some(running) = running {
        running.stop.send_replace(true);
        // A task that panicked has stopped as well.
        let _ = running.task.await;
    }
}

async fn run(app: Arc<App>, host: Arc<dyn Host>, mut stopped: watch::Receiver<bool>) {
    let socket = PrivateSocket::open(Arc::clone(&app), Arc::clone(&host)).await;
    let socket = socket
        .inspect_err(|error| {
            tracing::warn!(code = error.code().as_str(), "the terminal cannot reach this program");
        })
        .ok();
    let mut settings = app.settings_watch();
    let mut open: Option<(ServerSettings, Port)> = None;
    loop {
        let wanted = settings.borrow_and_update().server.clone();
        if open.as_ref().map(|(settings, _)| settings) != wanted.enabled.then_some(&wanted) {
            close(&app, open.take()).await;
            open = open_port(&app, &host, &wanted).await;
        }
        tokio::select! {
            changed = settings.changed() => if changed.is_err() { break },
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    close(&app, open).await;
    if let Some(socket) = socket {
        socket.stop().await;
    }
}

async fn open_port(
    app: &Arc<App>,
    host: &Arc<dyn Host>,
    wanted: &ServerSettings,
) -> Option<(ServerSettings, Port)> {
    if !wanted.enabled {
        return None;
    }
    let config = PortConfig::new(wanted.port, KeySource::Stored);
    match Port::open(Arc::clone(app), Arc::clone(host), config).await {
        Ok(port) => {
            app.set_server_url(Some(port.url()));
            Some((wanted.clone(), port))
        }
        Err(error) => {
            tracing::warn!(code = error.code().as_str(), "the port cannot be opened");
            app.set_server_url(None);
            None
        }
    }
}

async fn close(app: &Arc<App>, open: Option<(ServerSettings, Port)>) {
    if let Some((_, port)) = open {
        port.stop().await;
        app.set_server_url(None);
    }
}

fn lock(background: &Background) -> std::sync::MutexGuard<'_, Option<Running>> {
    background.0.lock().unwrap_or_else(PoisonError::into_inner)
}
