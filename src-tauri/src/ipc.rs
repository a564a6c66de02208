//! What the page may call: one command for everything of the command table, two for streams.
//! No feature lives here; `hearth-api` decides what exists and who may use it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use hearth_api::{ApiError, Caller, Cx, Host, QuickAct};
use hearth_app::Subscription;
use hearth_domain::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use tauri::{
    Manager, State, WebviewWindow,
    async_runtime::{self, JoinHandle},
    ipc::{Channel, InvokeResponseBody},
};
use tokio::time::{sleep, timeout};

use crate::{batch, lifecycle, placement, quick, shell::Shell};

/// Events that come within this time go in one message.
const BATCH_TIME: Duration = Duration::from_millis(33);
/// A stream that has nothing to say says so this often: a web view can lose a message silently.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// The one command that must work before the data is open, because it shows the window.
const UI_READY: &str = "ui_ready";
/// The way back in where the key is lost; there is no open data that the table could ask.
const RECOVERY_CODE_USE: &str = "recovery_code_use";
/// The person's answer to a keyring that is locked before there is any data.
const KEY_FILE_CHOOSE: &str = "key_file_choose";
/// The passphrase of locked data, which the table could not ask either.
const LOCK_OPEN: &str = "lock_open";
/// A key was pressed or a button clicked in a window.
const PERSON_HERE: &str = "person_here";
/// The first command of a page, also of one that tries again after a refusal.
const STATUS: &str = "app_status";

/// Runs a command of the table.
#[tauri::command]
pub(crate) async fn rpc(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    command: String,
    request: Value,
) -> Result<Value, ApiError> {
    match command.as_str() {
        UI_READY if is_quick(&window) => {
            quick::writable(window.app_handle());
            return Ok(json!({}));
        }
        UI_READY => return shell.host.ui_ready().map(|()| json!({})),
        PERSON_HERE => {
            shell.presence.note();
            return Ok(json!({}));
        }
        // What opens the data belongs to the main window.
        RECOVERY_CODE_USE | KEY_FILE_CHOOSE | LOCK_OPEN if is_quick(&window) => {
            return Err(ApiError::forbidden());
        }
        RECOVERY_CODE_USE => return recover(&window, &shell, request).await,
        LOCK_OPEN => return unlock(&window, &shell, request).await,
        KEY_FILE_CHOOSE => {
            shell.startup.choose_key_file().await?;
            lifecycle::follow_startup(window.app_handle());
            return Ok(json!({}));
        }
        STATUS if shell.startup.try_again() => lifecycle::follow_startup(window.app_handle()),
        _ => {}
    }
    if shell.startup.open_now().is_none() && is_quick(&window) {
        // A window that cannot ask can still be hidden.
        if let Some(act) = QuickAct::of(&command, &request) {
            return shell.host.quick(act?).map(|()| json!({}));
        }
    }
    let cx = context(&window, &shell).await?;
    hearth_api::dispatch(&cx, &command, request).await
}

/// Follows a topic; the events come through the channel. Returns the number to end it with.
#[tauri::command]
pub(crate) async fn subscribe(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    topic: String,
    from_seq: Option<u64>,
    channel: Channel<InvokeResponseBody>,
) -> Result<u32, ApiError> {
    let cx = context(&window, &shell).await?;
    let subscription = hearth_api::subscribe(&cx, &topic, from_seq).await?;
    Ok(shell.subscriptions.start(&window, subscription, channel))
}

/// Ends a subscription; what it followed goes on.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "Tauri hands its arguments in by value")]
pub(crate) fn unsubscribe(shell: State<'_, Shell>, id: u32) {
    shell.subscriptions.end(id);
}

/// What a person types on the page that says that the key is gone.
#[derive(Deserialize)]
struct RecoveryCodeUse {
    code: String,
}

async fn recover(window: &WebviewWindow, shell: &Shell, request: Value) -> Result<Value, ApiError> {
    let request: RecoveryCodeUse =
        serde_json::from_value(request).map_err(|error| ApiError::invalid_request(&error))?;
    shell.startup.recover(request.code).await?;
    lifecycle::follow_startup(window.app_handle());
    Ok(json!({}))
}

/// What a person types on the page that says that the data is locked.
#[derive(Deserialize)]
struct LockOpen {
    passphrase: Secret<String>,
}

async fn unlock(window: &WebviewWindow, shell: &Shell, request: Value) -> Result<Value, ApiError> {
    let request: LockOpen =
        serde_json::from_value(request).map_err(|error| ApiError::invalid_request(&error))?;
    shell.startup.unlock(request.passphrase).await?;
    let handle = window.app_handle().clone();
    lifecycle::follow_startup(&handle);
    // The window stood where windows stand whose place is locked too.
    placement::known(&handle).await;
    placement::restore(&handle);
    Ok(json!({}))
}

fn is_quick(window: &WebviewWindow) -> bool {
    window.label() == Caller::QUICK_WINDOW
}

async fn context(window: &WebviewWindow, shell: &Shell) -> Result<Cx, ApiError> {
    let app = shell.startup.app().await?;
    let caller = Caller::Window { label: window.label().to_owned() };
    Ok(Cx { app, caller, host: Arc::clone(&shell.host) as Arc<dyn Host> })
}

/// The running subscriptions of all windows.
#[derive(Default)]
pub(crate) struct Subscriptions {
    next: AtomicU32,
    running: Mutex<HashMap<u32, Followed>>,
}

/// A window that follows a topic.
struct Followed {
    label: String,
    task: JoinHandle<()>,
}

impl Subscriptions {
    fn start(
        &self,
        window: &WebviewWindow,
        subscription: Subscription,
        channel: Channel<InvokeResponseBody>,
    ) -> u32 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let handle = window.app_handle().clone();
        let mut running = self.running();
        let task = async_runtime::spawn(async move {
            forward(subscription, &channel).await;
            handle.state::<Shell>().subscriptions.end(id);
        });
        running.insert(id, Followed { label: window.label().to_owned(), task });
        id
    }

    fn end(&self, id: u32) {
        if let Some(followed) = self.running().remove(&id) {
            followed.task.abort();
        }
    }

    /// Ends those of a window: the page that opened them is gone.
    pub(crate) fn end_of(&self, label: &str) {
        self.running().retain(|_, followed| {
            let others = followed.label != label;
            if !others {
                followed.task.abort();
            }
            others
        });
    }

    /// Ends all of them: the program ends.
    pub(crate) fn end_all(&self) {
        for (_, followed) in self.running().drain() {
            followed.task.abort();
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<u32, Followed>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends events until the topic ends or the window is gone.
async fn forward(mut subscription: Subscription, channel: &Channel<InvokeResponseBody>) {
    loop {
        let messages = match timeout(HEARTBEAT, subscription.next()).await {
            Ok(Some(items)) => batch::pack(&items),
            Ok(None) => return,
            Err(_) => vec!["[]".to_owned()],
        };
        for message in messages {
            if channel.send(InvokeResponseBody::Json(message)).is_err() {
                return;
            }
        }
        // What comes meanwhile is one batch.
        sleep(BATCH_TIME).await;
    }
}
