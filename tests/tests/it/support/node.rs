//! The JavaScript packages of `tests/node`.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::tools;

/// Runs a script of `tests/node` and reads the one JSON object that it prints.
pub(crate) fn run(script: &str, arguments: &[&str]) -> Value {
    let folder = tools::repository().join("tests/node");
    assert!(
        folder.join("node_modules").is_dir(),
        "packages are missing: `./build.sh test` gets them"
    );
    let output = Command::new("node")
        .arg(folder.join(script))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("Node starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
