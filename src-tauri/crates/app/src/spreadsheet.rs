//! Files of rows for other programs: JSON, or tables as spreadsheets read them (RFC 4180), with no cell
//! that a spreadsheet would run.

use hearth_domain::ExportFile;
use serde::Serialize;

use crate::{Error, Result};

/// With these a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A file `hearth-<name>`: of a value as JSON, or of a table as CSV.
///
/// # Errors
/// A value that has no JSON form, which is a fault of ours.
pub(crate) fn export(
    name: &str,
    json: bool,
    value: &impl Serialize,
    table: impl FnOnce() -> String,
) -> Result<ExportFile> {
    let text = if json {
        serde_json::to_string_pretty(value).map_err(|_| Error::TaskFailed)?
    } else {
        table()
    };
    let name = format!("hearth-{name}.{}", if json { "json" } else { "csv" });
    Ok(ExportFile { name, text, conversations: 0 })
}

/// A table with a head. Each row has as many cells as the head.
pub(crate) fn table<const N: usize>(
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut table =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Rows of one length, into memory: nothing can be refused.
    let _ = table.write_record(head);
    for row in rows {
        let _ = table.write_record(row.map(plain));
    }
    String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Text that no spreadsheet runs; a number stays one.
fn plain(cell: String) -> String {
    let runs = cell.starts_with(FORMULA) && cell.parse::<f64>().is_err();
    if runs { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_head_and_quotes_what_would_break_it() {
        let rows =
            [["=editor, \"mine\"".to_owned(), "-1.5".to_owned()], [String::new(), "+x".to_owned()]];
        let text = table(["name", "count"], rows.into_iter());
        assert_eq!(text, "name,count\r\n\"'=editor, \"\"mine\"\"\",-1.5\r\n,'+x\r\n");
        assert_eq!(table(["a"], std::iter::empty()), "a\r\n");
    }
}
