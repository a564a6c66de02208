//! `hearth import`: takes in an export of Hearth, ChatGPT or Claude.

use std::process::ExitCode;

use hearth_app::read_import_file;
use hearth_domain::{ImportReport, SkipReason};
use serde_json::json;

use crate::{
    args::{Global, Import},
    failure::Failure,
    out::Out,
    program::Program,
};

pub(super) async fn run(global: &Global, import: Import, out: Out) -> Result<ExitCode, Failure> {
    // The other process may run elsewhere, so the file is read here.
    std::fs::metadata(&import.file).map_err(Failure::FileNotRead)?;
    let texts = read_import_file(&import.file)?;
    let program = Program::open(global, out).await?;
    let report = take_in(&program, texts).await;
    program.close().await;
    show(out, &report?)?;
    Ok(ExitCode::SUCCESS)
}

async fn take_in(program: &Program, texts: Vec<String>) -> Result<ImportReport, Failure> {
    let mut whole: Option<ImportReport> = None;
    for text in texts {
        let part: ImportReport =
            program.call("conversation_import", json!({ "text": text })).await?;
        whole = Some(match whole {
            None => part,
            Some(before) => before.and(&part),
        });
    }
    whole.ok_or_else(|| hearth_app::Error::ImportUnreadable.into())
}

fn show(out: Out, report: &ImportReport) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(report);
    }
    let ImportReport { conversations, messages, skipped, .. } = report;
    out.line(&format!("Conversations taken in: {conversations}, with {messages} messages."))?;
    for skipped in skipped {
        let what = match skipped.reason {
            SkipReason::AlreadyHere => "conversations that are here already",
            SkipReason::Empty => "conversations without text",
            SkipReason::Malformed => "conversations that cannot be read",
            SkipReason::NotText => "pictures and other files",
            SkipReason::Tool => "calls of tools and their results",
            SkipReason::TooLarge => "messages that are too large",
        };
        out.line(&format!("Left out: {} {what}.", skipped.count))?;
    }
    Ok(())
}
