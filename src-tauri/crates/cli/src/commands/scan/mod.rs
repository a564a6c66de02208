//! `hearth scan`: what the guardrails find in a text. Needs no data folder and opens none; the rules
//! are those of the program, and no option of the caller makes them milder.

mod batch;
mod output;

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use hearth_guard::{
    Action, Channel, Finding, Guard, Kind, action, code_points,
    placeholder::{Placeholders, mask},
};
use serde_json::{Value, json};

use crate::{
    args::{Scan, ScanKind},
    failure::Failure,
    out::Out,
};

/// What a text scanned in one go may have.
const LARGEST: u64 = 64 * 1024 * 1024;
/// The exit status where the policy warns of something or blocks it.
const FOUND: u8 = 3;

pub(super) fn run(scan: &Scan, out: Out) -> Result<ExitCode, Failure> {
    if let (Some(rows), Some(predictions)) = (&scan.jsonl, &scan.predictions) {
        return batch::run(scan, rows, predictions, out);
    }
    let guard = guard(scan);
    let kinds = scan.kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind_of(kind)]);
    let mut worst = Action::Allow;
    let paths: Vec<Option<&PathBuf>> =
        if scan.paths.is_empty() { vec![None] } else { scan.paths.iter().map(Some).collect() };
    for path in paths {
        let text = match path {
            Some(path) => read(File::open(path).map_err(Failure::ScanUnreadable)?)?,
            None => read(io::stdin().lock())?,
        };
        let report = guard.scan(&text, Channel::Document, &kinds);
        if !report.failed.is_empty() {
            return Err(Failure::DetectorFailed);
        }
        let found: Vec<&Finding> =
            report.findings.iter().filter(|it| act(it) > Action::Allow).collect();
        worst = found.iter().map(|it| act(it)).fold(worst, Action::max);
        show(scan, path.map(PathBuf::as_path), &text, &found, out)?;
    }
    Ok(if worst >= Action::Warn { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn guard(scan: &Scan) -> Guard {
    if scan.rules_only { Guard::rules_only() } else { Guard::all() }
}

fn act(finding: &Finding) -> Action {
    action(Channel::Document, finding)
}

fn kind_of(kind: ScanKind) -> Kind {
    match kind {
        ScanKind::Injection => Kind::Injection,
        ScanKind::Pii => Kind::Pii,
        ScanKind::Secrets => Kind::Secrets,
        ScanKind::Toxicity => Kind::Toxicity,
        ScanKind::Output => Kind::Output,
    }
}

/// A text, whole, within the limit.
fn read(from: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Failure::ScanUnreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::ScanTooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Failure::ScanNotText)
}

fn show(
    scan: &Scan,
    path: Option<&Path>,
    text: &str,
    found: &[&Finding],
    out: Out,
) -> Result<(), Failure> {
    if scan.mask {
        let hidden = found.iter().filter(|it| act(it) == Action::Mask);
        let hidden: Vec<Finding> = hidden.map(|it| (*it).clone()).collect();
        // One-way: who wants the values back reads the original.
        let masked = mask(text, &hidden, &mut Placeholders::new(""));
        return if out.is_json() {
            out.object(&named(path, json!({ "text": masked })))
        } else {
            out.file(&masked)
        };
    }
    if out.is_json() {
        let findings: Vec<Value> = found.iter().map(|it| shown(text, it)).collect();
        return out.object(&named(path, json!({ "findings": findings })));
    }
    for finding in found {
        let place = code_points(text, finding.range());
        let (start, end, rule, score) = (place.start, place.end, finding.rule, finding.score);
        let before = path.map(|path| format!("{}: ", path.display())).unwrap_or_default();
        let (kind, action) = (finding.kind.as_str(), name(act(finding)));
        out.line(&format!("{before}{start}-{end}  {kind}  {rule}  {score:.2}  {action}"))?;
    }
    Ok(())
}

/// With the path it was read from, where there was one.
fn named(path: Option<&Path>, mut object: Value) -> Value {
    if let Some(path) = path {
        object["path"] = json!(path);
    }
    object
}

fn shown(text: &str, finding: &Finding) -> Value {
    let place = code_points(text, finding.range());
    json!({
        "start": place.start,
        "end": place.end,
        "kind": finding.kind,
        "rule": finding.rule,
        "label": finding.label,
        "score": finding.score,
        "action": act(finding),
    })
}

fn name(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Note => "note",
        Action::Mask => "mask",
        Action::Warn => "warn",
        Action::Quarantine => "quarantine",
        Action::Block => "block",
        Action::Confirm => "confirm",
    }
}
