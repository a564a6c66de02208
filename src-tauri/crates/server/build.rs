//! Makes the folder of the built user interface exist, so that cargo can watch it: the files in it
//! are embedded, and new file names would otherwise go unnoticed.

use std::{env, fs, path::PathBuf};

fn main() {
    let home = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let dist = home.join("../../../ui/dist");
    // A read-only source tree simply has no user interface inside.
    let _ = fs::create_dir_all(&dist);
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
}
