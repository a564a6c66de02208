//! `hearth doctor`: what is installed, missing, would fit. It also answers where the data cannot
//! be opened, and says why. Scripts are told by the exit status whether all is well.

use std::process::ExitCode;

use hearth_app::{Check, DoctorReport};
use hearth_domain::ErrorCode;
use serde_json::json;

use crate::{args::Global, failure::Failure, out::Out, program::Program};

pub(super) async fn run(global: &Global, out: Out) -> Result<ExitCode, Failure> {
    let program = match Program::open(global, out).await {
        Ok(program) => program,
        Err(failure) => {
            show(out, &closed_data(&failure))?;
            return Err(failure);
        }
    };
    let report: Result<DoctorReport, _> = program.call("doctor", json!({})).await;
    program.close().await;
    let report = report?;
    show(out, &report)?;
    match failed(&report) {
        Some(failure) => Err(failure),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// What is not as it should be, by the first of them.
fn failed(report: &DoctorReport) -> Option<Failure> {
    let wrong: Vec<_> = report.checks.iter().filter(|check| !check.ok).collect();
    let code = match wrong.first()?.name.as_str() {
        "processor" => ErrorCode::CpuUnsupported,
        "memory" => ErrorCode::OutOfMemory,
        "model" => ErrorCode::ModelFileMissing,
        _ => ErrorCode::Internal,
    };
    Some(Failure::ChecksFailed(code, wrong.len()))
}

/// What can be said where the data folder cannot be opened.
fn closed_data(failure: &Failure) -> DoctorReport {
    let check =
        Check { name: "data_folder".into(), ok: false, finding: failure.to_string(), advice: None };
    DoctorReport { ok: false, checks: vec![check] }
}

fn show(out: Out, report: &DoctorReport) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(report);
    }
    for check in &report.checks {
        let mark = if check.ok { "ok  " } else { "LOOK" };
        out.line(&format!("{mark}  {}: {}", check.name, check.finding))?;
        if let Some(advice) = &check.advice {
            out.line(&format!("      {advice}"))?;
        }
    }
    Ok(())
}
