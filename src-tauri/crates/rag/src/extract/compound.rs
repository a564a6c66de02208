//! Compound files (MS-CFB): what office programs saved before 2007, and the wrapping of a package that
//! is encrypted. What one is, is told by the streams in its root, not by words anywhere in its bytes: a
//! letter with a table in it holds a workbook, and any text may name a stream.

use std::io::Cursor;

use cfb::CompoundFile;

use super::{Refusal, locked, sniff::Kind};

/// What a compound file is. Old spreadsheets are read; other old formats are not.
///
/// # Errors
/// [`Refusal::Unsupported`] for what is not read, [`Refusal::Broken`] where the file is cut short.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Refusal> {
    let Ok(file) = CompoundFile::open(Cursor::new(bytes)) else {
        // The reader of spreadsheets forgives more.
        let spreadsheet = names(bytes, "Workbook") || names(bytes, "Book");
        let locked = names(bytes, locked::PACKAGE) || names(bytes, locked::INFO);
        return match (locked, spreadsheet) {
            (true, _) => Err(Refusal::Broken),
            (false, true) => Ok(Kind::Spreadsheet),
            (false, false) => Err(Refusal::Unsupported),
        };
    };
    let has = |name: &str| file.is_stream(name);
    if has(locked::PACKAGE) && has(locked::INFO) {
        Ok(Kind::Locked)
    } else if has("Workbook") || has("Book") {
        Ok(Kind::Spreadsheet)
    } else {
        Err(Refusal::Unsupported)
    }
}

/// Whether the name of a stream stands anywhere in a file whose order is lost.
fn names(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    super::sniff::find(bytes, &wide).is_some()
}
