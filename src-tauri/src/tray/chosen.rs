//! What a choice in the menu does: a command of the table, as if the main window had sent it, or
//! something of the shell.

use std::sync::Arc;

use hearth_api::{ApiError, Caller, Cx, Host};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager, async_runtime};

use super::{action::Action, changed};
use crate::{autostart, lifecycle, locking, page, quick, shell::Shell, window};

/// Does what was chosen, later and elsewhere: a menu must never wait.
pub(super) fn perform(handle: &AppHandle, action: Action) {
    let handle = handle.clone();
    async_runtime::spawn(async move {
        if let Err(error) = run(&handle, action).await {
            tracing::warn!(code = error.code.as_str(), ?action, "a choice in the tray failed");
            // The window says what is wrong: with the model, the data, the port.
            window::show(&handle);
        }
        changed(&handle);
    });
}

async fn run(handle: &AppHandle, action: Action) -> Result<(), ApiError> {
    match action {
        Action::Open => window::show(handle),
        Action::Quick => quick::open(handle),
        Action::Begin(persona) => {
            page::begin(handle, persona);
            window::show(handle);
        }
        Action::Show(conversation) => window::show_conversation(handle, conversation),
        Action::Settings => {
            page::show_settings(handle);
            window::show(handle);
        }
        Action::Load => command(handle, "model_load", json!({})).await?,
        Action::Unload => command(handle, "model_unload", json!({})).await?,
        Action::Pause => {
            let app = handle.state::<Shell>().startup.app().await?;
            let paused = *app.background_paused().borrow();
            app.pause_background(!paused);
        }
        Action::Port => {
            let app = handle.state::<Shell>().startup.app().await?;
            let enabled = !app.settings().server.enabled;
            let patch = json!({ "patch": { "server": { "enabled": enabled } } });
            command(handle, "settings_update", patch).await?;
        }
        Action::Login => {
            let enabled = !autostart::state(handle).enabled;
            command(handle, "autostart_set", json!({ "enabled": enabled })).await?;
        }
        Action::Lock => locking::lock(handle),
        Action::Quit => lifecycle::end(handle),
    }
    Ok(())
}

async fn command(handle: &AppHandle, name: &str, request: Value) -> Result<(), ApiError> {
    let shell = handle.state::<Shell>();
    let cx = Cx {
        app: shell.startup.app().await?,
        caller: Caller::Window { label: Caller::MAIN_WINDOW.to_owned() },
        host: Arc::clone(&shell.host) as Arc<dyn Host>,
    };
    hearth_api::dispatch(&cx, name, request).await.map(drop)
}
