//! A home folder of a test's own: nothing of the person who runs the tests is read or written.

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::tools;

/// A home with data, cache, temporary and run-time folders below one root; removed at the end.
pub(crate) struct Home {
    root: TempDir,
    surroundings: Vec<(&'static str, String)>,
}

impl Home {
    /// An empty one. Short paths, because the name of a socket may have 107 bytes.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("hearth-").tempdir_in("/tmp").unwrap();
        for folder in ["home", "run", "tmp"] {
            let folder = root.path().join(folder);
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self { root, surroundings: Vec::new() }
    }

    /// What every program started from now on sees besides: a display, a bus.
    pub(crate) fn surround(&mut self, surroundings: Vec<(&'static str, String)>) {
        self.surroundings = surroundings;
    }

    /// What programs see under a name.
    pub(crate) fn surrounding(&self, name: &str) -> Option<String> {
        let found = self.surroundings.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    /// Everything the test may have written.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The person's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// Where Hearth keeps its data unless told otherwise.
    pub(crate) fn data(&self) -> PathBuf {
        self.home().join(".local/share/hearth")
    }

    /// The bytes of the database.
    pub(crate) fn database(&self) -> Vec<u8> {
        std::fs::read(self.data().join("hearth.db")).expect("there is a database")
    }

    /// Changes one bit of its first page, so that nobody can open it. Returns its bytes.
    pub(crate) fn damage_database(&self) -> Vec<u8> {
        let mut bytes = self.database();
        bytes[100] ^= 1;
        std::fs::write(self.data().join("hearth.db"), &bytes).expect("the database is written");
        bytes
    }

    /// A program that sees this home and nothing else of the outside.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.root().join("run"))
            .env("TMPDIR", self.root().join("tmp"))
            .env("HEARTH_MODELS_DIR", tools::models())
            .env("LANG", "C.UTF-8")
            // Several engines share few processors here: threads that wait must not spin.
            .env("OMP_WAIT_POLICY", "passive")
            .envs(self.surroundings.iter().cloned())
            .current_dir(self.home());
        command
    }

    /// The command line; without a session there is no display, no bus and no keyring.
    pub(crate) fn hearth(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(tools::program("hearth"));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the command line to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.hearth(arguments).output().expect("hearth starts")
    }

    /// Runs the command line and reads the one object it prints.
    ///
    /// # Panics
    /// Where it ends with an error, with what it said.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "hearth {arguments:?}: {}: {said}", output.status);
        serde_json::from_slice(&output.stdout).expect("one JSON object on standard output")
    }
}

/// The `code` of the error object that a failed command leaves on standard error.
pub(crate) fn error_code(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines()
        .rev()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|value| value["code"].as_str().map(str::to_owned))
        .unwrap_or_else(|| panic!("no error object on standard error: {said}"))
}
