//! What only a desktop can do, for the commands of the table that need it.

use std::sync::{Arc, OnceLock};

use futures::{FutureExt, future::BoxFuture};
use hearth_api::{ApiError, DroppedFile, Host, Result};
use hearth_app::App;
use hearth_domain::{ImportReport, Model};
use tauri::{AppHandle, Manager, async_runtime};

use crate::{dialogs, dropped, imports, models, opener, platform, saving, shell::Shell, window};

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
            match dialogs::open_file(handle, "GGUF", &["gguf"]).await {
                Some(path) => models::add(handle, app, &path.to_string_lossy()).await.map(Some),
                None => Ok(None),
            }
        }
        .boxed()
    }

    fn pick_import<'a>(&'a self, app: &'a Arc<App>) -> BoxFuture<'a, Result<Option<ImportReport>>> {
        async move {
            match dialogs::open_file(self.handle()?, "JSON, ZIP", &["json", "zip"]).await {
                Some(path) => imports::take_in(app, path).await.map(Some),
                None => Ok(None),
            }
        }
        .boxed()
    }

    fn save_text<'a>(&'a self, name: &'a str, text: String) -> BoxFuture<'a, Result<bool>> {
        async move {
            match dialogs::save_file(self.handle()?, name).await {
                Some(path) => saving::save(path, text).await.map(|()| true),
                None => Ok(false),
            }
        }
        .boxed()
    }

    fn dropped_files(&self) -> BoxFuture<'_, Result<Vec<DroppedFile>>> {
        async move {
            let paths = self.handle()?.state::<Shell>().dropped.take();
            let read = async_runtime::spawn_blocking(move || dropped::read(&paths)).await;
            read.map_err(|_| ApiError::internal())
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
