//! The JavaScript packages of `tests/node`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::tools;

/// Runs a script of `tests/node` and reads the one JSON object that it prints.
pub(crate) fn run(script: &str, arguments: &[&str]) -> Value {
    answer(script, &mut command(script, arguments))
}

/// As [`run`], for a program that trusts this certificate too.
pub(crate) fn run_trusting(certificate: &Path, script: &str, arguments: &[&str]) -> Value {
    answer(script, command(script, arguments).env("NODE_EXTRA_CA_CERTS", certificate))
}

fn command(script: &str, arguments: &[&str]) -> Command {
    let folder = tools::repository().join("tests/node");
    assert!(
        folder.join("node_modules").is_dir(),
        "packages are missing: `./build.sh test` gets them"
    );
    let mut command = Command::new("node");
    command.arg(folder.join(script)).args(arguments).stdin(Stdio::null());
    command
}

fn answer(script: &str, command: &mut Command) -> Value {
    let output = command.output().expect("Node starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
