//! Where the quick chat stands and how large it may be: the top third of the screen that has the
//! pointer, never more than a part of it. Computed from the work area, because the size of a window
//! that was never shown is not to be trusted.

use tauri::{AppHandle, LogicalPosition, LogicalSize, Monitor, PhysicalPosition, WebviewWindow};

/// A field and nothing else; also the size before the page has said what it needs.
pub(super) const LEAST: LogicalSize<f64> = LogicalSize { width: 680.0, height: 64.0 };
/// The largest part of the screen.
const MOST: (f64, f64) = (0.94, 0.6);
/// The part of the free height that lies above the field.
const ABOVE: f64 = 0.25;

/// A field and nothing else, with the text at this many per cent of its usual size: what the page
/// asks for at first, so that its first picture has it already.
pub(super) fn least(text_size: u32) -> LogicalSize<f64> {
    let times = f64::from(text_size) / 100.0;
    LogicalSize { width: (LEAST.width * times).round(), height: (LEAST.height * times).ceil() }
}

/// The part of a screen that windows may use, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn of(monitor: &Monitor) -> Self {
        let (area, scale) = (monitor.work_area(), monitor.scale_factor());
        let place = area.position.to_logical::<f64>(scale);
        let size = area.size.to_logical::<f64>(scale);
        Self { x: place.x, y: place.y, width: size.width, height: size.height }
    }

    /// As large as wanted, at least a field, at most a part of the screen.
    pub(super) fn fit(&self, wanted: LogicalSize<f64>) -> LogicalSize<f64> {
        let (wide, high) = (self.width * MOST.0, self.height * MOST.1);
        LogicalSize {
            width: wanted.width.max(LEAST.width).min(wide).round(),
            height: wanted.height.max(LEAST.height).min(high).round(),
        }
    }

    /// In the middle, and at one height whatever its size, so that the field never jumps.
    pub(super) fn top_third(&self, size: LogicalSize<f64>) -> LogicalPosition<f64> {
        let aside = ((self.width - size.width) / 2.0).max(0.0);
        let above = ((self.height - LEAST.height) * ABOVE).max(0.0);
        LogicalPosition { x: (self.x + aside).round(), y: (self.y + above).round() }
    }
}

/// The screen that the window is on.
pub(super) fn of_window(window: &WebviewWindow) -> Option<Area> {
    window.current_monitor().ok().flatten().as_ref().map(Area::of)
}

/// The screen that has the pointer, or the first one where a system does not tell.
pub(super) fn under_pointer(app: &AppHandle) -> Option<Area> {
    let monitors = app.available_monitors().unwrap_or_default();
    let pointed = app
        .cursor_position()
        .ok()
        .and_then(|pointer| monitors.iter().find(|one| contains(one, pointer)).cloned());
    let first = || app.primary_monitor().ok().flatten();
    pointed.or_else(first).or_else(|| monitors.first().cloned()).as_ref().map(Area::of)
}

fn contains(monitor: &Monitor, point: PhysicalPosition<f64>) -> bool {
    let (place, size) = (monitor.position().cast::<f64>(), monitor.size().cast::<f64>());
    let (x, y) = (point.x - place.x, point.y - place.y);
    (0.0..size.width).contains(&x) && (0.0..size.height).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Area = Area { x: 1920.0, y: 30.0, width: 1280.0, height: 870.0 };

    fn size(width: f64, height: f64) -> LogicalSize<f64> {
        LogicalSize { width, height }
    }

    #[test]
    fn it_is_never_less_than_a_field_and_never_more_than_its_part_of_the_screen() {
        assert_eq!(RIGHT.fit(size(0.0, 0.0)), LEAST);
        assert_eq!(RIGHT.fit(size(680.0, 300.0)), size(680.0, 300.0));
        assert_eq!(RIGHT.fit(size(9_000.0, 9_000.0)), size(1203.0, 522.0));
        let small = Area { width: 500.0, height: 400.0, ..RIGHT };
        assert_eq!(small.fit(LEAST).width, 470.0);
        assert!(RIGHT.fit(size(f64::NAN, f64::NAN)).height >= LEAST.height);
    }

    #[test]
    fn it_stands_in_the_top_third_of_its_screen_and_stays_there_when_it_grows() {
        let place = RIGHT.top_third(LEAST);
        assert_eq!(place.x, 1920.0 + 300.0);
        assert!(place.y > 30.0 && place.y + LEAST.height < 30.0 + 870.0 / 3.0 + LEAST.height);
        let grown = RIGHT.fit(size(680.0, 9_000.0));
        assert_eq!(RIGHT.top_third(grown), place);
        assert!(place.y + grown.height < 30.0 + 870.0, "all of it is seen");
    }
}
