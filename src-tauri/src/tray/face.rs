//! The icon of a state: which shape, and in which ink, so that it is seen on the panel it stands
//! on. The shapes are drawn by `icons/render.py`; they differ in form, not in colour alone.

use hearth_domain::EngineState;
use tauri::image::Image;

use super::facts::Facts;

/// What the icon says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// No model is in memory, or the data is still being opened.
    Cold,
    /// A model is being read.
    Loading,
    /// A model waits.
    Warm,
    /// A model answers.
    Busy,
    /// The data is locked.
    Locked,
    /// Something went wrong.
    Error,
}

/// Side lengths of the drawings in pixels.
const SIZES: [u32; 4] = [22, 24, 32, 44];
/// On a light panel, and on a dark one.
const INKS: [[u8; 3]; 2] = [[0x2a, 0x26, 0x22], [0xf4, 0xf1, 0xec]];
/// How much of the other ink stands around the shape, of 255. On the panel it was chosen for, this
/// is hardly seen; on another it is what keeps the shape visible.
const HALO: u32 = 150;

macro_rules! shapes {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../icons/tray/", $name, "-22.png")),
            include_bytes!(concat!("../../../icons/tray/", $name, "-24.png")),
            include_bytes!(concat!("../../../icons/tray/", $name, "-32.png")),
            include_bytes!(concat!("../../../icons/tray/", $name, "-44.png")),
        ]
    };
}

impl Face {
    /// The face of a state.
    pub(crate) fn of(facts: &Facts) -> Self {
        let open = match facts {
            Facts::Opening => return Self::Cold,
            Facts::Refused => return Self::Error,
            Facts::Locked => return Self::Locked,
            Facts::Open(open) => open,
        };
        if open.beside.iter().any(EngineState::is_busy)
            && matches!(open.engine, EngineState::Ready { .. })
        {
            return Self::Busy;
        }
        match open.engine {
            EngineState::Empty => Self::Cold,
            EngineState::Loading { .. } => Self::Loading,
            EngineState::Ready { .. } => Self::Warm,
            EngineState::Busy { .. } => Self::Busy,
            EngineState::Failed { .. } => Self::Error,
        }
    }

    fn shapes(self) -> [&'static [u8]; SIZES.len()] {
        match self {
            Self::Cold => shapes!("cold"),
            Self::Loading => shapes!("loading"),
            Self::Warm => shapes!("warm"),
            Self::Busy => shapes!("busy"),
            Self::Locked => shapes!("locked"),
            Self::Error => shapes!("error"),
        }
    }

    /// The shape alone, black on nothing, for systems that colour it themselves.
    ///
    /// # Errors
    /// None that a build which was tested can meet: the drawing is part of the program.
    pub(crate) fn template(self, pixels: f64) -> tauri::Result<Image<'static>> {
        let shapes = self.shapes();
        // The smallest that need not be enlarged.
        let found = SIZES.iter().position(|size| f64::from(*size) >= pixels);
        Image::from_bytes(shapes[found.unwrap_or(SIZES.len() - 1)])
    }

    /// The shape in the ink for a panel.
    ///
    /// # Errors
    /// As [`Self::template`].
    pub(crate) fn image(self, pixels: f64, dark_panel: bool) -> tauri::Result<Image<'static>> {
        let shape = self.template(pixels)?;
        let (width, height) = (shape.width(), shape.height());
        let alpha: Vec<u32> = shape.rgba().chunks(4).map(|pixel| u32::from(pixel[3])).collect();
        let halo = spread(&alpha, width as usize, (width / 20) as usize);
        let (ink, ground) = (INKS[usize::from(dark_panel)], INKS[usize::from(!dark_panel)]);
        let rgba = alpha.iter().zip(halo).flat_map(|(alpha, halo)| {
            let below = halo * HALO / 255 * (255 - alpha) / 255;
            let whole = alpha + below;
            let mix = |at: usize| {
                let sum = u32::from(ink[at]) * alpha + u32::from(ground[at]) * below;
                sum.checked_div(whole).unwrap_or(0)
            };
            [mix(0), mix(1), mix(2), whole].map(|byte| u8::try_from(byte).unwrap_or(u8::MAX))
        });
        Ok(Image::new_owned(rgba.collect(), width, height))
    }
}

/// The shape, wider by some pixels on every side.
fn spread(alpha: &[u32], width: usize, by: usize) -> Vec<u32> {
    let height = alpha.len() / width.max(1);
    let around = |at: usize, end: usize| at.saturating_sub(by)..(at + by + 1).min(end);
    let most = |x: usize, y: usize| {
        let rows = around(y, height);
        rows.flat_map(|row| around(x, width).map(move |column| row * width + column))
            .map(|place| alpha[place])
            .max()
            .unwrap_or(0)
    };
    (0..alpha.len()).map(|place| most(place % width, place / width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Face; 6] =
        [Face::Cold, Face::Loading, Face::Warm, Face::Busy, Face::Locked, Face::Error];

    fn pixels(face: Face, dark: bool) -> Vec<u8> {
        face.image(22.0, dark).unwrap().rgba().to_vec()
    }

    #[test]
    fn every_shape_is_there_in_every_size() {
        for face in ALL {
            for size in SIZES {
                let image = face.image(f64::from(size), false).unwrap();
                assert_eq!((image.width(), image.height()), (size, size), "{face:?}");
            }
        }
        assert_eq!(Face::Warm.template(20.0).unwrap().width(), 22);
        assert_eq!(Face::Warm.template(27.5).unwrap().width(), 32);
        assert_eq!(Face::Warm.template(88.0).unwrap().width(), 44);
    }

    #[test]
    fn the_shapes_differ_in_form() {
        for (at, one) in ALL.iter().enumerate() {
            for other in &ALL[at + 1..] {
                let (one, other) = (one.template(22.0).unwrap(), other.template(22.0).unwrap());
                let pairs = one.rgba().chunks(4).zip(other.rgba().chunks(4));
                let differ = pairs.filter(|(a, b)| a[3].abs_diff(b[3]) > 128).count();
                assert!(differ >= 8, "{differ} pixels of 484 differ");
            }
        }
    }

    /// Keeps a picture for people: a row on a light panel and one on a dark one in the ink for
    /// it, then both in the ink for the other; every pixel four times as large.
    #[test]
    fn a_picture_of_every_face_is_kept() {
        const GROUNDS: [[u8; 3]; 2] = [[0xf6, 0xf5, 0xf4], [0x1e, 0x1e, 0x1e]];
        const PLACE: usize = 32;
        const TIMES: usize = 4;
        let rows = [(false, false), (true, true), (false, true), (true, false)];
        let drawn = rows.map(|(_, ink)| ALL.map(|face| pixels(face, ink)));
        let pixel = |x: usize, y: usize| {
            let ground = GROUNDS[usize::from(rows[y / PLACE].0)];
            let inside = |at: usize| (at % PLACE).checked_sub(5).filter(|at| *at < 22);
            let Some((column, line)) = inside(x).zip(inside(y)) else { return ground };
            let at = (line * 22 + column) * 4;
            over(ground, &drawn[y / PLACE][x / PLACE][at..at + 4])
        };
        let (width, height) = (ALL.len() * PLACE * TIMES, rows.len() * PLACE * TIMES);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x / TIMES, y / TIMES)));
        let colours: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-artifacts");
        std::fs::create_dir_all(&folder).unwrap();
        let file = std::fs::File::create(folder.join("tray-icons.png")).unwrap();
        let side = |pixels: usize| u32::try_from(pixels).unwrap();
        let mut encoder = png::Encoder::new(file, side(width), side(height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&colours).unwrap();
    }

    fn over(ground: [u8; 3], pixel: &[u8]) -> [u8; 3] {
        let alpha = u32::from(pixel[3]);
        [0, 1, 2].map(|at| {
            let sum = u32::from(pixel[at]) * alpha + u32::from(ground[at]) * (255 - alpha);
            u8::try_from(sum / 255).unwrap()
        })
    }

    #[test]
    fn the_ink_stands_out_on_its_panel_and_the_edge_on_the_other() {
        for face in ALL {
            for dark in [false, true] {
                let drawn = pixels(face, dark);
                let full = |light: bool| {
                    let of = |pixel: &&[u8]| pixel[3] > 120 && (pixel[0] > 128) == light;
                    drawn.chunks(4).filter(of).count()
                };
                assert!(full(dark) > 40, "the ink of {face:?}");
                assert!(full(!dark) > 20, "the edge of {face:?}");
            }
        }
    }
}
