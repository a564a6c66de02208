//! The model that stays warm: when it is loaded and let go without a question.
//!
//! `decide.rs` has the rule, `task.rs` acts on it, `prefill.rs` reads the instructions ahead. A
//! question needs none of this: it always loads what it needs.

mod decide;
mod prefill;
mod task;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hearth_domain::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::decide::Windows;
use crate::App;

/// What the rule remembers and is told.
pub(crate) struct Warm {
    windows: watch::Sender<Windows>,
    paused: watch::Sender<bool>,
    bar: Mutex<Bar>,
    /// The program ends.
    pub(crate) end: CancellationToken,
}

/// Whether only a person brings the model back: a load failed, or they let it go.
#[derive(Default)]
struct Bar {
    barred: bool,
    /// How often a person let it go. A load that ends just then must not lift what came after it
    /// began.
    let_go: u64,
}

impl Warm {
    pub(crate) fn new(now: Timestamp) -> Self {
        let windows = Windows { open: false, focused: false, changed: now, times_focused: 0 };
        Self {
            windows: watch::channel(windows).0,
            paused: watch::channel(false).0,
            bar: Mutex::default(),
            end: CancellationToken::new(),
        }
    }

    /// Whether the model is brought back by a person alone.
    pub(crate) fn bar(&self, barred: bool) {
        self.bar_now().barred = barred;
    }

    /// A person lets the model go.
    pub(crate) fn let_go_by_hand(&self) {
        let mut bar = self.bar_now();
        bar.barred = true;
        bar.let_go += 1;
    }

    /// How often a person let it go, for [`Warm::lift`].
    pub(crate) fn times_let_go(&self) -> u64 {
        self.bar_now().let_go
    }

    /// A load that began when a person had let it go so often has ended well.
    pub(crate) fn lift(&self, times_let_go: u64) {
        let mut bar = self.bar_now();
        bar.barred &= bar.let_go != times_let_go;
    }

    fn is_barred(&self) -> bool {
        self.bar_now().barred
    }

    fn bar_now(&self) -> MutexGuard<'_, Bar> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Keeps the default model warm as the settings want it, and lets others go that nothing is asked
    /// of, until the program ends. Called once, by the host that stays.
    pub fn keep_warm(self: &Arc<Self>) {
        self.tasks.spawn(task::run(Arc::clone(self)));
        self.tasks.spawn(crate::models::speed::run(Arc::clone(self)));
    }

    /// The shell tells whether a window can be seen and whether one has the keyboard. A host
    /// without windows that serves others says once that one is open.
    pub fn windows_changed(&self, open: bool, focused: bool) {
        let now = self.now();
        self.warm.windows.send_if_modified(|windows| {
            let changed = (windows.open, windows.focused) != (open, focused);
            if changed {
                let newly = u64::from(focused && !windows.focused);
                let times_focused = windows.times_focused + newly;
                *windows = Windows { open, focused, changed: now, times_focused };
            }
            changed
        });
    }

    /// Stops work in the background, or lets it go on. What a person asks for is never held up.
    pub fn pause_background(&self, paused: bool) {
        self.warm.paused.send_if_modified(|now| std::mem::replace(now, paused) != paused);
    }

    pub(crate) fn is_paused(&self) -> bool {
        *self.warm.paused.borrow()
    }

    /// Whether work in the background is stopped, and its changes.
    #[must_use]
    pub fn background_paused(&self) -> watch::Receiver<bool> {
        self.warm.paused.subscribe()
    }
}
