//! What closing the main window does: it goes to the tray, it is minimised, or the program ends.
//! Which of these is decided here and nowhere else; how each is done, others know.

use std::{sync::Arc, time::Duration};

use hearth_api::Caller;
use hearth_app::App;
use hearth_domain::CloseChoice;
use tauri::{AppHandle, Manager, async_runtime};
use tokio::{sync::watch, time::timeout};

use crate::{lifecycle, release, shell::Shell, tray};

/// A page that does not ask within this time asks nobody any more.
const ASK_LIMIT: Duration = Duration::from_secs(3);

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Ask,
    Tray,
    Minimise,
    Quit,
}

/// What the settings said last, and whether the page asks the person just now.
pub(crate) struct Closing {
    choice: watch::Sender<CloseChoice>,
    /// Grows with each question that the page shows.
    asking: watch::Sender<u64>,
}

impl Default for Closing {
    fn default() -> Self {
        Self { choice: watch::channel(CloseChoice::Ask).0, asking: watch::channel(0).0 }
    }
}

/// Remembers the choice of the settings for as long as they can be read; it holds while the data
/// is locked too.
pub(crate) fn follow(handle: &AppHandle, app: &Arc<App>) {
    let (handle, mut settings) = (handle.clone(), app.settings_watch());
    async_runtime::spawn(async move {
        loop {
            let choice = settings.borrow_and_update().desktop.close;
            handle.state::<Shell>().closing.choice.send_replace(choice);
            if settings.changed().await.is_err() {
                return;
            }
        }
    });
}

/// The main window is to be closed: by its frame, a key or the system.
pub(crate) fn close_main(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    let choice = *shell.closing.choice.borrow();
    let can_ask = shell.startup.open_now().is_some() && shell.page.listens();
    do_it(handle, decide(choice, tray::has_host(handle), can_ask));
}

/// The person has chosen; `ask` says that the page shows the question.
pub(crate) fn choose(handle: &AppHandle, choice: CloseChoice) {
    match choice {
        CloseChoice::Ask => {
            handle.state::<Shell>().closing.asking.send_modify(|times| *times += 1);
        }
        chosen => do_it(handle, decide(chosen, tray::has_host(handle), false)),
    }
}

fn decide(choice: CloseChoice, tray: bool, can_ask: bool) -> Act {
    match (choice, tray) {
        (CloseChoice::Tray, true) => Act::Tray,
        (CloseChoice::Tray, false) => Act::Minimise,
        (CloseChoice::Ask, true) if can_ask => Act::Ask,
        (CloseChoice::Ask | CloseChoice::Quit, _) => Act::Quit,
    }
}

fn do_it(handle: &AppHandle, act: Act) {
    match act {
        Act::Ask => ask(handle.clone()),
        Act::Tray => release::hide(handle),
        Act::Minimise => {
            if let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW)
                && let Err(error) = window.minimize()
            {
                tracing::warn!(%error, "the window cannot be minimised");
            }
        }
        Act::Quit => lifecycle::end(handle),
    }
}

/// Asks through the page. A page that hangs must not keep the window open.
fn ask(handle: AppHandle) {
    async_runtime::spawn(async move {
        let shell = handle.state::<Shell>();
        let Some(app) = shell.startup.open_now() else { return lifecycle::end(&handle) };
        let mut asking = shell.closing.asking.subscribe();
        app.ask_close();
        if timeout(ASK_LIMIT, asking.changed()).await.is_err() {
            tracing::warn!("the page does not ask what closing means; the program ends");
            lifecycle::end(&handle);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_tray_nothing_goes_where_it_cannot_come_back_from() {
        assert_eq!(decide(CloseChoice::Tray, false, true), Act::Minimise);
        assert_eq!(decide(CloseChoice::Ask, false, true), Act::Quit);
        assert_eq!(decide(CloseChoice::Quit, false, true), Act::Quit);
    }

    #[test]
    fn with_a_tray_the_person_is_asked_where_there_is_something_to_ask_with() {
        assert_eq!(decide(CloseChoice::Ask, true, true), Act::Ask);
        assert_eq!(decide(CloseChoice::Ask, true, false), Act::Quit);
        assert_eq!(decide(CloseChoice::Tray, true, false), Act::Tray);
        assert_eq!(decide(CloseChoice::Quit, true, true), Act::Quit);
    }
}
