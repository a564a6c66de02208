//! A window without a frame over the others: its size, its place, its corners.
//!
//! Everything is asked of GTK at once, on the main thread: what goes through the event loop comes
//! after the window is seen, and it jumps.

use gtk::{
    cairo::{RectangleInt, Region},
    gdk,
    prelude::*,
};
use tauri::{LogicalPosition, LogicalSize, WebviewWindow};

/// Whether what is transparent shows what is behind it.
pub(crate) fn sees_through() -> bool {
    gdk::Screen::default()
        .is_some_and(|screen| screen.is_composited() && screen.rgba_visual().is_some())
}

/// Cuts the corners off where nothing can be transparent; else the page rounds them.
pub(crate) fn round(window: &WebviewWindow, radius: i32) {
    let Ok(window) = window.gtk_window() else { return };
    if sees_through() {
        return;
    }
    let cut = move |window: &gtk::ApplicationWindow| {
        if let Some(surface) = window.window() {
            let (width, height) = (surface.width(), surface.height());
            surface.shape_combine_region(Some(&rounded(width, height, radius)), 0, 0);
        }
    };
    window.connect_realize(cut);
    window.connect_configure_event(move |window, _| {
        cut(window);
        false
    });
}

/// Gives it a size that nobody can drag at.
pub(crate) fn resize(window: &WebviewWindow, size: LogicalSize<f64>) {
    if let Ok(window) = window.gtk_window() {
        let size = size.cast::<i32>();
        window.set_size_request(size.width, size.height);
    }
}

/// Puts it somewhere; a Wayland compositor decides by itself.
pub(crate) fn put(window: &WebviewWindow, place: LogicalPosition<f64>) {
    if let Ok(window) = window.gtk_window() {
        let place = place.cast::<i32>();
        window.move_(place.x, place.y);
    }
}

/// Takes it off the screen.
pub(crate) fn conceal(window: &WebviewWindow) {
    if let Ok(window) = window.gtk_window() {
        window.hide();
    }
}

/// A rectangle whose corners are quarters of a circle.
fn rounded(width: i32, height: i32, radius: i32) -> Region {
    let radius = radius.min(width / 2).min(height / 2).max(0);
    let mut rows = vec![RectangleInt::new(0, radius, width, height - 2 * radius)];
    for row in 0..radius {
        let inset = inset(radius, row);
        rows.push(RectangleInt::new(inset, row, width - 2 * inset, 1));
        rows.push(RectangleInt::new(inset, height - 1 - row, width - 2 * inset, 1));
    }
    Region::create_rectangles(&rows)
}

/// How far the circle lies from the edge in this row, counted from the outside.
fn inset(radius: i32, row: i32) -> i32 {
    let (radius, row) = (f64::from(radius), f64::from(row));
    let up = radius - row - 0.5;
    let inset = radius - (radius * radius - up * up).max(0.0).sqrt();
    #[allow(clippy::cast_possible_truncation, reason = "at most the radius")]
    let inset = inset.round() as i32;
    inset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_corners_are_cut_off() {
        let region = rounded(680, 64, 14);
        for (x, y) in [(0, 0), (679, 0), (0, 63), (679, 63), (2, 2)] {
            assert!(!region.contains_point(x, y), "{x} {y}");
        }
        for (x, y) in [(14, 0), (0, 14), (665, 63), (679, 49), (340, 32), (5, 5)] {
            assert!(region.contains_point(x, y), "{x} {y}");
        }
        assert!(rounded(3, 3, 14).contains_point(1, 1));
    }
}
