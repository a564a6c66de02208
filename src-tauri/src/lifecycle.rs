//! From the first line to the last: what is started in which order, and what is ended in which.
//!
//! The order at the end: no new work is taken, running answers are stopped and saved, the port and
//! the socket close, the engine is unloaded, the database closes, the lock on the folder ends.

use std::{
    fs,
    io::{self, Write},
    process::{self, ExitCode},
    sync::atomic::Ordering,
    time::Duration,
};

use hearth_app::AppConfig;
use hearth_domain::ErrorCode;
use tauri::{AppHandle, Manager, RunEvent, async_runtime};
use thiserror::Error;
use tokio::{runtime::Runtime, time::timeout};

use crate::{
    args::Args,
    artifact, autostart,
    background::{self, Background},
    closing, crash, handover, ipc, links, locking, models, notify, page, placement,
    platform::{self, NoDisplay},
    quick,
    shell::Shell,
    shortcut, sleep,
    startup::{self, Startup},
    tray, views, window,
};

/// A folder that another process holds is known this soon; then nothing of a window is made.
/// A slower answer is shown by the page like any other refusal.
const LOCK_ANSWER: Duration = Duration::from_millis(150);
/// A program that cannot end in order in this time ends without it; what was acknowledged is saved.
const END_LIMIT: Duration = Duration::from_secs(20);
/// What a shell reports for a program that a second TERM ended.
const TERMINATED: i32 = 143;

/// Why there is no window. Everything else is shown in the window.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// No threads.
    #[error("the system gives this program no threads")]
    Runtime(#[source] io::Error),
    /// No screen.
    #[error(transparent)]
    Display(#[from] NoDisplay),
    /// Another process holds the data and cannot show a window.
    #[error(transparent)]
    Handover(#[from] handover::Error),
    /// The web view.
    #[error("the window cannot be made; is WebKitGTK (or the system's web view) installed?")]
    Window(#[source] tauri::Error),
}

/// Runs the program to its end.
///
/// # Errors
/// Where no window can be opened at all.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Error> {
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    async_runtime::set(runtime.handle().clone());
    let _inside = runtime.enter();
    let config = AppConfig::locate(args.data_dir.clone());
    let left = args.taken_over.then(platform::left).flatten();
    if args.taken_over && left.is_none() {
        runtime.block_on(handover::wait_for_end(args));
    }
    let (lock, listener) = left.map_or((None, None), |left| (Some(left.lock), left.listener));
    let startup = Startup::begin(config, lock);
    let early = runtime.block_on(startup.within(LOCK_ANSWER));
    if early.is_some_and(|outcome| startup::is_held(&outcome)) {
        runtime.block_on(handover::run(args))?;
        return Ok(ExitCode::SUCCESS);
    }
    platform::check_display()?;
    let code = run_window(args, Shell::new(startup, Background::after(listener)))?;
    if let Some(storage) = window::automation_storage() {
        // Only under a WebDriver; a folder that is gone already is as good.
        let _ = fs::remove_dir_all(storage);
    }
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn run_window(args: &Args, shell: Shell) -> Result<i32, Error> {
    let first = args.clone();
    let app = platform::with_system(tauri::Builder::default())
        .plugin(tauri_plugin_dialog::init())
        .register_uri_scheme_protocol(artifact::SCHEME, artifact::serve)
        .on_window_event(views::on_event)
        .manage(shell)
        .invoke_handler(tauri::generate_handler![ipc::rpc, ipc::subscribe, ipc::unsubscribe])
        .setup(move |app| {
            begin(app.handle(), &first)?;
            Ok(())
        })
        .build(tauri::generate_context!(assets = crate::assets::EmbeddedUi))
        .map_err(Error::Window)?;
    Ok(app.run_return(on_run_event))
}

fn on_run_event(handle: &AppHandle, event: RunEvent) {
    if let Some(named) = platform::opened(&event) {
        let (links, files): (Vec<_>, Vec<_>) = named.into_iter().partition(|it| links::is_link(it));
        links::follow_all(handle, &links);
        models::add_all(handle, &files);
        window::show(handle);
    }
    // `code` is there only where we ask for the end ourselves.
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
        let release = &handle.state::<Shell>().release;
        // The last window is gone: it was given back, or the system took it.
        if !release.is_away() && !release.is_giving_back() {
            end(handle);
        }
    }
}

/// Tauri is there: the window, then what waits for the data.
fn begin(handle: &AppHandle, args: &Args) -> tauri::Result<()> {
    let shell = handle.state::<Shell>();
    shell.host.attach(handle.clone());
    shell.go_on(args);
    autostart::begin(handle, args);
    links::follow_all(handle, &args.links());
    shortcut::note_command(handle, args);
    if args.wants_main_window() {
        window::open(handle)?;
    } else {
        handle.state::<Shell>().release.note_away();
    }
    if args.quick {
        quick::open(handle);
    }
    sleep::follow(handle);
    models::add_all(handle, &args.absolute_files());
    end_on_signals(handle.clone());
    tray::start(handle);
    follow_startup(handle);
    Ok(())
}

/// Waits for the data: open, what runs beside the window starts; refused, the page says why.
pub(crate) fn follow_startup(handle: &AppHandle) {
    let handle = handle.clone();
    async_runtime::spawn(async move {
        let startup = handle.state::<Shell>().startup.clone();
        match startup.app().await {
            Ok(app) => {
                crash::begin(&handle.state::<Shell>().crash, &app);
                if handle.state::<Shell>().paused.swap(false, Ordering::AcqRel) {
                    app.pause_background(true);
                }
                placement::read(&handle, &app).await;
                closing::follow(&handle, &app);
                notify::follow(&handle, &app);
                background::start(&handle, &app).await;
                locking::follow_presence(&handle, &app);
                views::retell(&handle);
            }
            Err(error) if error.code == ErrorCode::Locked => {
                if let Some(folder) = startup.held() {
                    background::start_locked(&handle, folder);
                }
            }
            Err(error) => {
                tracing::error!(code = error.code.as_str(), "the data cannot be opened");
                // A hidden start would otherwise fail unseen; the quick chat says it by itself.
                if !quick::is_shown(&handle) {
                    window::show(&handle);
                }
            }
        }
    });
}

/// Ends the program in order, once, however often it is asked.
pub(crate) fn end(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    if shell.ending.swap(true, Ordering::AcqRel) {
        return;
    }
    let opened = shell.startup.open_now();
    let handle = handle.clone();
    async_runtime::spawn(async move {
        placement::note(&handle);
        for window in handle.webview_windows().values() {
            // It looks closed at once; what is still to be saved is saved behind it.
            let _ = window.hide();
        }
        let in_order = async {
            // The person wants it to end; what cannot be kept was not sent.
            let _ = page::keep(&handle).await;
            placement::save(&handle).await;
            handle.state::<Shell>().subscriptions.end_all();
            background::stop(&handle).await;
            if let Some(app) = opened {
                app.shutdown().await;
                crash::end(&app);
            }
        };
        if timeout(END_LIMIT, in_order).await.is_err() {
            tracing::error!("the program could not end in order in time");
        }
        handle.exit(0);
    });
}

/// TERM and INT end in order, a second one at once.
fn end_on_signals(handle: AppHandle) {
    async_runtime::spawn(async move {
        if signalled().await.is_err() {
            return tracing::warn!("signals cannot be received");
        }
        end(&handle);
        if signalled().await.is_ok() {
            process::exit(TERMINATED);
        }
    });
}

#[cfg(unix)]
async fn signalled() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn signalled() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Says a sentence where there is no window to say it in.
pub(crate) fn complain(error: &dyn std::error::Error) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "hearth-desktop: {error}");
}
