//! Who calls, and where: the context of a command.

use std::sync::Arc;

use futures::future::BoxFuture;
use hearth_app::App;
use hearth_domain::{ImportReport, Model};

use crate::{ApiError, DroppedFile, Result};

/// Who calls a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A window of the desktop application, by its label.
    Window {
        /// `main`, `quick`, …
        label: String,
    },
    /// The command line, in this process or over the private socket.
    Terminal,
    /// The user interface in a browser that signed in.
    Browser,
    /// A program with a key of the port.
    Key {
        /// Which key, for limits and logs; never the key itself.
        id: String,
    },
}

impl Caller {
    /// The label of the window that may change settings.
    pub const MAIN_WINDOW: &'static str = "main";
}

/// What a command knows about its call.
#[derive(Clone)]
pub struct Cx {
    /// The use cases.
    pub app: Arc<App>,
    /// Who calls.
    pub caller: Caller,
    /// What only this host can do.
    pub host: Arc<dyn Host>,
}

/// What only a desktop can do. It grows only when a command needs it.
///
/// Every method has the answer of a host without a desktop: `desktop_only`.
pub trait Host: Send + Sync {
    /// `desktop` or `server`.
    fn kind(&self) -> &'static str;

    /// Whether there is a desktop.
    fn is_desktop(&self) -> bool {
        self.kind() == "desktop"
    }

    /// What the user interface may offer, such as `pick_file`.
    fn capabilities(&self) -> &'static [&'static str] {
        &[]
    }

    /// Opens a checked `http`, `https` or `mailto` address in the system's own program.
    ///
    /// # Errors
    /// `desktop_only`, or why the system refused.
    fn open_link(&self, _url: &str) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// Puts text on the clipboard.
    ///
    /// # Errors
    /// `desktop_only`, or why the system refused.
    fn copy_text(&self, _text: &str) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// Lets the person choose a GGUF and adds it; `None` where they chose none.
    ///
    /// # Errors
    /// `desktop_only`, or why the file was refused.
    fn pick_model<'a>(&'a self, _app: &'a Arc<App>) -> BoxFuture<'a, Result<Option<Model>>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Lets the person choose an export file and takes it in; `None` where they chose none.
    ///
    /// # Errors
    /// `desktop_only`, or why the file was refused.
    fn pick_import<'a>(
        &'a self,
        _app: &'a Arc<App>,
    ) -> BoxFuture<'a, Result<Option<ImportReport>>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// The files that the person dropped on the window last; they are handed out once.
    ///
    /// # Errors
    /// `desktop_only`.
    fn dropped_files(&self) -> BoxFuture<'_, Result<Vec<DroppedFile>>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Saves text to a file that the person chooses; `false` where they chose none.
    ///
    /// # Errors
    /// `desktop_only`, or why the file could not be written.
    fn save_text<'a>(&'a self, _name: &'a str, _text: String) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Brings the main window to the front and hands it files that a second launch named.
    ///
    /// # Errors
    /// `desktop_only`, or why there is no window.
    fn show_window(&self, _files: &[String]) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// The user interface has painted its first view.
    ///
    /// # Errors
    /// `desktop_only`.
    fn ui_ready(&self) -> Result<()> {
        Err(ApiError::desktop_only())
    }
}

/// The host without a desktop.
pub struct ServerHost;

impl Host for ServerHost {
    fn kind(&self) -> &'static str {
        "server"
    }
}
