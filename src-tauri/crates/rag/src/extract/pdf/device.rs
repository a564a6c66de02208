//! A device that the interpreter of a PDF page draws on, which keeps the letters instead of painting
//! them: what each one says, where it stands as the page is shown, and whether a person would see it.
//! What becomes of the letters is in `lines`.

use std::collections::HashMap;

use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
    font::{Glyph as FontGlyph, GlyphRun},
    hayro_cmap::{BfString, WritingMode},
    hayro_syntax::object::{Dict, Name, String as PdfString},
};
use hayro::kurbo::{Affine, BezPath, Point, Rect, Shape, Vec2};
use unicode_normalization::UnicodeNormalization;

use super::strings;
use crate::extract::clean::is_noise;

/// Letters of one page at most; beyond them lies an attack or a drawing made of letters.
const MOST_GLYPHS: usize = 400_000;
/// Painted areas that are remembered, to tell white letters on a dark ground from hidden ones.
const MOST_GROUNDS: usize = 4_000;
/// Letters smaller than this, in points, are seen by nobody.
const SMALLEST: f64 = 1.6;
/// Thousandths of an em, in which glyph metrics are given.
const EM: f64 = 1000.0;

/// A letter on the page, in points from the top left corner, y down.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    /// What it says; several letters for a ligature.
    pub(super) text: String,
    /// Where it starts on its base line.
    pub(super) at: Point,
    /// Where the next one is expected.
    pub(super) end: Point,
    /// The direction of writing, of length 1.
    pub(super) dir: Vec2,
    /// The size of its font as shown.
    pub(super) size: f64,
    /// Whether it counts as text.
    pub(super) state: State,
}

/// How a letter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Text that a person sees.
    Shown,
    /// Drawn in the mode that draws nothing: a text layer over a picture, or something hidden.
    Layer,
    /// Invisible by its colour, size or place.
    Hidden,
    /// The file itself calls it a running header or footer.
    Furniture,
}

/// A marked content sequence that is open.
struct Marked {
    furniture: bool,
    /// What the file says that its letters mean, until it was used.
    actual: Option<String>,
    /// Whether it has such a text, so that its other letters say nothing.
    replaced: bool,
}

/// The device; one a page.
pub(super) struct TextDevice {
    pub(super) glyphs: Vec<Glyph>,
    /// Pictures drawn on the page.
    pub(super) pictures: u32,
    page: Rect,
    grounds: Vec<(Rect, bool)>,
    marked: Vec<Marked>,
    seen: HashMap<(i32, i32), u32>,
}

impl TextDevice {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self {
            glyphs: Vec::new(),
            pictures: 0,
            page: Rect::new(0.0, 0.0, width, height),
            grounds: Vec::new(),
            marked: Vec::new(),
            seen: HashMap::new(),
        }
    }

    fn state(&self, paint: &Paint<'_>, mode: &DrawMode, at: Point, size: f64) -> State {
        if self.marked.iter().any(|marked| marked.furniture) {
            return State::Furniture;
        }
        let margin = size.max(1.0);
        if size < SMALLEST || !self.page.inflate(margin, margin).contains(at) {
            return State::Hidden;
        }
        if matches!(mode, DrawMode::Invisible) {
            return State::Layer;
        }
        if let Paint::Color(color) = paint {
            let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
            if alpha < 8 || (red.min(green).min(blue) >= 250 && !self.on_dark(at)) {
                return State::Hidden;
            }
        }
        State::Shown
    }

    /// Whether the last thing painted under a point was no white area.
    fn on_dark(&self, at: Point) -> bool {
        let under = self.grounds.iter().rev().find(|(area, _)| area.contains(at));
        under.is_some_and(|(_, dark)| *dark)
    }

    fn ground(&mut self, area: Rect, dark: bool) {
        if self.grounds.len() < MOST_GROUNDS && area.area() > 1.0 {
            self.grounds.push((area.inflate(1.0, 1.0), dark));
        }
    }

    /// Whether the same letter was drawn at this place before, as bold print is imitated.
    fn is_repeated(&mut self, text: &str, at: Point, size: f64) -> bool {
        let near = (size * 0.12).max(0.2);
        let cell = |value: f64| (value / 2.0).floor() as i32;
        for dx in -1..=1 {
            for dy in -1..=1 {
                let key = (cell(at.x).wrapping_add(dx), cell(at.y).wrapping_add(dy));
                let other = self.seen.get(&key).and_then(|index| self.glyphs.get(*index as usize));
                if other.is_some_and(|it| it.text == text && (it.at - at).hypot() < near) {
                    return true;
                }
            }
        }
        let index = u32::try_from(self.glyphs.len()).unwrap_or(u32::MAX);
        self.seen.insert((cell(at.x), cell(at.y)), index);
        false
    }

    /// The letter's text, where marked content does not say otherwise.
    fn meaning(&mut self, spelled: String) -> Option<String> {
        match self.marked.iter_mut().rev().find(|marked| marked.replaced) {
            Some(marked) => marked.actual.take(),
            None => Some(spelled),
        }
    }

    fn take(
        &mut self,
        glyph: &FontGlyph<'_>,
        (transform, writing): (Affine, WritingMode),
        paint: &Paint<'_>,
        mode: &DrawMode,
    ) {
        let at = transform * Point::ZERO;
        let size = ((transform * Point::new(0.0, EM)) - at).hypot().max(1e-6);
        let across = (transform * Point::new(EM, 0.0)) - at;
        let (end, dir) = if writing == WritingMode::Vertical {
            let down = (transform * Point::new(0.0, -EM)) - at;
            (at + down, down / down.hypot().max(1e-9))
        } else {
            (transform * Point::new(advance(glyph), 0.0), across / across.hypot().max(1e-9))
        };
        if ![at.x, at.y, end.x, end.y, size].iter().all(|number| number.is_finite()) {
            return;
        }
        let spelled = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => fold(&letter.to_string()),
            Some(BfString::String(letters)) => fold(&letters),
            None => char::REPLACEMENT_CHARACTER.to_string(),
        };
        let Some(text) = self.meaning(spelled) else {
            if let Some(last) = self.glyphs.last_mut() {
                last.end = end;
            }
            return;
        };
        let blank = text.chars().all(char::is_whitespace);
        if text.is_empty() || (!blank && self.is_repeated(&text, at, size)) {
            return;
        }
        let state = self.state(paint, mode, at, size);
        self.glyphs.push(Glyph { text, at, end, dir, size, state });
    }
}

impl<'a> Device<'a> for TextDevice {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if !matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            return;
        }
        let dark = match &props.paint {
            Paint::Color(color) => {
                let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
                if alpha < 64 {
                    return;
                }
                red.min(green).min(blue) < 240
            }
            Paint::Pattern(_) => true,
        };
        self.ground(props.transform.transform_rect_bbox(path.bounding_box()), dark);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.pictures = self.pictures.saturating_add(1);
        let size = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.ground(props.transform.transform_rect_bbox(size), true);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MOST_GLYPHS {
                return;
            }
            let transform = props.transform * glyph.transform();
            self.take(glyph, (transform, run.writing_mode()), &props.paint, mode);
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        let text = |key: &str| properties.and_then(|it| it.get::<PdfString<'_>>(key));
        let kind = properties.and_then(|it| it.get::<Name<'_>>("Type"));
        let furniture =
            tag == b"Artifact" && kind.is_some_and(|kind| kind.as_ref() == b"Pagination");
        // A short one mends a ligature or a hyphen. A long one could say what nobody sees.
        let actual = text("ActualText")
            .map(|bytes| strings::decode(bytes.as_bytes()))
            .filter(|actual| actual.chars().count() <= 8);
        self.marked.push(Marked { furniture, replaced: actual.is_some(), actual });
    }

    fn end_marked_content(&mut self) {
        self.marked.pop();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn advance(glyph: &FontGlyph<'_>) -> f64 {
    let width = match glyph {
        FontGlyph::Outline(outline) => outline.advance_width(),
        FontGlyph::Type3(drawn) => drawn.advance_width(),
    };
    f64::from(width.unwrap_or(500.0))
}

/// Ligatures and the forms that letters take beside others become the letters themselves; what
/// cannot be text goes.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{fb00}'..='\u{fb06}' | '\u{fb13}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => {
                folded.extend(std::iter::once(letter).nfkc());
            }
            // A soft hyphen that was drawn is a hyphen.
            '\u{ad}' => folded.push('-'),
            '\t' | '\n' | '\r' | '\u{a0}' => folded.push(' '),
            letter if is_noise(letter) => {}
            letter => folded.push(letter),
        }
    }
    folded
}
