//! The page of the main window as the program knows it: whether it listens, where the person is in
//! it, what waits for it. Kept in memory only, so that a page that is made anew goes on where the
//! one before it ended.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hearth_api::{WindowBegin, WindowOpened, WindowPlace};
use hearth_domain::{ConversationId, OpenedModel, PersonaId};
use tauri::{AppHandle, Manager};
use tokio::{sync::watch, time::timeout};

use crate::shell::Shell;

/// How long a page has to keep what is written in it. A draft is written while it is typed, so
/// this is for the last letters only.
const KEEP_LIMIT: Duration = Duration::from_millis(700);

/// What is known of the page.
pub(crate) struct Page {
    state: Mutex<State>,
    /// What the page answered last when it was asked to keep what is written in it.
    left: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    listens: bool,
    opened: WindowOpened,
}

impl Default for Page {
    fn default() -> Self {
        Self { state: Mutex::default(), left: watch::channel(true).0 }
    }
}

impl Page {
    /// The page is up and follows the events. What waited for it is handed out, once.
    pub(crate) fn opened(&self) -> WindowOpened {
        let mut state = self.state();
        state.listens = true;
        let next = WindowOpened { place: state.opened.place, ..WindowOpened::default() };
        std::mem::replace(&mut state.opened, next)
    }

    /// The page is gone; another one may come.
    pub(crate) fn gone(&self) {
        self.state().listens = false;
    }

    /// The page ended by itself, and another one is told so.
    pub(crate) fn failed(&self) {
        let mut state = self.state();
        state.listens = false;
        state.opened.reloaded = true;
    }

    /// Whether a page would hear an event.
    pub(crate) fn listens(&self) -> bool {
        self.state().listens
    }

    /// The person is here now.
    pub(crate) fn note_place(&self, place: WindowPlace) {
        self.state().opened.place = Some(place);
    }

    /// The conversation that the person is in.
    pub(crate) fn conversation(&self) -> Option<ConversationId> {
        self.state().opened.place.and_then(|place| place.conversation)
    }

    /// The page has kept what was written in it, or it cannot.
    pub(crate) fn has_left(&self, kept: bool) {
        self.left.send_replace(kept);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows a conversation in the page, or in the one that will come.
pub(crate) fn show_conversation(handle: &AppHandle, conversation: ConversationId) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.show_conversation(conversation),
        _ => {
            let place = WindowPlace { conversation: Some(conversation), message: None };
            shell.page.note_place(place);
        }
    }
}

/// Offers a text for the field of the page, or of the one that will come.
pub(crate) fn offer_draft(handle: &AppHandle, text: String) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.offer_draft(text),
        _ => shell.page.state().opened.draft = Some(text),
    }
}

/// Begins a conversation in the page, or in the one that will come.
pub(crate) fn begin(handle: &AppHandle, persona: Option<PersonaId>) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.ask_begin(persona),
        _ => shell.page.state().opened.begin = Some(WindowBegin { persona }),
    }
}

/// Shows the settings in the page, or in the one that will come.
pub(crate) fn show_settings(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.ask_settings(),
        _ => shell.page.state().opened.settings = true,
    }
}

/// Says in the page, or in the one that will come, that a link was not followed.
pub(crate) fn refuse_link(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.refuse_link(),
        _ => shell.page.state().opened.link_refused = true,
    }
}

/// Says in the page, or in the one that will come, what became of a model file.
pub(crate) fn tell_model(handle: &AppHandle, opened: OpenedModel) {
    let shell = handle.state::<Shell>();
    match shell.startup.open_now() {
        Some(app) if shell.page.listens() => app.tell_model_opened(opened),
        _ => shell.page.state().opened.models.push(opened),
    }
}

/// Lets the page keep what is written in it, before it goes. Waits for its word, not for long.
/// Whether nothing is lost if it goes now.
pub(crate) async fn keep(handle: &AppHandle) -> bool {
    let shell = handle.state::<Shell>();
    let Some(app) = shell.startup.open_now().filter(|_| shell.page.listens()) else { return true };
    let mut left = shell.page.left.subscribe();
    app.tell_leaving();
    match timeout(KEEP_LIMIT, left.changed()).await {
        Ok(Ok(())) => *left.borrow_and_update(),
        _ => {
            tracing::warn!("the page did not say whether everything is kept");
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_page_is_told_once_what_waited_and_always_where_the_person_was() {
        let page = Page::default();
        let place = WindowPlace { conversation: None, message: None };
        page.note_place(place);
        page.failed();
        assert!(!page.listens());
        let first = page.opened();
        assert!(page.listens());
        assert_eq!((first.reloaded, first.place), (true, Some(place)));
        let second = page.opened();
        assert_eq!((second.reloaded, second.place), (false, Some(place)));
    }
}
