//! What only a desktop can do, for the commands of the table that need it.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use futures::{FutureExt, future::BoxFuture};
use hearth_api::{
    ApiError, Autostart, DesktopState, DroppedFile, Host, QuickAct, Result, TextSource,
    WindowOpened, WindowPlace,
};
use hearth_app::App;
use hearth_domain::{CloseChoice, ImportReport, Model};
use tauri::{AppHandle, Manager, async_runtime};

use crate::{
    autostart, closing, dialogs, dropped, imports, links, locking, models, opener, platform, quick,
    saving, shell::Shell, shortcut, tray, window,
};

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

    fn pick_documents(&self, folder: bool) -> BoxFuture<'_, Result<Vec<PathBuf>>> {
        async move {
            let handle = self.handle()?;
            Ok(match folder {
                true => dialogs::open_folder(handle).await.into_iter().collect(),
                false => dialogs::open_files(handle).await,
            })
        }
        .boxed()
    }

    fn desktop_state<'a>(&'a self, app: &'a Arc<App>) -> BoxFuture<'a, Result<DesktopState>> {
        async move {
            let handle = self.handle()?;
            Ok(DesktopState {
                tray: tray::has_host(handle),
                autostart: autostart::state(handle),
                shortcut: shortcut::state(handle),
                lock: app.lock_state(),
            })
        }
        .boxed()
    }

    fn set_autostart(&self, enabled: bool) -> BoxFuture<'_, Result<Autostart>> {
        async move { autostart::set(self.handle()?, enabled).await }.boxed()
    }

    fn quick(&self, act: QuickAct) -> Result<()> {
        let handle = self.handle()?;
        match act {
            QuickAct::Open => quick::open(handle),
            QuickAct::Hide => quick::hide(handle),
            QuickAct::Resize(width, height) => quick::resize(handle, width, height),
            QuickAct::Pin(pinned) => quick::pin(handle, pinned),
            QuickAct::Move(conversation) => quick::move_on(handle, conversation),
        }
        Ok(())
    }

    fn take_text(&self, source: TextSource) -> BoxFuture<'_, Result<Option<String>>> {
        async move {
            let handle = self.handle()?;
            quick::check_in_front(handle)?;
            platform::take_text(handle, source).await
        }
        .boxed()
    }

    fn show_window(&self, files: &[String], links: &[String]) -> Result<()> {
        let handle = self.handle()?;
        links::follow_all(handle, links);
        window::show(handle);
        models::add_all(handle, files);
        Ok(())
    }

    fn window_opened(&self) -> Result<WindowOpened> {
        Ok(self.handle()?.state::<Shell>().page.opened())
    }

    fn window_place(&self, place: WindowPlace) -> Result<()> {
        self.handle()?.state::<Shell>().page.note_place(place);
        Ok(())
    }

    fn window_left(&self, kept: bool) -> Result<()> {
        self.handle()?.state::<Shell>().page.has_left(kept);
        Ok(())
    }

    fn close_window(&self, choice: CloseChoice) -> Result<()> {
        closing::choose(self.handle()?, choice);
        Ok(())
    }

    fn lock_now(&self) -> Result<()> {
        locking::lock(self.handle()?);
        Ok(())
    }

    fn ui_ready(&self) -> Result<()> {
        window::ready(self.handle()?);
        Ok(())
    }
}
