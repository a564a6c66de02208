//! `hearth health`: whether Hearth runs here and answers, for containers and service managers. It starts
//! nothing and opens no data. A model that could not be loaded is no reason to start all of it again.

use std::{process::ExitCode, time::Duration};

use hearth_app::{AppConfig, AppStatus};
use hearth_domain::{EngineState, ErrorCode};
use hearth_server::{Client, ClientError};
use serde_json::json;
use tokio::time::timeout;

use crate::{args::Global, failure::Failure, out::Out};

/// Who is busy answers late, but answers.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn run(global: &Global, out: Out) -> Result<ExitCode, Failure> {
    let data_dir = AppConfig::locate(global.data_dir.clone())?.data_dir;
    let Ok(Some(client)) = Client::of_holder(&data_dir) else { return Err(Failure::NotRunning) };
    let nothing = json!({});
    let answer = timeout(PATIENCE, client.rpc("app_status", &nothing)).await;
    let answer = answer.map_err(|_| Failure::NotRunning)?;
    let status: Option<AppStatus> = match answer {
        Ok(status) => serde_json::from_value(status).ok(),
        Err(ClientError::Refused(error)) if error.code == ErrorCode::Locked => None,
        Err(_) => return Err(Failure::NotRunning),
    };
    let model = status.as_ref().map(|status| model_state(asked_of(status)));
    let url = status.as_ref().and_then(|status| status.server.url.clone());
    if out.is_json() {
        out.object(
            &json!({"running": true, "locked": status.is_none(), "model": model, "url": url}),
        )?;
    } else {
        match model {
            Some(state) => out.line(&format!("Hearth runs; the model is {state}."))?,
            None => out.line("Hearth runs; the data is locked.")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The model that people asked for, or else one that programs did.
fn asked_of(status: &AppStatus) -> &EngineState {
    let there = |state: &&EngineState| state.loaded().is_some();
    let states = || std::iter::once(&status.engine).chain(&status.beside);
    states().find(there).unwrap_or(&status.engine)
}

fn model_state(engine: &EngineState) -> &'static str {
    match engine {
        EngineState::Empty => "not loaded",
        EngineState::Loading { .. } => "loading",
        EngineState::Ready { .. } => "ready",
        EngineState::Busy { .. } => "busy",
        EngineState::Failed { .. } => "not loaded: it failed",
    }
}
