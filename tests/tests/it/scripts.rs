//! `build.sh` and `build.ps1` are one tool on two systems: the same verbs, the same steps in the same
//! order. PowerShell does not run where most of us work, so its table is compared instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

use crate::support::tools::repository;

/// Verb to steps, in order.
type Table = BTreeMap<String, Vec<String>>;

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The parts of build.sh and what it sources.
fn shell_parts() -> Vec<PathBuf> {
    let folder = repository().join("src-tauri/build");
    let mut parts = vec![repository().join("build.sh"), repository().join(".ci/run")];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "sh") {
            parts.push(path);
        }
    }
    parts
}

/// Rows such as `    run) echo "system rust" ;;`.
fn shell_table() -> Table {
    read("build.sh")
        .lines()
        .filter_map(|line| line.trim().strip_suffix("\" ;;")?.split_once(") echo \""))
        .map(|(verb, steps)| row(verb, steps))
        .collect()
}

/// Rows such as `    run = "system rust"` between `$Steps = [ordered]@{` and `}`.
fn powershell_table() -> Table {
    let script = read("build.ps1");
    let table = script.split_once("$Steps = [ordered]@{").expect("build.ps1 has a table").1;
    let table = table.split_once("\n}").expect("the table ends").0;
    table
        .lines()
        .filter_map(|line| line.trim().strip_suffix('"')?.split_once(" = \""))
        .map(|(verb, steps)| row(verb, steps))
        .collect()
}

fn row(verb: &str, steps: &str) -> (String, Vec<String>) {
    (verb.to_owned(), steps.split(' ').map(str::to_owned).collect())
}

/// Names of the functions that start with `prefix`, as far as `end`.
fn functions(source: &str, prefix: &str, end: &[char]) -> BTreeSet<String> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix(prefix))
        .filter_map(|rest| rest.split(end).next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_scripts_have_the_same_verbs_with_the_same_steps_in_the_same_order() {
    let (shell, powershell) = (shell_table(), powershell_table());
    assert_eq!(shell, powershell);
    let verbs: Vec<_> = shell.keys().map(String::as_str).collect();
    assert_eq!(verbs, ["bench", "dev", "lint", "package", "run", "setup", "test", "types"]);
}

#[test]
fn every_step_is_written_in_both_scripts_and_none_is_left_over() {
    let named: BTreeSet<String> = shell_table().into_values().flatten().collect();
    let shell: String =
        shell_parts().iter().map(|part| fs::read_to_string(part).unwrap()).collect();
    assert_eq!(functions(&shell, "step_", &['(', ' ']), named, "build.sh");
    let powershell = functions(&read("build.ps1"), "function Step-", &[' ', '{']);
    assert_eq!(powershell, named, "build.ps1");
}

#[test]
fn every_verb_is_explained_in_the_help_and_in_the_readme() {
    let output =
        Command::new("bash").arg("build.sh").arg("help").current_dir(repository()).output();
    let help = String::from_utf8(output.expect("bash starts").stdout).unwrap();
    let readme = read("README.md");
    for verb in shell_table().keys() {
        assert!(help.lines().any(|line| line.trim_start().starts_with(verb)), "{verb}: {help}");
        assert!(readme.contains(&format!("`{verb}`")), "README.md does not name `{verb}`");
    }
}

#[test]
fn an_unknown_verb_is_wrong_usage() {
    let output =
        Command::new("bash").arg("build.sh").arg("nothing").current_dir(repository()).output();
    assert_eq!(output.expect("bash starts").status.code(), Some(2));
}

#[test]
fn every_shell_script_can_be_parsed() {
    for part in shell_parts() {
        let checked = Command::new("bash").arg("-n").arg(&part).output().expect("bash starts");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn continuous_integration_runs_the_test_verb_and_nothing_else() {
    let script = read(".ci/run");
    let calls: Vec<_> = script.lines().filter(|line| line.contains("build.sh")).collect();
    assert_eq!(calls, ["exec ./build.sh test </dev/null"]);
}

#[test]
fn both_scripts_pin_the_rust_of_the_workspace() {
    let manifest = read("Cargo.toml");
    let pinned = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .expect("the workspace names its Rust");
    assert!(read("src-tauri/build/tools.sh").contains(&format!("RUST_VERSION={pinned}.")));
    assert!(read("build.ps1").contains(&format!("$RustVersion = \"{pinned}.")));
}
