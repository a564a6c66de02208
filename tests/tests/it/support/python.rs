//! The Python of the tests, with the packages of `tests/requirements.txt`.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Session, tools};

/// The interpreter that `build.sh` prepared.
fn interpreter() -> PathBuf {
    let python = env::var_os("HEARTH_TEST_PYTHON")
        .map_or_else(|| tools::repository().join(".cache/venv/bin/python"), PathBuf::from);
    assert!(
        python.is_file(),
        "the Python environment of the tests is missing: `./build.sh test` makes it"
    );
    python
}

/// Runs a script of `tests/python` and reads the one JSON object that it prints.
pub(crate) fn run(script: &str, arguments: &[&str]) -> Value {
    answer(script, &mut command(script, arguments))
}

/// As [`run`], for a program that trusts this certificate too.
pub(crate) fn run_trusting(certificate: &Path, script: &str, arguments: &[&str]) -> Value {
    answer(script, command(script, arguments).env("SSL_CERT_FILE", certificate))
}

/// As [`run`], on the desktop of a session.
pub(crate) fn run_on(session: &Session, script: &str, arguments: &[&str]) -> Value {
    let mut command = session.home.command(interpreter());
    command.arg(tools::repository().join("tests/python").join(script)).args(arguments);
    answer(script, &mut command)
}

/// A script of `tests/python`, not yet running.
pub(crate) fn command(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(interpreter());
    command.arg(tools::repository().join("tests/python").join(script)).args(arguments);
    command.stdin(Stdio::null());
    command
}

fn answer(script: &str, command: &mut Command) -> Value {
    let output = command.output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
