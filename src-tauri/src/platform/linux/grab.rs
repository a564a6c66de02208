//! Keys from anywhere on X11: taken from the X server, and waited for.
//!
//! An own listener, because the library for other systems looks at the X server every 50 ms here: half
//! of the time to the quick chat, and twenty wake-ups a second for as long as the program rests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

use gtk::gdk::keys::Key;
use hearth_api::ShortcutProblem;
use tauri::AppHandle;
use tauri_plugin_global_shortcut::{Code, Modifiers, Shortcut};
use x11rb::{
    CURRENT_TIME,
    connection::Connection,
    errors::{ConnectionError, ReplyError, ReplyOrIdError},
    protocol::{
        ErrorKind, Event,
        xkb::{self, ConnectionExt as _},
        xproto::{
            ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode,
            KeyButMask, Mapping, ModMask, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

/// What the X server reports with a key and nobody holds: Caps Lock and Num Lock, in every mixture.
const LOCKS: [u16; 4] = [0, 1 << 1, 1 << 4, 1 << 1 | 1 << 4];

/// Keys that are held; let go when it is dropped.
pub(crate) struct Grab {
    server: Arc<Server>,
}

/// A connection of its own, so that waiting for its events holds up nothing else.
struct Server {
    connection: RustConnection,
    root: u32,
    /// Nothing that is seen: messages to it end the waiting.
    post: u32,
    symbol: u32,
    modifiers: ModMask,
    /// Which key of the keyboard has the symbol now.
    key: AtomicU8,
}

impl Grab {
    /// Takes keys; `pressed` is called once for each time they go down.
    ///
    /// # Errors
    /// `Taken` where another program has them, `Unavailable` where there is no X server or the
    /// keyboard has no such key.
    pub(crate) fn take(
        _app: &AppHandle,
        keys: Shortcut,
        pressed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, ShortcutProblem> {
        let server = Server::open(keys).map_err(|error| unavailable(&error))?;
        let server = Arc::new(server.ok_or(ShortcutProblem::Unavailable)?);
        if let Err(error) = server.grab() {
            server.ungrab();
            return Err(match error {
                ReplyError::X11Error(refused) if refused.error_kind == ErrorKind::Access => {
                    ShortcutProblem::Taken
                }
                error => unavailable(&error),
            });
        }
        let listener = Arc::clone(&server);
        thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || listener.listen(&pressed))
            .map_err(|error| unavailable(&error))?;
        Ok(Self { server })
    }
}

impl Drop for Grab {
    fn drop(&mut self) {
        self.server.ungrab();
        if let Err(error) = self.server.end() {
            tracing::warn!(%error, "the old keys cannot be let go");
        }
    }
}

impl Server {
    /// Connects; `None` where the keyboard has no such key.
    fn open(keys: Shortcut) -> Result<Option<Self>, Box<dyn std::error::Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        // A key that is held down would be pressed again and again.
        connection.xkb_use_extension(1, 0)?.reply()?;
        let repeat = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = Default::default;
        let core = xkb::ID::USE_CORE_KBD.into();
        connection.xkb_per_client_flags(core, repeat, repeat, none(), none(), none())?.reply()?;
        let root = connection.setup().roots[screen].root;
        let post = post(&connection, root)?;
        let Some(symbol) = symbol(keys.key) else { return Ok(None) };
        let Some(key) = key_of(&connection, symbol)? else { return Ok(None) };
        let (modifiers, key) = (modifiers(keys.mods), AtomicU8::new(key));
        Ok(Some(Self { connection, root, post, symbol, modifiers, key }))
    }

    fn grab(&self) -> Result<(), ReplyError> {
        let key = self.key.load(Ordering::Acquire);
        for lock in LOCKS {
            let mode = GrabMode::ASYNC;
            let held = self.modifiers | ModMask::from(lock);
            self.connection.grab_key(false, self.root, held, key, mode, mode)?.check()?;
        }
        Ok(())
    }

    fn ungrab(&self) {
        let key = self.key.load(Ordering::Acquire);
        for lock in LOCKS {
            // Where it was not held there is nothing to let go.
            let _ =
                self.connection.ungrab_key(key, self.root, self.modifiers | ModMask::from(lock));
        }
        let _ = self.connection.flush();
    }

    /// Waits for keys until [`Server::end`], or until the X server is gone.
    fn listen(&self, pressed: &dyn Fn()) {
        let mut down = false;
        loop {
            match self.connection.wait_for_event() {
                Ok(Event::KeyPress(key)) if self.is_meant(key.detail, key.state) => {
                    if !down {
                        pressed();
                    }
                    down = true;
                }
                Ok(Event::KeyRelease(key)) if key.detail == self.key.load(Ordering::Acquire) => {
                    down = false;
                }
                Ok(Event::MappingNotify(change)) if change.request == Mapping::KEYBOARD => {
                    self.follow_keyboard();
                }
                Ok(Event::ClientMessage(_)) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    fn is_meant(&self, key: u8, state: KeyButMask) -> bool {
        let held = KeyButMask::CONTROL | KeyButMask::SHIFT | KeyButMask::MOD1 | KeyButMask::MOD4;
        let held = u16::from(state) & u16::from(held);
        key == self.key.load(Ordering::Acquire) && held == u16::from(self.modifiers)
    }

    /// The keyboard was changed: the symbol may be on another key now.
    fn follow_keyboard(&self) {
        let found = key_of(&self.connection, self.symbol).ok().flatten();
        let Some(key) = found.filter(|key| *key != self.key.load(Ordering::Acquire)) else {
            return;
        };
        self.ungrab();
        self.key.store(key, Ordering::Release);
        if let Err(error) = self.grab() {
            tracing::warn!(%error, "the keys of the quick chat are not taken on the new keyboard");
        }
    }

    fn end(&self) -> Result<(), ConnectionError> {
        let atom = x11rb::protocol::xproto::AtomEnum::STRING;
        let message = ClientMessageEvent::new(32, self.post, atom, [CURRENT_TIME, 0, 0, 0, 0]);
        // Without a mask it goes to whoever made the window, which is this connection.
        self.connection.send_event(false, self.post, EventMask::NO_EVENT, message)?;
        self.connection.flush()
    }
}

fn post(connection: &RustConnection, root: u32) -> Result<u32, ReplyOrIdError> {
    let window = connection.generate_id()?;
    let (class, more) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, class, 0, &more)?.check()?;
    Ok(window)
}

/// The first key that has a symbol, on any of its levels.
fn key_of(connection: &RustConnection, symbol: u32) -> Result<Option<u8>, ReplyError> {
    let setup = connection.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let all = connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let symbols = all.keysyms.chunks(usize::from(all.keysyms_per_keycode).max(1));
    Ok((first..=last).zip(symbols).find_map(|(key, on)| on.contains(&symbol).then_some(key)))
}

/// The symbol of a key of the settings, by the name that X gives it.
fn symbol(code: Code) -> Option<u32> {
    let name = code.to_string();
    let named = match name.as_str() {
        "Space" => "space",
        "Enter" => "Return",
        "Backspace" => "BackSpace",
        "ArrowUp" => "Up",
        "ArrowDown" => "Down",
        "ArrowLeft" => "Left",
        "ArrowRight" => "Right",
        "PageUp" => "Page_Up",
        "PageDown" => "Page_Down",
        "PrintScreen" => "Print",
        "ScrollLock" => "Scroll_Lock",
        "Minus" => "minus",
        "Equal" => "equal",
        "Comma" => "comma",
        "Period" => "period",
        "Slash" => "slash",
        "Backslash" => "backslash",
        "Semicolon" => "semicolon",
        "Quote" => "apostrophe",
        "Backquote" => "grave",
        "BracketLeft" => "bracketleft",
        "BracketRight" => "bracketright",
        other => {
            let letter = other.strip_prefix("Key").map(str::to_ascii_lowercase);
            let digit = other.strip_prefix("Digit").map(str::to_owned);
            return known(&letter.or(digit).unwrap_or_else(|| other.to_owned()));
        }
    };
    known(named)
}

fn known(name: &str) -> Option<u32> {
    // GDK gives "VoidSymbol" for a name that it does not know.
    const NOTHING: u32 = 0x00ff_ffff;
    let symbol = *Key::from_name(name);
    (symbol != NOTHING && symbol != 0).then_some(symbol)
}

fn modifiers(held: Modifiers) -> ModMask {
    let pairs = [
        (Modifiers::CONTROL, ModMask::CONTROL),
        (Modifiers::SHIFT, ModMask::SHIFT),
        (Modifiers::ALT, ModMask::M1),
        (Modifiers::SUPER, ModMask::M4),
    ];
    let held = pairs.into_iter().filter(|(one, _)| held.contains(*one));
    held.fold(ModMask::from(0_u16), |all, (_, one)| all | one)
}

fn unavailable(error: &dyn std::fmt::Display) -> ShortcutProblem {
    tracing::warn!(%error, "the keys cannot be taken");
    ShortcutProblem::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_settings_have_symbols_of_x() {
        let known = [
            (Code::Space, 0x20),
            (Code::KeyH, 0x68),
            (Code::Digit1, 0x31),
            (Code::F12, 0xffc9),
            (Code::Insert, 0xff63),
            (Code::Backquote, 0x60),
            (Code::PageUp, 0xff55),
        ];
        for (code, wanted) in known {
            assert_eq!(symbol(code), Some(wanted), "{code}");
        }
        assert_eq!(symbol(Code::LaunchMail), None);
    }

    #[test]
    fn held_keys_are_those_of_x() {
        let held = modifiers(Modifiers::CONTROL | Modifiers::SHIFT);
        assert_eq!(u16::from(held), 0b101);
        assert_eq!(u16::from(modifiers(Modifiers::ALT | Modifiers::SUPER)), 0b100_1000);
    }
}
