//! Turns the screen of an X server (the XWD format, version 7) into a PNG file.

use std::{fs::File, io::BufWriter, path::Path};

use png::{BitDepth, ColorType, Encoder};

/// Fields of the header, 32 bits each, most significant byte first.
const HEADER_BYTES: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const LINE_BYTES: usize = 12;
const COLOURS: usize = 19;
/// A colour of the table before the pixels.
const COLOUR_BYTES: usize = 12;

/// Keeps a screen whose pixels are blue, green, red, nothing.
pub(crate) fn keep(screen: &[u8], file: &Path) {
    let field = |place: usize| {
        let bytes = screen[place * 4..place * 4 + 4].try_into().expect("four bytes");
        u32::from_be_bytes(bytes) as usize
    };
    let (width, height) = (field(WIDTH), field(HEIGHT));
    let pixels = &screen[field(HEADER_BYTES) + field(COLOURS) * COLOUR_BYTES..];
    let lines = pixels.chunks(field(LINE_BYTES)).take(height);
    let colours: Vec<u8> = lines
        .flat_map(|line| line[..width * 4].chunks(4))
        .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
        .collect();
    assert!(colours.iter().any(|colour| *colour != colours[0]), "the screen has one colour only");
    let size = |length: usize| u32::try_from(length).expect("a screen is small");
    let out = BufWriter::new(File::create(file).expect("the picture can be kept"));
    let mut encoder = Encoder::new(out, size(width), size(height));
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a sound header");
    writer.write_image_data(&colours).expect("the picture can be kept");
}
