//! Adds model files that came from outside the page: the picker, the command line, a second
//! launch. It only calls the command `model_add`; what a model is, `hearth-app` knows.

use std::sync::Arc;

use hearth_api::{ApiError, Caller, Cx, Host, Result};
use hearth_app::App;
use hearth_domain::{Model, OpenedModel};
use serde_json::json;
use tauri::{AppHandle, Manager, async_runtime};

use crate::{page, shell::Shell};

/// Adds one file as the main window would.
///
/// # Errors
/// Why the file was refused.
pub(crate) async fn add(handle: &AppHandle, app: &Arc<App>, path: &str) -> Result<Model> {
    let host = Arc::clone(&handle.state::<Shell>().host);
    let cx = Cx {
        app: Arc::clone(app),
        caller: Caller::Window { label: Caller::MAIN_WINDOW.to_owned() },
        host: host as Arc<dyn Host>,
    };
    let model = hearth_api::dispatch(&cx, "model_add", json!({ "path": path })).await?;
    serde_json::from_value(model).map_err(|_| ApiError::internal())
}

/// Adds files in the background; the page says what became of each. Those that come while the data
/// is locked wait for it.
pub(crate) fn add_all(handle: &AppHandle, files: &[String]) {
    if files.is_empty() {
        return;
    }
    let (handle, files) = (handle.clone(), files.to_vec());
    async_runtime::spawn(async move {
        let startup = handle.state::<Shell>().startup.clone();
        let Ok(app) = startup.unlocked().await else { return };
        for file in files {
            let opened = match add(&handle, &app, &file).await {
                Ok(model) => OpenedModel::Added { model: Box::new(model) },
                Err(error) => {
                    tracing::warn!(code = error.code.as_str(), "a model file was refused");
                    OpenedModel::Refused { code: error.code }
                }
            };
            page::tell_model(&handle, opened);
        }
    });
}
