//! The order of reading. A page is read as it is drawn, unless that order jumps about or reads across
//! two columns of prose; then it is cut along its white gaps (recursive XY-cut), columns before rows.

use hayro::kurbo::Rect;

use super::{device::State, lines::Segment};

/// Cuts within cuts at most.
const DEEPEST: usize = 24;
/// Lines of prose that make a column.
const COLUMN_LINES: usize = 4;

/// Brings the segments of a page into the order of reading.
pub(super) fn reading_order(mut segments: Vec<Segment>) -> Vec<Segment> {
    if !(jumps_about(&segments) || reads_across(&segments)) {
        return segments;
    }
    let areas: Vec<Rect> = segments.iter().map(|segment| segment.area).collect();
    let mut order = Vec::with_capacity(areas.len());
    cut(&areas, (0..areas.len()).collect(), 0, &mut order);
    let mut places = vec![0; areas.len()];
    for (place, index) in order.into_iter().enumerate() {
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    let mut sorted: Vec<(usize, Segment)> = places.into_iter().zip(segments.drain(..)).collect();
    sorted.sort_by_key(|(place, _)| *place);
    let mut segments: Vec<Segment> = sorted.into_iter().map(|(_, segment)| segment).collect();
    mark_rows(&mut segments);
    segments
}

fn is_plain(segment: &Segment) -> bool {
    segment.dir.x > 0.9 && segment.state != State::Hidden
}

/// Whether lines often stand above the line that is drawn before them, over the same columns.
fn jumps_about(segments: &[Segment]) -> bool {
    let plain: Vec<&Segment> = segments.iter().filter(|segment| is_plain(segment)).collect();
    let up = plain.windows(2).filter(|pair| match pair {
        [a, b] => {
            let overlap = a.area.x1.min(b.area.x1) - a.area.x0.max(b.area.x0);
            let narrow = a.area.width().min(b.area.width());
            b.area.y1 < a.area.y0 - 0.5 * a.size && overlap > 0.3 * narrow
        }
        _ => false,
    });
    plain.len() >= 8 && up.count() * 4 > plain.len()
}

/// Whether most lines are two pieces of prose beside each other.
fn reads_across(segments: &[Segment]) -> bool {
    let long = |segment: &Segment| segment.words.len() >= 4;
    let pairs = segments.windows(2).filter(|pair| match pair {
        [a, b] => b.beside && is_plain(b) && long(a) && long(b),
        _ => false,
    });
    let pairs = pairs.count();
    pairs >= COLUMN_LINES && pairs * 5 > segments.len()
}

/// Orders the areas `of` by cutting them along the widest white gap, first between columns.
fn cut(areas: &[Rect], of: Vec<usize>, depth: usize, order: &mut Vec<usize>) {
    let line = typical_height(areas, &of);
    if of.len() > 1 && depth < DEEPEST {
        let across = gap(areas, &of, |area| (area.x0, area.x1));
        let down = gap(areas, &of, |area| (area.y0, area.y1));
        let columns = across.filter(|(_, width)| *width > 0.7 * line && of.len() >= 4);
        // A headline above two columns: a gap that goes through the whole page comes first.
        let rows = down.filter(|(_, width)| *width > 0.9 * line);
        let chosen = match (columns, rows) {
            (Some((at, _)), _) => Some((at, true)),
            (None, Some((at, _))) => Some((at, false)),
            (None, None) => down.map(|(at, _)| (at, false)),
        };
        if let Some((at, vertical)) = chosen {
            let before = |index: &usize| {
                let area = areas.get(*index).copied().unwrap_or_default();
                if vertical { area.x1 <= at } else { area.y1 <= at }
            };
            let (first, second): (Vec<usize>, Vec<usize>) = of.iter().partition(|it| before(it));
            if !first.is_empty() && !second.is_empty() {
                cut(areas, first, depth + 1, order);
                cut(areas, second, depth + 1, order);
                return;
            }
        }
    }
    let mut rest = of;
    rest.sort_by(|a, b| {
        let (a, b) = (areas.get(*a), areas.get(*b));
        let key = |area: Option<&Rect>| area.map_or((0.0, 0.0), |it| (it.y1, it.x0));
        let ((ay, ax), (by, bx)) = (key(a), key(b));
        let row = |y: f64| (y / (0.6 * line)).round();
        row(ay).total_cmp(&row(by)).then(ax.total_cmp(&bx))
    });
    order.extend(rest);
}

/// The middle and the width of the widest gap between the areas in one direction. Gaps that overlap
/// by a hair count, because the boxes of letters are estimates.
fn gap(areas: &[Rect], of: &[usize], side: fn(&Rect) -> (f64, f64)) -> Option<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = of.iter().filter_map(|it| areas.get(*it)).map(side).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut best: Option<(f64, f64)> = None;
    let mut end = spans.first()?.1;
    for (from, to) in spans {
        let width = from - end;
        if width > 0.0 && best.is_none_or(|(_, widest)| width > widest) {
            best = Some((end + width / 2.0, width));
        }
        end = end.max(to);
    }
    best
}

fn typical_height(areas: &[Rect], of: &[usize]) -> f64 {
    let mut heights: Vec<f64> =
        of.iter().filter_map(|index| areas.get(*index)).map(Rect::height).collect();
    heights.sort_by(f64::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(1.0).max(0.1)
}

/// Says anew which segments stand beside the one before.
fn mark_rows(segments: &mut [Segment]) {
    let mut last: Option<(Rect, f64)> = None;
    for segment in segments {
        segment.beside = last.is_some_and(|(area, size)| {
            (area.y1 - segment.area.y1).abs() < 0.4 * size && segment.area.x0 >= area.x1
        });
        last = Some((segment.area, segment.size));
    }
}
