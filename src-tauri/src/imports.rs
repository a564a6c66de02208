//! Takes in an export file that the person chose: read here, understood by `hearth-app`.

use std::{path::PathBuf, sync::Arc};

use hearth_api::{ApiError, Result};
use hearth_app::{App, read_import_file};
use hearth_domain::ImportReport;
use tauri::async_runtime;

/// Reads the file and takes in what is in it. The parts of a large archive come one after the
/// other; each is taken in whole or not at all.
///
/// # Errors
/// Why the file was refused.
pub(crate) async fn take_in(app: &Arc<App>, path: PathBuf) -> Result<ImportReport> {
    let read = async_runtime::spawn_blocking(move || read_import_file(&path)).await;
    let texts = read.map_err(|_| ApiError::internal())??;
    let mut whole: Option<ImportReport> = None;
    for text in texts {
        let part = app.conversation_import(text).await?;
        whole = Some(match whole {
            None => part,
            Some(before) => before.and(&part),
        });
    }
    whole.ok_or_else(ApiError::internal)
}
