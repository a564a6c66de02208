//! Compiles the shim against the very sources that `llama-cpp-sys-2` was built from, twice: once for
//! the program, once with faults for the unit tests. What is not here: building llama.cpp itself.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

const SOURCES: [&str; 6] = [
    "hearth_model.cpp",
    "hearth_context.cpp",
    "hearth_encoder.cpp",
    "hearth_sampler.cpp",
    "hearth_chat.cpp",
    "hearth_estimate.cpp",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=shim");
    println!("cargo:rerun-if-changed=build.rs");
    let llama = llama_sources()?;
    println!("cargo:rustc-env=HEARTH_LLAMA_BUILD={}", build_id(&llama));
    shim(&llama).compile("hearth_shim");
    // Only the `#[link]` of the unit tests asks for this archive.
    shim(&llama)
        .define("HEARTH_SHIM_FAULTS", None)
        .cargo_metadata(false)
        .compile("hearth_shim_faults");
    Ok(())
}

/// The folder of llama.cpp. CMake wrote down which one it compiled, so headers and libraries cannot
/// come from two versions; asking `cargo metadata` would need every package of every platform.
fn llama_sources() -> Result<PathBuf, Box<dyn Error>> {
    let cmake = PathBuf::from(env::var("DEP_LLAMA_GGML_CMAKE_DIR")?);
    let out = cmake.ancestors().nth(2).ok_or("llama.cpp's build folder has another shape")?;
    let cache = fs::read_to_string(out.join("build").join("CMakeCache.txt"))?;
    let home = cache
        .lines()
        .find_map(|line| line.strip_prefix("CMAKE_HOME_DIRECTORY:INTERNAL="))
        .ok_or("CMake did not say where llama.cpp's sources are")?;
    let home = PathBuf::from(home);
    if home.join("common").join("chat.h").is_file() {
        Ok(home)
    } else {
        Err("llama.cpp's headers are not where CMake says".into())
    }
}

/// Names the sources: the package that holds them has its version in the name of its folder.
fn build_id(llama: &Path) -> String {
    let package = llama.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let target = env::var("TARGET").unwrap_or_default();
    format!("{package} {target}")
}

fn shim(llama: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .warnings(true)
        .flag_if_supported("/EHsc")
        .flag_if_supported("-Wno-unused-parameter")
        .flag_if_supported("-Wno-unused-function")
        .include("shim")
        .files(SOURCES.map(|name| Path::new("shim").join(name)));
    for folder in ["common", "include", "ggml/include", "src", "vendor"] {
        build.include(llama.join(folder));
    }
    build
}
