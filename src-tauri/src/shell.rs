//! What Tauri holds for us: how to reach the use cases, and what belongs to the windows.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hearth_api::WindowPlace;

use crate::{
    args::Args, background::Background, closing::Closing, crash::Crash, dropped::Dropped,
    host::DesktopHost, ipc::Subscriptions, locking::Presence, notify::Notices, page::Page,
    placement::Places, quick::Quick, release::Release, shortcut::Keys, startup::Startup,
    views::Views, web_process::WebProcess,
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
    /// The quick chat.
    pub(crate) quick: Quick,
    /// The keys that open it.
    pub(crate) keys: Keys,
    /// The page of the main window.
    pub(crate) page: Page,
    /// What closing the main window means.
    pub(crate) closing: Closing,
    /// Whether the main window is away.
    pub(crate) release: Release,
    /// Where the main window stood.
    pub(crate) places: Places,
    /// Which windows are open.
    pub(crate) views: Views,
    /// When the page ended by itself.
    pub(crate) web_process: WebProcess,
    /// How the last run ended.
    pub(crate) crash: Crash,
    /// Notifications of the system.
    pub(crate) notices: Notices,
    /// When a person was last there.
    pub(crate) presence: Presence,
    /// Whether work in the background is to be stopped as soon as the data is open.
    pub(crate) paused: AtomicBool,
    /// Whether the window was shown.
    pub(crate) revealed: AtomicBool,
    /// Whether the program is ending.
    pub(crate) ending: AtomicBool,
}

impl Shell {
    /// The state at the start.
    pub(crate) fn new(startup: Startup, background: Background) -> Self {
        Self {
            startup,
            host: Arc::default(),
            subscriptions: Subscriptions::default(),
            background,
            dropped: Dropped::default(),
            quick: Quick::default(),
            keys: Keys::default(),
            page: Page::default(),
            closing: Closing::default(),
            release: Release::default(),
            places: Places::default(),
            views: Views::default(),
            web_process: WebProcess::default(),
            crash: Crash::default(),
            notices: Notices::default(),
            presence: Presence::default(),
            paused: AtomicBool::new(false),
            revealed: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        }
    }

    /// Takes over from the run of the program that locked the data.
    pub(crate) fn go_on(&self, args: &Args) {
        self.paused.store(args.paused, Ordering::Release);
        if let Some(conversation) = args.at {
            let place = WindowPlace { conversation: Some(conversation), message: None };
            self.page.note_place(place);
        }
    }

    /// Whether the program is ending.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire)
    }
}
