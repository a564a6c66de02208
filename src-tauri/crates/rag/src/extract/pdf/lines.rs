//! From letters to lines: which letters stand in one line, where its words begin, and in which order
//! they are read. Letters come in the order in which the page draws them, which is most often the
//! order of reading; right-to-left scripts are drawn either way, so there the place alone counts.

use hayro::kurbo::{Point, Rect, Vec2};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::device::{Glyph, State};

/// Parts of the font size: the gap that is a space, the gap that is another cell, the step down that
/// is another line.
const SPACE: f64 = 0.2;
const CELL: f64 = 2.5;
const STEP: f64 = 0.5;
/// Where a letter reaches above and below its base line.
const ABOVE: f64 = 0.8;
const BELOW: f64 = 0.2;

/// A piece of a line: letters that follow each other without a wide gap.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) text: String,
    pub(super) words: Vec<Word>,
    pub(super) area: Rect,
    pub(super) size: f64,
    pub(super) dir: Vec2,
    pub(super) state: State,
    /// Whether it stands beside the segment before it, in the same line.
    pub(super) beside: bool,
}

/// A word of a segment.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) area: Rect,
}

/// Letters that make one segment.
struct Row {
    glyphs: Vec<Glyph>,
    beside: bool,
}

/// Cuts the letters of a page into segments, in the order of drawing.
pub(super) fn segments(glyphs: Vec<Glyph>) -> Vec<Segment> {
    let mut rows: Vec<Row> = Vec::new();
    for glyph in glyphs {
        let last = rows.last().and_then(|row| row.glyphs.last());
        let joint = last.map_or(Joint::Apart, |last| joint(last, &glyph));
        match (joint, rows.last_mut()) {
            (Joint::Same, Some(row)) => row.glyphs.push(glyph),
            (joint, _) => {
                rows.push(Row { glyphs: vec![glyph], beside: matches!(joint, Joint::Beside) });
            }
        }
    }
    let rows = merge_right_to_left(rows);
    rows.into_iter().filter_map(segment).collect()
}

enum Joint {
    Same,
    Beside,
    Apart,
}

/// How a letter stands to the one drawn before it.
fn joint(last: &Glyph, next: &Glyph) -> Joint {
    let step = next.at - last.end;
    let along = step.dot(last.dir);
    let across = (step.x * last.dir.y - step.y * last.dir.x).abs();
    let size = last.size.max(next.size);
    let apart = last.dir.dot(next.dir) < 0.9
        || across > STEP * size
        || along < -1.5 * size
        || last.state != next.state;
    if apart {
        Joint::Apart
    } else if along > CELL * size {
        Joint::Beside
    } else {
        Joint::Same
    }
}

/// Joins rows of right-to-left script that stand in one line, in whatever order they were drawn.
fn merge_right_to_left(rows: Vec<Row>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::new();
    for row in rows {
        let right = row.glyphs.iter().any(|glyph| is_rtl(&glyph.text));
        let fits = merged.last().is_some_and(|last| {
            (right || last.glyphs.iter().any(|glyph| is_rtl(&glyph.text))) && adjoin(last, &row)
        });
        match merged.last_mut().filter(|_| fits) {
            Some(last) => last.glyphs.extend(row.glyphs),
            None => merged.push(row),
        }
    }
    merged
}

/// Whether two rows stand in one horizontal line without a wide gap.
fn adjoin(one: &Row, other: &Row) -> bool {
    let (Some(a), Some(b)) = (one.glyphs.first(), other.glyphs.first()) else { return false };
    let size = a.size.max(b.size);
    let level = (a.at.y - b.at.y).abs() < 0.4 * size && a.dir.x > 0.9 && b.dir.x > 0.9;
    let (left, right) = extent(&one.glyphs);
    let (other_left, other_right) = extent(&other.glyphs);
    let gap = (other_left - right).max(left - other_right);
    level && gap < CELL * size && a.state == b.state
}

fn extent(glyphs: &[Glyph]) -> (f64, f64) {
    glyphs.iter().fold((f64::MAX, f64::MIN), |(left, right), glyph| {
        (left.min(glyph.at.x).min(glyph.end.x), right.max(glyph.at.x).max(glyph.end.x))
    })
}

/// Letters that are drawn as one: a base with its marks, or a gap.
#[derive(Clone, Debug)]
struct Cluster {
    text: String,
    from: Point,
    to: Point,
}

fn segment(row: Row) -> Option<Segment> {
    let first = row.glyphs.first()?;
    let (dir, state) = (first.dir, first.state);
    let size = typical_size(&row.glyphs);
    let turned = row.glyphs.iter().any(|glyph| is_rtl(&glyph.text));
    let clusters = if turned {
        logical(spaced(sorted(clusters(row.glyphs)), dir, size))
    } else {
        spaced(clusters(row.glyphs), dir, size)
    };
    let mut made = Segment {
        text: String::new(),
        words: Vec::new(),
        area: Rect::ZERO,
        size,
        dir,
        state,
        beside: row.beside,
    };
    for word in clusters.split(|cluster| cluster.text.trim().is_empty()) {
        made.push(word);
    }
    (!made.words.is_empty()).then_some(made)
}

impl Segment {
    fn push(&mut self, word: &[Cluster]) {
        let text: String = word.iter().flat_map(|cluster| cluster.text.chars()).nfc().collect();
        let Some(area) = area(word, self.dir, self.size) else { return };
        if text.is_empty() {
            return;
        }
        self.area = if self.words.is_empty() { area } else { self.area.union(area) };
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.words.push(Word { start: self.text.len(), length: text.len(), area });
        self.text.push_str(&text);
    }
}

fn area(word: &[Cluster], dir: Vec2, size: f64) -> Option<Rect> {
    // The page is shown with y down, so a quarter turn to the left of the direction is up.
    let up = Vec2::new(dir.y, -dir.x) * size;
    let corners = word.iter().flat_map(|it| {
        [it.from + up * ABOVE, it.from - up * BELOW, it.to + up * ABOVE, it.to - up * BELOW]
    });
    corners.map(|corner| Rect::from_points(corner, corner)).reduce(|a, b| a.union(b))
}

/// The size of most letters.
fn typical_size(glyphs: &[Glyph]) -> f64 {
    let mut sizes: Vec<f64> = glyphs.iter().map(|glyph| glyph.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
}

/// Puts marks to the letter they were drawn after.
fn clusters(glyphs: Vec<Glyph>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let mark = glyph.text.chars().all(is_combining_mark);
        match clusters.last_mut().filter(|last| mark && !last.text.trim().is_empty()) {
            Some(base) => base.text.push_str(&glyph.text),
            None => clusters.push(Cluster { text: glyph.text, from: glyph.at, to: glyph.end }),
        }
    }
    clusters
}

/// From left to right.
fn sorted(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.sort_by(|a, b| a.from.x.total_cmp(&b.from.x));
    clusters
}

/// Puts a space where a gap is as wide as one.
fn spaced(clusters: Vec<Cluster>, dir: Vec2, size: f64) -> Vec<Cluster> {
    let mut spaced: Vec<Cluster> = Vec::with_capacity(clusters.len() + clusters.len() / 4);
    for cluster in clusters {
        if let Some(last) = spaced.last() {
            let step = cluster.from - last.to;
            let across = (step.x * dir.y - step.y * dir.x).abs();
            if step.dot(dir) > SPACE * size || across > 0.35 * size {
                spaced.push(Cluster { text: " ".to_owned(), from: last.to, to: cluster.from });
            }
        }
        spaced.push(cluster);
    }
    spaced
}

/// Letters as they stand from left to right, brought into the order in which they are read. The
/// bidirectional algorithm backwards, for the one level of embedding that lines have.
fn logical(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    let count = |test: fn(&str) -> bool| clusters.iter().filter(|it| test(&it.text)).count();
    let base_is_right = count(is_rtl) >= count(is_ltr_letter);
    if base_is_right {
        clusters.reverse();
        clusters.iter_mut().for_each(mirror);
        reverse_runs(&mut clusters, is_ltr);
        return clusters;
    }
    reverse_runs(&mut clusters, is_rtl);
    clusters
}

/// Reverses each run that begins and ends with what `inside` says, and has nothing of the other
/// direction between.
fn reverse_runs(clusters: &mut [Cluster], inside: fn(&str) -> bool) {
    let other = |text: &str| !inside(text) && (is_rtl(text) || is_ltr(text));
    let mut start = 0;
    while start < clusters.len() {
        if !clusters.get(start).is_some_and(|it| inside(&it.text)) {
            start += 1;
            continue;
        }
        let mut last = start;
        for (index, cluster) in clusters.iter().enumerate().skip(start) {
            if other(&cluster.text) {
                break;
            }
            if inside(&cluster.text) {
                last = index;
            }
        }
        if let Some(run) = clusters.get_mut(start..=last) {
            run.reverse();
            run.iter_mut().for_each(mirror);
        }
        start = last + 1;
    }
}

fn mirror(cluster: &mut Cluster) {
    const PAIRS: [(&str, &str); 5] = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("«", "»")];
    for (open, close) in PAIRS {
        if cluster.text == open {
            close.clone_into(&mut cluster.text);
        } else if cluster.text == close {
            open.clone_into(&mut cluster.text);
        }
    }
}

/// Hebrew, Arabic and their neighbours.
pub(super) fn is_rtl(text: &str) -> bool {
    text.chars().next().is_some_and(|letter| {
        matches!(letter as u32, 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff)
            && !is_digit(letter)
    })
}

/// Digits of Arabic scripts run from left to right as all digits do.
fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter as u32, 0x660..=0x669 | 0x6f0..=0x6f9)
}

fn is_ltr(text: &str) -> bool {
    text.chars().next().is_some_and(|it| it.is_alphanumeric() || is_digit(it)) && !is_rtl(text)
}

fn is_ltr_letter(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic) && !is_rtl(text)
}
