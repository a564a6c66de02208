//! Where programs, models and artefacts are. A missing one fails the test with a sentence that
//! says what to do; it never skips it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The root of the source tree.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the tree").to_owned()
}

/// One of our own programs, as built beside this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let here = env::current_exe().expect("a test knows its own file");
    let folder = here.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps");
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "`{name}` is not built: run the tests with `./build.sh test`, or build it first"
    );
    program
}

/// A program of the system.
pub(crate) fn tool(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is missing: `./build.sh test` installs what tests need")
        })
}

/// The folder of the catalogue and the bundled models.
pub(crate) fn models() -> PathBuf {
    repository().join("models")
}

/// Where a test leaves something for people to look at.
pub(crate) fn artefact(name: &str) -> PathBuf {
    let folder = repository().join("test-artifacts");
    fs::create_dir_all(&folder).expect("artefacts can be written");
    folder.join(name)
}
