//! The Python of the tests, with the packages of `tests/requirements.txt`.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::tools;

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
    let output = Command::new(interpreter())
        .arg(tools::repository().join("tests/python").join(script))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
