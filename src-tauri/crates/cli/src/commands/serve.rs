//! `hearth serve`: the port without a window.

use std::{
    env, fs,
    io::{self, BufRead, IsTerminal},
    path::Path,
    process::{self, ExitCode},
    sync::Arc,
    time::Instant,
};

use hearth_api::ServerHost;
use hearth_app::{App, AppConfig, WantedBy};
use hearth_domain::{ModelId, PortKeyDraft, PortRights};
use hearth_server::{GivenKey, NetworkConfig, Port, PortConfig, PrivateSocket};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    args::{Global, Serve},
    failure::Failure,
    out::Out,
    program::{self, Program},
    signals::{Asked, Signals},
};

/// Holds the key of the port, where no file does.
const KEY_VARIABLE: &str = "HEARTH_API_KEY";
/// Names by which other computers reach this one, where none are typed. Alone it lets nobody in.
const NAMES_VARIABLE: &str = "HEARTH_NETWORK_NAME";
/// The name of the key that is made on the first run.
const FIRST_KEY: &str = "hearth serve";

pub(super) async fn run(global: &Global, serve: Serve, out: Out) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen().map_err(Failure::Runtime)?;
    let key = given_key(serve.api_key_file.as_deref())?;
    let config = AppConfig {
        context_size: serve.ctx_size,
        threads: serve.threads,
        parallel: serve.parallel,
        ..AppConfig::locate(global.data_dir.clone())?
    };
    let app = program::open_app(config, global, out).await?;
    let served = serve_until_asked(&app, &serve, key.as_deref(), out, &mut signals).await;
    if served.is_err() {
        app.shutdown().await;
    }
    match served? {
        Asked::Terminate => Ok(ExitCode::SUCCESS),
        Asked::Interrupt => Err(Failure::Interrupted),
    }
}

async fn serve_until_asked(
    app: &Arc<App>,
    serve: &Serve,
    key: Option<&str>,
    out: Out,
    signals: &mut Signals,
) -> Result<Asked, Failure> {
    let host = Arc::new(ServerHost);
    let given = key.map(GivenKey::new);
    let config =
        PortConfig { host: serve.host, ui: serve.ui, given, ..PortConfig::new(serve.port) };
    let mut port = Port::open(Arc::clone(app), host.clone(), config).await?;
    let socket = PrivateSocket::open(Arc::clone(app), host).await?;
    let made = if key.is_none() { make_key_once(app).await? } else { None };
    port.keep_network(network(serve)).await?;
    if let Some(file) = &serve.network_certificate {
        write_certificate(app, file)?;
    }
    say_listening(app, &port, made.as_deref(), out)?;
    // Who serves others stays open like a window.
    app.windows_changed(true, false);
    let mut wishes = if serve.ui && !out.is_json() { enter_keys() } else { mpsc::channel(1).1 };
    let asked = {
        let mut work = std::pin::pin!(get_ready(app, serve.model.as_deref(), out));
        let mut working = true;
        loop {
            tokio::select! {
                asked = signals.next() => break asked,
                ready = &mut work, if working => {
                    working = false;
                    ready?;
                    app.keep_warm();
                    app.keep_library();
                    app.keep_telling();
                }
                Some(()) = wishes.recv() => say_sign_in(&port, out)?,
            }
        }
    };
    let stopping = async { tokio::join!(port.stop(), socket.stop(), app.shutdown()) };
    tokio::select! {
        _ = stopping => Ok(asked),
        _ = signals.next() => process::exit(130),
    }
}

/// The key that this run was started with: of the file, else of the environment.
fn given_key(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let key = match file {
        Some(file) => Some(fs::read_to_string(file).map_err(Failure::KeyFile)?),
        None => env::var(KEY_VARIABLE).ok(),
    };
    let Some(key) = key.map(|key| key.trim().to_owned()) else { return Ok(None) };
    let fits = (16..=512).contains(&key.len()) && key.bytes().all(|c| c.is_ascii_graphic());
    if fits { Ok(Some(key)) } else { Err(Failure::KeyShape) }
}

/// Makes a key where there is none. It is shown now and never again.
async fn make_key_once(app: &App) -> Result<Option<String>, Failure> {
    if app.port_key_count() > 0 {
        return Ok(None);
    }
    let draft = PortKeyDraft { name: FIRST_KEY.into(), rights: PortRights::full() };
    Ok(Some(app.port_key_make(draft).await?.secret))
}

/// How other computers are let in, where that was asked for.
fn network(serve: &Serve) -> Option<NetworkConfig> {
    let address = serve.network?;
    let mut names = serve.network_name.clone();
    if names.is_empty() {
        let said = env::var(NAMES_VARIABLE).unwrap_or_default();
        names = said.split(',').filter(|name| !name.trim().is_empty()).map(str::to_owned).collect();
    }
    Some(NetworkConfig { host: address.ip(), port: address.port(), names })
}

/// What the programs of others are to trust. It is public; the file is made as any other is.
fn write_certificate(app: &App, file: &Path) -> Result<(), Failure> {
    let Some(network) = app.server_status().network else { return Ok(()) };
    fs::write(file, network.certificate).map_err(Failure::FileNotWritten)
}

fn say_listening(app: &App, port: &Port, key: Option<&str>, out: Out) -> Result<(), Failure> {
    let (url, ui_url, network) = (port.url(), port.sign_in_url(), app.server_status().network);
    if out.is_json() {
        let pid = process::id();
        let mut said = json!({
            "event": "listening", "url": url, "api_key": key, "ui_url": ui_url, "pid": pid,
        });
        // Only where it was asked for: programs rely on what the rest of them get.
        if let Some(network) = network {
            said["network"] = json!(network);
        }
        return out.object(&said);
    }
    out.line(&format!("Hearth listens on {url}"))?;
    if let Some(network) = network {
        out.line(&format!("Other computers reach it at {}", network.urls.join(", ")))?;
        out.line(&format!(
            "The certificate to trust there has the SHA-256 {}",
            network.fingerprint
        ))?;
    }
    if let Some(key) = key {
        out.line(&format!("The key for other programs, shown this once: {key}"))?;
    }
    ui_url.map_or(Ok(()), |link| say_link(&link, out))
}

fn say_sign_in(port: &Port, out: Out) -> Result<(), Failure> {
    port.sign_in_url().map_or(Ok(()), |link| say_link(&link, out))
}

fn say_link(link: &str, out: Out) -> Result<(), Failure> {
    let again = if io::stdin().is_terminal() { "; Enter makes another one" } else { "" };
    out.line(&format!("Open this once, within a minute{again}:"))?;
    out.line(&format!("  {link}"))
}

/// A message for each Enter on a terminal. The thread ends with the program.
fn enter_keys() -> mpsc::Receiver<()> {
    let (pressed, wishes) = mpsc::channel(1);
    if io::stdin().is_terminal() {
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines() {
                if line.is_err() || pressed.blocking_send(()).is_err() {
                    return;
                }
            }
        });
    }
    wishes
}

/// Loads the model. One that cannot be loaded is said; the port stays, so that another can be
/// chosen.
async fn get_ready(app: &Arc<App>, named: Option<&str>, out: Out) -> Result<(), Failure> {
    let begin = Instant::now();
    match load(app, named).await {
        Ok(Some(model)) => say_ready(&model, begin, out),
        Ok(None) => {
            out.note("There is no model to load. Add one: hearth models add PATH");
            Ok(())
        }
        Err(failure) => {
            out.failure(&failure);
            Ok(())
        }
    }
}

async fn load(app: &Arc<App>, named: Option<&str>) -> Result<Option<ModelId>, Failure> {
    let program = Program::here(Arc::clone(app));
    let model = match named {
        Some(named) => Some(program.model(named).await?),
        None => app.model_list().await?.into_iter().find(|model| model.is_default),
    };
    let Some(model) = model else { return Ok(None) };
    app.model_load(Some(model.id.clone()), WantedBy::Person).await?;
    Ok(Some(model.id))
}

fn say_ready(model: &ModelId, begin: Instant, out: Out) -> Result<(), Failure> {
    let load_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    if out.is_json() {
        return out.object(&json!({"event": "ready", "model": model, "load_ms": load_ms}));
    }
    out.line(&format!("{model} is ready after {load_ms} ms."))
}
