//! What only a desktop can do, for the commands of the table that need it.

use std::sync::{Arc, OnceLock};

use futures::{FutureExt, future::BoxFuture};
use hearth_api::{ApiError, Caller, Host, Result};
use hearth_app::App;
use hearth_domain::Model;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{models, opener, platform, window};

/// The host of the desktop application. It is made before Tauri is, so its handle comes later.
#[derive(Default)]
pub(crate) struct DesktopHost {
    handle: OnceLock<AppHandle>,
}

impl DesktopHost {
    /// Tauri is there now.
    pub(crate) fn attach(&self, handle: AppHandle) {
        // A second call could only bring the same handle.
        let _ = self.handle.set(handle);
    }

    fn handle(&self) -> Result<&AppHandle> {
        self.handle.get().ok_or_else(ApiError::desktop_only)
    }
}

impl Host for DesktopHost {
    fn kind(&self) -> &'static str {
        "desktop"
    }

    fn capabilities(&self) -> &'static [&'static str] {
        platform::CAPABILITIES
    }

    fn open_link(&self, url: &str) -> Result<()> {
        opener::open(url)
    }

    fn copy_text(&self, text: &str) -> Result<()> {
        platform::copy_text(self.handle()?, text)
    }

    fn pick_model<'a>(&'a self, app: &'a Arc<App>) -> BoxFuture<'a, Result<Option<Model>>> {
        async move {
            let handle = self.handle()?;
            match pick_file(handle).await {
                Some(path) => models::add(handle, app, &path).await.map(Some),
                None => Ok(None),
            }
        }
        .boxed()
    }

    fn show_window(&self, files: &[String]) -> Result<()> {
        let handle = self.handle()?;
        window::show(handle);
        models::add_all(handle, files);
        Ok(())
    }

    fn ui_ready(&self) -> Result<()> {
        window::reveal(self.handle()?);
        Ok(())
    }
}

/// Lets the person choose one model file in the system's own dialog.
async fn pick_file(handle: &AppHandle) -> Option<String> {
    let (sender, chosen) = oneshot::channel();
    let mut dialog = handle.dialog().file().add_filter("GGUF", &["gguf"]);
    if let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW) {
        dialog = dialog.set_parent(&window);
    }
    dialog.pick_file(move |file| {
        // Nobody waits any more where the window was closed meanwhile.
        let _ = sender.send(file);
    });
    let path = chosen.await.ok()??.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}
