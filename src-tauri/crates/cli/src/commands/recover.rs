//! `hearth recover`: puts a lost key back with the recovery code. The code is read from standard
//! input, never from the command line, where every program of the computer could see it.

use std::{
    io::{self, BufRead, IsTerminal},
    process::ExitCode,
};

use hearth_app::{App, AppConfig, Ports, RecoveryCode};
use serde_json::json;

use crate::{
    args::{Global, Recover},
    failure::Failure,
    out::Out,
    program::Program,
    terminal,
};

/// More than any recovery code.
const LONGEST: u64 = 1024;

pub(super) async fn run(global: &Global, recover: &Recover, out: Out) -> Result<ExitCode, Failure> {
    if recover.show {
        return show(global, out).await;
    }
    if io::stdin().is_terminal() {
        out.note("Type the recovery code and press Enter:");
    }
    let code = terminal::typed(read_line).await?.ok();
    let config = AppConfig::locate(global.data_dir.clone())?;
    App::recover(&config, Ports::system(), code.unwrap_or_default()).await?;
    if out.is_json() {
        out.object(&json!({ "recovered": true }))?;
    } else {
        out.line("The key is back in its place. Everything is as it was.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the code of data that can be opened.
async fn show(global: &Global, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let shown: Result<RecoveryCode, _> = program.call("recovery_code_show", json!({})).await;
    program.close().await;
    let shown = shown?;
    if out.is_json() {
        out.object(&shown)?;
    } else {
        out.line(&shown.code)?;
        out.note("Write it down and keep it apart from this computer: it opens all your data.");
    }
    Ok(ExitCode::SUCCESS)
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::Read::take(io::stdin().lock(), LONGEST).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
