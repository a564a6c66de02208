//! `hearth verify`: whether the data is whole.

use std::process::ExitCode;

use hearth_app::VerifyReport;
use serde_json::json;

use crate::{args::Global, failure::Failure, out::Out, program::Program};

pub(super) async fn run(global: &Global, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let report: Result<VerifyReport, _> = program.call("verify", json!({})).await;
    program.close().await;
    let report = report?;
    if out.is_json() {
        out.object(&report)?;
    } else {
        let VerifyReport { conversations, messages, .. } = report;
        out.line(&format!("{conversations} conversations with {messages} messages were read."))?;
        out.line(&format!("{} entries of the audit log were followed.", report.audit_entries))?;
        for problem in &report.problems {
            out.line(&format!("Problem: {problem}"))?;
        }
        if report.ok {
            out.line("Everything is whole.")?;
        }
    }
    if report.ok { Ok(ExitCode::SUCCESS) } else { Err(Failure::Damaged) }
}
