//! Tables of values: each record is a row, the first names the columns. Quoted values may hold line
//! ends (RFC 4180). The text stays as it is.

use super::block;
use crate::document::{Block, BlockKind, Span};

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut head: Option<Span> = None;
    for (start, end) in records(text) {
        let Some(mut row) = block(text, start, end, BlockKind::TableRow { head }) else { continue };
        if blocks.is_empty() && names_columns(text.get(row.span.range()).unwrap_or_default()) {
            head = Some(row.span);
            row.kind = BlockKind::TableRow { head };
        }
        blocks.push(row);
    }
    blocks
}

/// Where records begin and end. A quote counts only at the beginning of a value, so that an inch mark
/// in the middle of one does not swallow the rest of the file.
fn records(text: &str) -> Vec<(usize, usize)> {
    let separator = separator(text);
    let mut records = Vec::new();
    let (mut start, mut quoted, mut fresh) = (0, false, true);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if quoted => {
                if letters.peek().is_some_and(|(_, next)| *next == '"') {
                    letters.next();
                } else {
                    quoted = false;
                }
            }
            '"' if fresh => quoted = true,
            '\n' if !quoted => {
                records.push((start, at));
                start = at + 1;
                fresh = true;
                continue;
            }
            _ => {}
        }
        fresh = letter == separator && !quoted;
    }
    records.push((start, text.len()));
    records
}

/// The sign between values: the one that the first line has most of.
fn separator(text: &str) -> char {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: &char| line.matches(*sign).count();
    ['\t', ';', ',', '|'].into_iter().rev().max_by_key(count).unwrap_or(',')
}

/// A first row of words names the columns; one with numbers is a row like the others.
fn names_columns(row: &str) -> bool {
    let number = |cell: &str| cell.trim_matches(['"', ' ']).parse::<f64>().is_ok();
    !row.split(['\t', ';', ',', '|']).any(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(&str, Option<&str>)> {
        let row = |it: &Block| match it.kind {
            BlockKind::TableRow { head } => head.map(|head| head.range()),
            _ => None,
        };
        let blocks = blocks(text);
        blocks.iter().map(|it| (&text[it.span.range()], row(it).map(|head| &text[head]))).collect()
    }

    #[test]
    fn rows_know_their_head_and_values_may_hold_line_ends() {
        let text = "name;note\nAda;\"two\nlines; \"\"here\"\"\"\nBob;5\" pipe\nEve;x\n";
        let head = Some("name;note");
        let expected = [
            ("name;note", head),
            ("Ada;\"two\nlines; \"\"here\"\"\"", head),
            ("Bob;5\" pipe", head),
            ("Eve;x", head),
        ];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn a_table_of_numbers_has_no_head() {
        assert_eq!(rows("1,2\n3,4"), [("1,2", None), ("3,4", None)]);
    }
}
