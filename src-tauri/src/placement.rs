//! Where the main window stands: its place and size are kept for each layout of the screens, in the
//! encrypted database, and given back before it is shown. A place on a screen that is gone is moved
//! to one that is there.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hearth_api::Caller;
use hearth_app::App;
use serde::{Deserialize, Serialize};
use tauri::{
    AppHandle, Manager, Monitor, PhysicalPosition, PhysicalSize, WebviewWindow, async_runtime,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{shell::Shell, views};

/// A window that is moved says so all the time; this long after the last word it has a place.
const SETTLE: Duration = Duration::from_millis(700);
/// A window does not wait longer for its place.
const READ_LIMIT: Duration = Duration::from_millis(500);
/// Layouts of the screens that are remembered.
const MOST: usize = 12;
/// The strip by which a window is moved, and how much of it must be seen to move it by.
const STRIP: i32 = 40;
const SEEN: i32 = 120;

/// What is known, and whether it is on its way to the database.
pub(crate) struct Places {
    known: Mutex<VecDeque<Place>>,
    waiting: AtomicBool,
    read: watch::Sender<bool>,
}

impl Default for Places {
    fn default() -> Self {
        let (known, waiting) = (Mutex::default(), AtomicBool::default());
        Self { known, waiting, read: watch::channel(false).0 }
    }
}

/// Where the window stood on one layout of the screens; everything in pixels of the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    screens: String,
    frame: Frame,
    maximised: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Frame {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
}

impl Frame {
    fn of(monitor: &Monitor) -> Self {
        let area = monitor.work_area();
        let size = signed(area.size);
        Self { x: area.position.x, y: area.position.y, width: size.0, height: size.1 }
    }

    /// How many pixels of width and height two frames have in common.
    fn shared(&self, other: &Self) -> (i32, i32) {
        let along = |a: i32, a_len: i32, b: i32, b_len: i32| {
            (a.saturating_add(a_len).min(b.saturating_add(b_len)) - a.max(b)).max(0)
        };
        (
            along(self.x, self.width, other.x, other.width),
            along(self.y, self.height, other.y, other.height),
        )
    }

    fn area_shared(&self, other: &Self) -> i64 {
        let (width, height) = self.shared(other);
        i64::from(width) * i64::from(height)
    }
}

/// The frame that a window gets that stood at `wanted`, on these screens, the first one the main
/// one. One that can be taken by its upper edge stays as it was.
fn fit(wanted: Frame, screens: &[Frame]) -> Frame {
    let strip = Frame { height: STRIP, ..wanted };
    let reachable = screens.iter().any(|screen| {
        let (width, height) = strip.shared(screen);
        width >= SEEN && height >= STRIP / 2
    });
    let best = screens.iter().rev().max_by_key(|screen| wanted.area_shared(screen));
    let Some(screen) = best else { return wanted };
    let width = wanted.width.min(screen.width);
    let height = wanted.height.min(screen.height - STRIP);
    if reachable && (width, height) == (wanted.width, wanted.height) {
        return wanted;
    }
    // A window that was on no screen any more comes to the middle of the main one.
    let lost = wanted.area_shared(screen) == 0;
    let inside = |at: i32, length: i32, from: i32, room: i32| {
        if lost { from + (room - length) / 2 } else { at.clamp(from, from + room - length) }
    };
    Frame {
        x: inside(wanted.x, width, screen.x, screen.width),
        y: inside(wanted.y, height, screen.y, screen.height - STRIP),
        width,
        height,
    }
}

/// Reads what is kept, once the data is open.
pub(crate) async fn read(handle: &AppHandle, app: &App) {
    let kept = app.window_places().await.ok().flatten();
    // What another version wrote in another way is as good as nothing.
    let known = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let shell = handle.state::<Shell>();
    *lock(&shell.places) = known;
    shell.places.read.send_replace(true);
}

/// Waits until what is kept was read, where there is data that it could be read from.
pub(crate) async fn known(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    if shell.startup.open_now().is_some() {
        let mut read = shell.places.read.subscribe();
        // A window at the usual place is better than none.
        let _ = timeout(READ_LIMIT, read.wait_for(|read| *read)).await;
    }
}

/// Puts a window that is not shown yet where it stood.
pub(crate) fn restore(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW) else { return };
    let Ok(screens) = screens(&window) else { return };
    let name = name(&screens);
    let shell = handle.state::<Shell>();
    let known = lock(&shell.places);
    // The same screens, else the last place at all.
    let place = known.iter().find(|place| place.screens == name).or_else(|| known.front());
    let Some(place) = place.cloned() else { return };
    drop(known);
    let frames: Vec<_> = screens.iter().map(Frame::of).collect();
    if let Err(error) = put(&window, fit(place.frame, &frames), place.maximised) {
        tracing::debug!(%error, "the window cannot be put where it stood");
    }
}

fn put(window: &WebviewWindow, frame: Frame, maximised: bool) -> tauri::Result<()> {
    let size =
        PhysicalSize::new(frame.width.max(1).cast_unsigned(), frame.height.max(1).cast_unsigned());
    window.set_size(size)?;
    window.set_position(PhysicalPosition::new(frame.x, frame.y))?;
    if maximised { window.maximize() } else { Ok(()) }
}

/// The window was moved or resized: keeps that when it rests.
pub(crate) fn moved(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    // A window that is being made has a size, but nobody gave it one.
    if !shell.revealed.load(Ordering::Acquire) || shell.places.waiting.swap(true, Ordering::AcqRel)
    {
        return;
    }
    let handle = handle.clone();
    async_runtime::spawn(async move {
        sleep(SETTLE).await;
        handle.state::<Shell>().places.waiting.store(false, Ordering::Release);
        note(&handle);
        save(&handle).await;
    });
}

/// Notes where the window stands, where it does.
pub(crate) fn note(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(Caller::MAIN_WINDOW) else { return };
    if !views::main_shown(handle) {
        return;
    }
    let Ok(Some((screens, frame, maximised))) = stands(&window) else { return };
    let shell = handle.state::<Shell>();
    let mut known = lock(&shell.places);
    let at = known.iter().position(|place| place.screens == screens);
    let before = at.and_then(|at| known.remove(at));
    // The size of a maximised window is not the one it has when it is made smaller again.
    let frame = if maximised { before.map_or(frame, |place| place.frame) } else { frame };
    known.push_front(Place { screens, frame, maximised });
    known.truncate(MOST);
}

/// Keeps what was noted, where the data is open.
pub(crate) async fn save(handle: &AppHandle) {
    let shell = handle.state::<Shell>();
    let Some(app) = shell.startup.open_now() else { return };
    let text = serde_json::to_string(&*lock(&shell.places)).unwrap_or_default();
    if let Err(error) = app.window_places_save(text).await {
        tracing::debug!(code = error.code().as_str(), "the place of the window is not kept");
    }
}

/// `None` while its place is nobody's choice: minimised, or over a whole screen.
fn stands(window: &WebviewWindow) -> tauri::Result<Option<(String, Frame, bool)>> {
    if window.is_minimized()? || window.is_fullscreen()? {
        return Ok(None);
    }
    let (at, size) = (window.outer_position()?, signed(window.inner_size()?));
    let frame = Frame { x: at.x, y: at.y, width: size.0, height: size.1 };
    Ok(Some((name(&screens(window)?), frame, window.is_maximized()?)))
}

/// The screens, the main one first.
fn screens(window: &WebviewWindow) -> tauri::Result<Vec<Monitor>> {
    let mut screens = window.available_monitors()?;
    let main = window.primary_monitor()?.map(|monitor| *monitor.position());
    screens.sort_by_key(|screen| {
        let at = *screen.position();
        (main != Some(at), at.x, at.y)
    });
    Ok(screens)
}

/// What a layout of screens is called: their places and sizes.
fn name(screens: &[Monitor]) -> String {
    let one = |screen: &Monitor| {
        let (at, size) = (screen.position(), screen.size());
        format!("{}x{}+{}+{}@{}", size.width, size.height, at.x, at.y, screen.scale_factor())
    };
    screens.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn signed(size: PhysicalSize<u32>) -> (i32, i32) {
    let signed = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    (signed(size.width), signed(size.height))
}

fn lock(places: &Places) -> MutexGuard<'_, VecDeque<Place>> {
    places.known.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Frame = Frame { x: 0, y: 0, width: 1920, height: 1080 };
    const RIGHT: Frame = Frame { x: 1920, y: 0, width: 1280, height: 1024 };

    fn at(x: i32, y: i32, width: i32, height: i32) -> Frame {
        Frame { x, y, width, height }
    }

    #[test]
    fn a_window_that_can_be_reached_stays_where_it_was() {
        for frame in [at(100, 100, 800, 600), at(1800, 50, 900, 700), at(-200, 30, 800, 600)] {
            assert_eq!(fit(frame, &[LEFT, RIGHT]), frame);
        }
    }

    #[test]
    fn a_window_of_a_screen_that_is_gone_comes_to_the_one_that_is_left() {
        let was = at(2200, 100, 900, 700);
        assert_eq!(fit(was, &[LEFT]), at((1920 - 900) / 2, (1040 - 700) / 2, 900, 700));
        // A part of it is still seen, but not by its upper edge.
        let above = at(100, -300, 800, 600);
        assert_eq!(fit(above, &[LEFT]), at(100, 0, 800, 600));
        let beside = at(1880, 200, 800, 600);
        assert_eq!(fit(beside, &[LEFT]), at(1920 - 800, 200, 800, 600));
    }

    #[test]
    fn a_window_larger_than_the_screen_is_made_to_fit() {
        let large = at(0, 0, 4000, 3000);
        assert_eq!(fit(large, &[RIGHT]), at(1920, 0, 1280, 1024 - STRIP));
    }

    #[test]
    fn numbers_that_make_no_sense_and_no_screens_at_all_break_nothing() {
        let mad = at(i32::MAX, i32::MIN, i32::MAX, i32::MAX);
        let fitted = fit(mad, &[LEFT]);
        assert!(fitted.width <= LEFT.width && LEFT.shared(&fitted).0 > 0);
        assert_eq!(fit(mad, &[]), mad);
    }

    #[test]
    fn the_place_is_read_as_it_was_written() {
        let place = Place { screens: "1x1+0+0@1".into(), frame: LEFT, maximised: true };
        let text = serde_json::to_string(&VecDeque::from([place.clone()])).unwrap();
        assert_eq!(serde_json::from_str::<VecDeque<Place>>(&text).unwrap(), [place]);
    }
}
