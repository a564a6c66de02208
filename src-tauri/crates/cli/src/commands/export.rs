//! `hearth export`: conversations as a file.

use std::{fs, io, path::Path, process::ExitCode};

use hearth_domain::{ExportFile, ExportFormat};
use serde_json::json;

use crate::{
    args::{Export, ExportForm, Global},
    failure::Failure,
    out::Out,
    program::Program,
};

pub(super) async fn run(global: &Global, export: &Export, out: Out) -> Result<ExitCode, Failure> {
    let format = match export.format {
        ExportForm::Json => ExportFormat::Json,
        ExportForm::Markdown => ExportFormat::Markdown,
    };
    let mut request = json!({ "format": format });
    if !export.conversation.is_empty() {
        request["conversations"] = json!(export.conversation);
    }
    let program = Program::open(global, out).await?;
    let file: Result<ExportFile, _> = program.call("conversation_export", request).await;
    program.close().await;
    let file = file?;
    let Some(path) = &export.out else {
        out.file(&file.text)?;
        return Ok(ExitCode::SUCCESS);
    };
    write(path, &file.text).map_err(Failure::FileNotWritten)?;
    let count = file.conversations;
    if out.is_json() {
        out.object(&json!({ "conversations": count, "bytes": file.text.len() }))?;
    } else {
        out.line(&format!("Conversations written: {count}."))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A file that is there keeps its old content until the new one is whole.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let new =
        path.with_file_name(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()));
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What is left of it is of no use; where it cannot be removed nothing can be done.
        let _ = fs::remove_file(&new);
    }
    written
}
