//! What Tauri holds for us: how to reach the use cases, and what belongs to the windows.

use std::sync::{Arc, atomic::AtomicBool};

use crate::{
    background::Background, dropped::Dropped, host::DesktopHost, ipc::Subscriptions,
    startup::Startup,
};

/// The state of the shell.
pub(crate) struct Shell {
    /// The data, once it is open, or why it is not.
    pub(crate) startup: Startup,
    /// What only a desktop can do.
    pub(crate) host: Arc<DesktopHost>,
    /// What the page follows.
    pub(crate) subscriptions: Subscriptions,
    /// The socket and the port.
    pub(crate) background: Background,
    /// Files that were let go over the window.
    pub(crate) dropped: Dropped,
    /// Whether the window was shown.
    pub(crate) revealed: AtomicBool,
    /// Whether the program is ending.
    pub(crate) ending: AtomicBool,
}

impl Shell {
    /// The state at the start.
    pub(crate) fn new(startup: Startup) -> Self {
        Self {
            startup,
            host: Arc::default(),
            subscriptions: Subscriptions::default(),
            background: Background::default(),
            dropped: Dropped::default(),
            revealed: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        }
    }
}
