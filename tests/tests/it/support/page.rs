//! The page under someone's hands, in the window and in the browser alike: keys, commands, pictures.
//! Only what says so uses a mouse.

use std::{cell::Cell, thread, time::Duration};

use serde_json::{Value, json};

use super::{Session, tools, ui, wait, webdriver::Driver};

/// Where a question is typed; an edited message has a field of its own.
pub(crate) const FIELD: &str = "form.composer textarea";
/// An answer is being written.
pub(crate) const STOP: &str = "form.composer .stop";
/// More steps of Tab than any view has.
const MOST_TABS: usize = 120;

/// A page: in the window where there is a desktop, else in the browser.
pub(crate) struct Page<'a> {
    /// The driver of the browser.
    pub(crate) driver: &'a Driver,
    session: Option<&'a Session>,
    axe: Cell<bool>,
}

impl<'a> Page<'a> {
    /// The page of a window: its keys come from the X server.
    pub(crate) fn of_window(driver: &'a Driver, session: &'a Session) -> Self {
        Self { driver, session: Some(session), axe: Cell::new(false) }
    }

    /// The page of a browser.
    pub(crate) fn of_browser(driver: &'a Driver) -> Self {
        Self { driver, session: None, axe: Cell::new(false) }
    }

    /// The desktop, where this is a window.
    pub(crate) fn session(&self) -> Option<&'a Session> {
        self.session
    }

    /// Presses keys together, in the words of `xdotool`: `ctrl+shift+f`, `Return`.
    pub(crate) fn press(&self, chord: &str) {
        match self.session {
            Some(session) => self.heard(1, || session.xdotool(&["key", "--clearmodifiers", chord])),
            None => self.driver.press(&chord.split('+').map(code).collect::<Vec<_>>()),
        }
    }

    /// Types into whatever has the focus.
    pub(crate) fn write(&self, text: &str) {
        match self.session {
            Some(session) => {
                let letters = text.chars().count() as u64;
                self.heard(letters, || session.xdotool(&["type", "--delay", "15", text]));
            }
            None => text.chars().for_each(|letter| self.driver.press(&[letter])),
        }
    }

    /// The X server is told of keys, and the page hears of them a little later. A key that opens a
    /// window of the system is never heard of, so this does not insist.
    fn heard(&self, keys: u64, press: impl FnOnce() -> String) {
        let count = || {
            let heard = self.driver.script(
                "if (window.keysHeard === undefined) {
                    window.keysHeard = 0;
                    const plain = ({ key }) => !['Control', 'Shift', 'Alt'].includes(key);
                    addEventListener('keyup', (event) => {
                        if (plain(event)) window.keysHeard += 1;
                    }, true);
                }
                return window.keysHeard",
                &[],
            );
            heard.as_u64().expect("a number")
        };
        let before = count();
        press();
        for _ in 0..50 {
            if count() >= before + keys {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a command as the page would.
    ///
    /// # Panics
    /// Where it is refused.
    pub(crate) fn rpc(&self, command: &str, request: &Value) -> Value {
        let mut reply = match self.session {
            Some(_) => ui::window_rpc(self.driver, command, request),
            None => ui::browser_rpc(self.driver, command, request),
        };
        assert!(reply["error"].is_null(), "{command}: {reply}");
        reply["ok"].take()
    }

    /// Changes settings.
    pub(crate) fn set(&self, patch: &Value) {
        self.rpc("settings_update", &json!({ "patch": patch }));
    }

    /// Loads the page anew.
    pub(crate) fn reload(&self) {
        self.driver.reload();
        self.axe.set(false);
    }

    /// Keeps a picture of what a person sees.
    pub(crate) fn picture(&self, name: &str) {
        match self.session {
            Some(session) => session.picture(name),
            None => self.driver.screenshot(&tools::artefact(name)),
        }
    }

    /// Waits until an element is there.
    pub(crate) fn shows(&self, css: &str) {
        wait::until(css, || self.has(css).then_some(()));
    }

    /// Clicks an element, where what leads to a view is not what is tested.
    pub(crate) fn click(&self, css: &str) {
        self.driver.element(css).click();
    }

    /// Waits until an element is gone.
    pub(crate) fn lacks(&self, css: &str) {
        wait::until(&format!("the end of {css}"), || (!self.has(css)).then_some(()));
    }

    /// Waits until one of the elements says these words.
    pub(crate) fn says(&self, css: &str, words: &str) -> String {
        wait::until(&format!("\"{words}\" in {css}"), || {
            self.driver.texts(css).into_iter().find(|text| text.contains(words))
        })
    }

    /// Whether an element is there.
    pub(crate) fn has(&self, css: &str) -> bool {
        let script = "return document.querySelector(arguments[0]) !== null";
        self.driver.script(script, &[json!(css)]) == json!(true)
    }

    /// Waits until the keyboard is in such an element.
    pub(crate) fn focuses(&self, css: &str) {
        wait::until(&format!("the focus in {css}"), || self.is_in(css).then_some(()));
    }

    /// Goes with Tab (or `shift+Tab`) to an element, as someone without a mouse does.
    pub(crate) fn tab_to(&self, css: &str, key: &str) {
        self.shows(css);
        for _ in 0..MOST_TABS {
            if self.is_in(css) {
                return;
            }
            self.press(key);
            thread::sleep(Duration::from_millis(20));
        }
        panic!("{css} is out of reach of {key}");
    }

    fn is_in(&self, css: &str) -> bool {
        let script = "return document.activeElement?.matches(arguments[0]) === true";
        self.driver.script(script, &[json!(css)]) == json!(true)
    }

    /// What breaks the rules for everyone's use of the page, one line a rule and place; of the
    /// colours alone where the rest was looked at.
    pub(crate) fn faults(&self, colours: bool) -> Vec<String> {
        if !self.axe.replace(true) {
            let file = tools::repository().join("ui/node_modules/axe-core/axe.min.js");
            let axe = std::fs::read_to_string(file).expect("axe-core is installed");
            self.driver.script(&axe, &[]);
        }
        let found = self.driver.async_script(include_str!("axe.js"), &[json!(colours)]);
        serde_json::from_value(found).expect("a list of faults")
    }

    /// Waits until nothing moves any more.
    pub(crate) fn rests(&self) {
        let script = "const done = arguments[arguments.length - 1];
            const moving = () => document.getAnimations().some((one) =>
                one.playState === 'running' && one.effect?.getTiming().iterations !== Infinity);
            const look = () => (moving() ? setTimeout(look, 20) : done(true));
            document.fonts.ready.then(() => setTimeout(look, 40));";
        self.driver.async_script(script, &[]);
    }
}

/// The code of a key in the WebDriver standard.
fn code(name: &str) -> char {
    match name {
        "ctrl" => '\u{e009}',
        "shift" => '\u{e008}',
        "alt" => '\u{e00a}',
        "Return" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "Tab" => '\u{e004}',
        "Up" => '\u{e013}',
        "Down" => '\u{e015}',
        "Left" => '\u{e012}',
        "Right" => '\u{e014}',
        "slash" => '/',
        "comma" => ',',
        letter => letter.chars().next().expect("a key has a name"),
    }
}
