//! Spreadsheets: each visible sheet as a table whose first filled row names the columns.

use std::io::Cursor;

use calamine::{Data, Reader, SheetVisible, Sheets, Xls, XlsError, open_workbook_auto_from_rs};

use super::{Refusal, archive::Archive, builder::Builder, odf, sniff::COMPOUND};
use crate::document::{BlockKind, Document, Format, OmissionKind, Span, Unit};

/// Cells of a sheet, filled or not: a single value in the last corner spans a range of billions.
const MOST_CELLS: usize = 20_000_000;
/// Columns of a row.
const MOST_COLUMNS: usize = 512;

/// Reads a workbook.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, Refusal> {
    if bytes.starts_with(b"PK") {
        Archive::check(&bytes)?;
    }
    let mut book = open(Cursor::new(bytes))?;
    let mut builder = Builder::new(Format::Spreadsheet, Unit::Sheet);
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let mut failed = 0;
    for (name, visible) in sheets {
        if !visible {
            builder.omit(OmissionKind::HiddenCells, 1);
            continue;
        }
        let Ok(range) = book.worksheet_range(&name) else {
            failed += 1;
            continue;
        };
        if range.width().saturating_mul(range.height()) > MOST_CELLS {
            return Err(Refusal::TooBig);
        }
        builder.page(Some(name.clone()), None)?;
        builder.block(BlockKind::Heading { level: 1 }, &name)?;
        let mut head: Option<Span> = None;
        for row in range.rows() {
            let cells: Vec<String> = row.iter().take(MOST_COLUMNS).map(value).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            let span = builder.row(&cells, head)?;
            // A lone value above the table is its title, not its head.
            if cells.iter().filter(|cell| !cell.is_empty()).count() > 1 {
                head = head.or(span);
            }
        }
    }
    builder.omit(OmissionKind::UnreadablePages, failed);
    builder.finish()
}

/// Opens a workbook. The library's own choice of a format does not say that a password is missing.
fn open(bytes: Cursor<Vec<u8>>) -> Result<Sheets<Cursor<Vec<u8>>>, Refusal> {
    if bytes.get_ref().starts_with(COMPOUND) {
        let book = Xls::new(bytes).map_err(|error| match error {
            // The encryption of the old format is not opened, so there is no use in asking.
            XlsError::Password => Refusal::Unsupported,
            _ => Refusal::Broken,
        })?;
        return Ok(Sheets::Xls(book));
    }
    odf::check_unlocked(&mut Archive::open(bytes.get_ref().clone())?)?;
    open_workbook_auto_from_rs(bytes).map_err(|_| Refusal::Broken)
}

/// What a cell shows.
fn value(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(date) => date_text(date),
        Data::Error(error) => error.to_string(),
    }
}

/// A date as people of every language read it; a time of day without a date where there is none.
fn date_text(date: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let day_part = format!("{year:04}-{month:02}-{day:02}");
    let time_part = format!("{hour:02}:{minute:02}:{second:02}");
    if date.is_duration() || date.as_f64() < 1.0 {
        time_part
    } else if (hour, minute, second) == (0, 0, 0) {
        day_part
    } else {
        format!("{day_part} {time_part}")
    }
}
