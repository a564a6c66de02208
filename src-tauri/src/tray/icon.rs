//! The icon as the system has it: made where there is a tray, then changed only where it differs.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tauri::{
    AppHandle, Manager,
    image::Image,
    menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{TrayIcon, TrayIconBuilder},
};
use tokio::sync::oneshot;

use super::{Tray, face::Face, menu::Item};
use crate::platform;

/// The name of the icon: desktops remember under it whether the person hid it.
const NAME: &str = "hearth";
/// What is said to be the program's name where the system asks for one.
const TITLE: &str = "Hearth";

/// What is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The shape.
    pub(super) face: Face,
    /// The menu.
    pub(super) menu: Vec<Item>,
    /// What stands under the pointer.
    pub(super) tip: String,
}

/// What the system has of it.
#[derive(Default)]
pub(super) struct Icon {
    drawn: Mutex<Option<Drawn>>,
    /// The menu that the system shows may differ from the one that was given to it.
    turned: AtomicBool,
}

struct Drawn {
    icon: TrayIcon,
    picture: Picture,
    look: Look,
}

/// What the shape is drawn for.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    dark: bool,
    pixels: f64,
}

impl Icon {
    /// Whether the system has taken it.
    pub(super) fn is_made(&self) -> bool {
        self.drawn().is_some()
    }

    /// The next picture brings a new menu, whatever is in it.
    pub(super) fn forget_menu(&self) {
        self.turned.store(true, Ordering::Release);
    }

    fn drawn(&self) -> MutexGuard<'_, Option<Drawn>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows a picture. A tray that does not take it is as none: the next change tries again.
pub(super) async fn draw(handle: &AppHandle, picture: Picture) {
    let (done, end) = oneshot::channel();
    let own = handle.clone();
    let asked = handle.run_on_main_thread(move || {
        if let Err(error) = draw_now(&own, picture) {
            tracing::warn!(%error, "the tray does not take the icon");
        }
        // Nobody waits while the program ends.
        let _ = done.send(());
    });
    if asked.is_ok() {
        // An end without a word is the end of the main thread.
        let _ = end.await;
    }
}

fn draw_now(handle: &AppHandle, picture: Picture) -> tauri::Result<()> {
    let state = handle.state::<Tray>();
    let turned = state.icon.turned.swap(false, Ordering::AcqRel);
    let look = look(handle);
    let mut drawn = state.icon.drawn();
    match &mut *drawn {
        None => *drawn = Some(make(handle, picture, look)?),
        Some(drawn) => {
            if drawn.picture.face != picture.face || drawn.look != look {
                drawn.icon.set_icon_with_as_template(
                    Some(image(picture.face, look)?),
                    platform::COLOURS_ICONS,
                )?;
            }
            if drawn.picture.tip != picture.tip {
                drawn.icon.set_tooltip(Some(tooltip(&picture.tip)))?;
            }
            if turned || drawn.picture.menu != picture.menu {
                drawn.icon.set_menu(Some(menu(handle, &picture.menu)?))?;
            }
            (drawn.picture, drawn.look) = (picture, look);
        }
    }
    Ok(())
}

fn make(handle: &AppHandle, picture: Picture, look: Look) -> tauri::Result<Drawn> {
    let mut builder = TrayIconBuilder::with_id(NAME)
        .icon(image(picture.face, look)?)
        .icon_as_template(platform::COLOURS_ICONS)
        .tooltip(tooltip(&picture.tip))
        .menu(&menu(handle, &picture.menu)?)
        .show_menu_on_left_click(false);
    if platform::TITLES_ICONS {
        builder = builder.title(TITLE);
    }
    Ok(Drawn { icon: builder.build(handle)?, picture, look })
}

fn look(handle: &AppHandle) -> Look {
    let monitor = handle.primary_monitor().ok().flatten();
    let scale = monitor.map_or(1.0, |monitor| monitor.scale_factor());
    Look { dark: platform::panel_is_dark(handle), pixels: platform::ICON_SIDE * scale }
}

fn image(face: Face, look: Look) -> tauri::Result<Image<'static>> {
    if platform::COLOURS_ICONS {
        face.template(look.pixels)
    } else {
        face.image(look.pixels, look.dark)
    }
}

/// Where the system does not show the program's name beside it, the text begins with it.
fn tooltip(tip: &str) -> String {
    if platform::TITLES_ICONS { tip.to_owned() } else { format!("{TITLE}\n{tip}") }
}

fn menu(handle: &AppHandle, items: &[Item]) -> tauri::Result<Menu<tauri::Wry>> {
    let menu = Menu::new(handle)?;
    for item in items {
        menu.append(&*line(handle, item)?)?;
    }
    Ok(menu)
}

fn line(handle: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<tauri::Wry>>> {
    const NO_KEYS: Option<&str> = None;
    Ok(match item {
        Item::Choice { action, label } => {
            Box::new(MenuItem::with_id(handle, action.name(), plain(label), true, NO_KEYS)?)
        }
        Item::Switch { action, label, on } => Box::new(CheckMenuItem::with_id(
            handle,
            action.name(),
            plain(label),
            true,
            *on,
            NO_KEYS,
        )?),
        Item::Note(text) => Box::new(MenuItem::new(handle, plain(text), false, NO_KEYS)?),
        Item::More { label, items } => {
            let below = Submenu::new(handle, plain(label), true)?;
            for item in items {
                below.append(&*line(handle, item)?)?;
            }
            Box::new(below)
        }
        Item::Line => Box::new(PredefinedMenuItem::separator(handle)?),
    })
}

/// A text in which `&` is a letter and marks no key.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}
