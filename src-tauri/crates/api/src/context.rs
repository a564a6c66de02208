//! Who calls, and where: the context of a command.

use std::{path::PathBuf, sync::Arc};

use futures::future::BoxFuture;
use hearth_app::{App, Grant};
use hearth_domain::{CloseChoice, ImportReport, Model};

use crate::{
    ApiError, Autostart, DesktopState, DroppedFile, QuickAct, Result, TextSource, WindowOpened,
    WindowPlace,
};

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
    Key(Arc<Grant>),
}

impl Caller {
    /// The label of the window that may change settings.
    pub const MAIN_WINDOW: &'static str = "main";
    /// The label of the quick chat: it asks and reads, and changes no settings.
    pub const QUICK_WINDOW: &'static str = "quick";

    /// What the key allows; `None` for a person.
    #[must_use]
    pub fn grant(&self) -> Option<&Arc<Grant>> {
        match self {
            Self::Window { .. } | Self::Terminal | Self::Browser => None,
            Self::Key(grant) => Some(grant),
        }
    }
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

impl Cx {
    /// What the key of the caller allows; `None` for a person.
    #[must_use]
    pub fn grant(&self) -> Option<&Grant> {
        self.caller.grant().map(Arc::as_ref)
    }
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

    /// Does something with the window of the quick chat.
    ///
    /// # Errors
    /// `desktop_only`, or why there is no window.
    fn quick(&self, _act: QuickAct) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// Reads what was copied or selected in any program; `None` where there is no text.
    ///
    /// # Errors
    /// `desktop_only`; `forbidden` while the quick chat is not in front.
    fn take_text(&self, _source: TextSource) -> BoxFuture<'_, Result<Option<String>>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
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

    /// Lets the person choose documents, or a folder; none where they chose none.
    ///
    /// # Errors
    /// `desktop_only`.
    fn pick_documents(&self, _folder: bool) -> BoxFuture<'_, Result<Vec<PathBuf>>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Saves text to a file that the person chooses; `false` where they chose none.
    ///
    /// # Errors
    /// `desktop_only`, or why the file could not be written.
    fn save_text<'a>(&'a self, _name: &'a str, _text: String) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// What the desktop says about itself now.
    ///
    /// # Errors
    /// `desktop_only`.
    fn desktop_state<'a>(&'a self, _app: &'a Arc<App>) -> BoxFuture<'a, Result<DesktopState>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Turns start on login on or off; answers what the system says afterwards.
    ///
    /// # Errors
    /// `desktop_only`, or `autostart_unwritable` where the system's entry cannot be changed.
    fn set_autostart(&self, _enabled: bool) -> BoxFuture<'_, Result<Autostart>> {
        Box::pin(async { Err(ApiError::desktop_only()) })
    }

    /// Brings the main window to the front and hands it files and links that a second launch
    /// named.
    ///
    /// # Errors
    /// `desktop_only`, or why there is no window.
    fn show_window(&self, _files: &[String], _links: &[String]) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// The page of the main window has come up: where it goes on, what waits for it.
    ///
    /// # Errors
    /// `desktop_only`.
    fn window_opened(&self) -> Result<WindowOpened> {
        Err(ApiError::desktop_only())
    }

    /// The person went to another place in the main window.
    ///
    /// # Errors
    /// `desktop_only`.
    fn window_place(&self, _place: WindowPlace) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// What was written in the main window is kept, or cannot be.
    ///
    /// # Errors
    /// `desktop_only`.
    fn window_left(&self, _kept: bool) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// Closes the main window as the person chose.
    ///
    /// # Errors
    /// `desktop_only`.
    fn close_window(&self, _choice: CloseChoice) -> Result<()> {
        Err(ApiError::desktop_only())
    }

    /// Locks the data where a passphrase was set. Returns at once; the windows go with it.
    ///
    /// # Errors
    /// `desktop_only`.
    fn lock_now(&self) -> Result<()> {
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
