//! Many labelled rows at once, in the form that the scorer reads. The thresholds are those of the
//! program, one a kind.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
    process::ExitCode,
    time::Instant,
};

use hearth_guard::{Channel, Finding, Kind, code_points, policy::THRESHOLD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{guard, kind_of, output};
use crate::{args::Scan, failure::Failure, out::Out};

/// A row's line at most.
const LONGEST: u64 = 16 * 1024 * 1024;
/// What makes a row one with personal data; the other types are reported as places only.
const CORE: &[&str] =
    &["EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS"];

/// What a row has to have.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) text: String,
    /// For outputs: `html` asks for what goes into a page.
    #[serde(default)]
    pub(super) channel: String,
}

pub(super) fn run(scan: &Scan, rows: &Path, to: &Path, out: Out) -> Result<ExitCode, Failure> {
    let kind = scan.kind.map(kind_of).ok_or(Failure::RowInvalid(0))?;
    let guard = guard(scan);
    let mut rows = BufReader::new(File::open(rows).map_err(Failure::ScanUnreadable)?);
    let mut lines = Vec::new();
    let mut number = 0;
    while let Some(line) = line(&mut rows)? {
        number += 1;
        if line.trim().is_empty() {
            continue;
        }
        let row: Row = serde_json::from_str(&line).map_err(|_| Failure::RowInvalid(number))?;
        let before = Instant::now();
        let mut prediction = if kind == Kind::Output {
            json!({ "output": output::shown(&row, scan.pieces) })
        } else {
            let report = guard.scan(&row.text, Channel::Document, &[kind]);
            let taken = before.elapsed();
            if !report.failed.is_empty() {
                return Err(Failure::DetectorFailed);
            }
            let mut prediction = predicted(kind, &row.text, &report.findings);
            prediction["us"] = json!(taken.as_micros());
            prediction
        };
        prediction["id"] = json!(row.id);
        lines.push(prediction);
    }
    write(to, &lines).map_err(Failure::FileNotWritten)?;
    if out.is_json() {
        out.object(&json!({ "rows": lines.len() }))?;
    } else {
        out.line(&format!("Rows scanned: {}.", lines.len()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn predicted(kind: Kind, text: &str, found: &[Finding]) -> Value {
    let counts = |it: &&Finding| kind != Kind::Pii || CORE.contains(&it.label);
    let score = found.iter().filter(counts).map(|it| it.score).fold(0.0, f32::max);
    let mut prediction = json!({ "label_pred": u8::from(score >= THRESHOLD), "score": score });
    if matches!(kind, Kind::Pii | Kind::Secrets) {
        let spans = found.iter().filter(|it| it.score >= THRESHOLD).map(|it| {
            let place = code_points(text, it.range());
            json!([place.start, place.end, it.label])
        });
        prediction["spans_pred"] = spans.collect();
    }
    prediction
}

/// The next line, within the limit.
fn line(rows: &mut impl BufRead) -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    let read = rows.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes);
    match read.map_err(Failure::ScanUnreadable)? {
        0 => Ok(None),
        _ if bytes.len() as u64 > LONGEST => Err(Failure::ScanTooLarge),
        _ => String::from_utf8(bytes).map(Some).map_err(|_| Failure::ScanNotText),
    }
}

fn write(to: &Path, lines: &[Value]) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(to)?);
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.flush()
}
