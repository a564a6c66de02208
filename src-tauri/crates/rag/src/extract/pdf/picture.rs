//! A page as a picture, for the viewer: no PDF file ever reaches the web view.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use serde::{Deserialize, Serialize};

use super::open;
use crate::extract::{Job, Refusal};

/// Pixels of one side at most.
const MOST_PIXELS: f32 = 4096.0;

/// A page as a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// A PNG file.
    pub png: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Paints a page, counted from 0, `width` pixels wide (fewer where the page would be too high).
///
/// # Errors
/// The refusal that the person is told; [`Refusal::Broken`] where there is no such page.
pub(crate) fn picture(
    bytes: Vec<u8>,
    job: &Job,
    page: usize,
    width: u32,
) -> Result<Picture, Refusal> {
    let pdf = open(&Arc::new(bytes), job)?;
    let page = pdf.pages().get(page).ok_or(Refusal::Broken)?;
    let (page_width, page_height) = page.render_dimensions();
    let (across, down) = (page_width.max(1.0), page_height.max(1.0));
    let most = (MOST_PIXELS / across).min(MOST_PIXELS / down);
    let scale = (width.max(16) as f32 / across).min(most);
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let painted = catch_unwind(AssertUnwindSafe(|| {
        let (interpreter, look) = (InterpreterSettings::default(), RenderSettings::default());
        render(page, &RenderCache::new(), &interpreter, &look, &settings)
    }));
    let pixels = painted.map_err(|_| Refusal::Broken)?;
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let png = pixels.into_png().map_err(|_| Refusal::Broken)?;
    Ok(Picture { png, width, height })
}
