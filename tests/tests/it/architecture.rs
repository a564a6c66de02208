//! The rules of `src-tauri/docs/architecture.md` that a machine can check: who may know whom, where
//! `unsafe` lives, names that say nothing, files that have grown. Reads manifests, the lock file and
//! source text; builds nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::support::tools::repository;

/// Which of our crates each of them may name. `hearth-testkit` is for development only.
/// The two programs name the engine to answer as the child process that tries out a chat template.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("hearth-domain", &[]),
    ("hearth-guard", &["hearth-domain"]),
    ("hearth-rag", &["hearth-domain"]),
    ("hearth-outbound", &["hearth-domain"]),
    ("hearth-llama", &["hearth-domain"]),
    ("hearth-engine", &["hearth-domain", "hearth-llama"]),
    ("hearth-store", &["hearth-domain"]),
    (
        "hearth-app",
        &[
            "hearth-domain",
            "hearth-engine",
            "hearth-guard",
            "hearth-outbound",
            "hearth-rag",
            "hearth-store",
        ],
    ),
    ("hearth-api", &["hearth-app", "hearth-domain"]),
    ("hearth-server", &["hearth-api", "hearth-app", "hearth-domain"]),
    // `hearth scan` needs the pure functions of the guardrails, and no open data folder; `hearth
    // extract` needs the readers, and none either.
    (
        "hearth-cli",
        &[
            "hearth-api",
            "hearth-app",
            "hearth-domain",
            "hearth-guard",
            "hearth-rag",
            "hearth-server",
        ],
    ),
    ("hearth-desktop", &["hearth-api", "hearth-app", "hearth-domain", "hearth-server"]),
    ("hearth-testkit", &[]),
    // The whole program is tested through its private socket too.
    ("hearth-tests", &["hearth-server"]),
];

/// Which packages, ours or others', may name these. deny.toml has the same list for cargo-deny.
const KEPT_BY: &[(&str, &[&str])] = &[
    ("axum", &["hearth-server"]),
    (
        "tauri",
        &[
            "hearth-desktop",
            "tauri-plugin-dialog",
            "tauri-plugin-fs",
            "tauri-plugin-global-shortcut",
        ],
    ),
    ("llama-cpp-2", &["hearth-llama"]),
    ("llama-cpp-sys-2", &["hearth-llama", "llama-cpp-2"]),
    ("rusqlite", &["hearth-store", "hearth-tests"]),
    ("keyring", &["hearth-app"]),
    // For Android only: it is in the lock file, not in the programs.
    ("reqwest", &["tauri"]),
    ("ureq", &[]),
    // TLS is there to be asked by others, and for the one way out, which alone has roots to trust a server of the web.
    ("rustls", &["tokio-rustls"]),
    ("tokio-rustls", &["hearth-server", "hearth-outbound"]),
    ("rustls-native-certs", &["hearth-outbound"]),
    // Certificates of this computer, and those of the tests of the way out.
    ("rcgen", &["hearth-server", "hearth-outbound"]),
    ("native-tls", &[]),
    ("hyper-rustls", &[]),
    ("webpki-roots", &[]),
    ("rustls-platform-verifier", &[]),
];

/// Words that a type's name may not have anywhere, and words that it may not end with.
const EMPTY_WORDS: &[&str] = &["Manager", "Service", "Helper", "Util", "Utils", "Processor"];
const EMPTY_ENDINGS: &[&str] = &["Data", "Info"];

/// Lines before the tests of a file; tables of plain data are exempt.
const LONGEST_FILE: usize = 450;
const TABLES: &[&str] = &["crates/domain/src/error_code.rs", "crates/api/src/commands.rs"];

fn packages() -> Vec<Package> {
    let manifest = repository().join("Cargo.toml");
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps().other_options(["--offline".to_owned()]);
    command.exec().expect("cargo describes the workspace").packages
}

/// Every file of ours below the given folders with one of the extensions.
fn sources(folders: &[&str], extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| repository().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ours = ![
                "target",
                "node_modules",
                "dist",
                "weights",
                "embedder",
                "runtime",
                "gen",
                "test-artifacts",
            ]
            .contains(&name.as_str());
            let known =
                path.extension().is_some_and(|end| extensions.iter().any(|known| end == *known));
            if path.is_dir() && ours && (!name.starts_with('.') || name == ".ci") {
                open.push(path);
            } else if path.is_file() && known {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn rust() -> Vec<PathBuf> {
    sources(&["src-tauri", "tests"], &["rs"])
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Each package of the lock file with what it names.
fn locked() -> BTreeMap<String, BTreeSet<String>> {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).expect("there is a lock file");
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let name = block.lines().find_map(|line| line.strip_prefix("name = ")).expect("a name");
        let needs = block
            .lines()
            .filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\","))
            .filter_map(|dependency| dependency.split(' ').next())
            .map(str::to_owned);
        packages.entry(name.trim_matches('"').to_owned()).or_default().extend(needs);
    }
    packages
}

#[test]
fn each_crate_names_only_the_crates_that_it_may_know() {
    let allowed: BTreeMap<_, _> = MAY_KNOW.iter().copied().collect();
    for package in packages() {
        let name = package.name.to_string();
        let allowed = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no rule"));
        for dependency in package.dependencies.iter().filter(|it| it.name.starts_with("hearth-")) {
            let known = allowed.contains(&dependency.name.as_str());
            let for_tests = dependency.kind == DependencyKind::Development
                && dependency.name == "hearth-testkit";
            assert!(known || for_tests, "{name} may not know {}", dependency.name);
        }
    }
}

#[test]
fn what_belongs_to_one_crate_is_named_by_no_other() {
    let locked = locked();
    for (kept, holders) in KEPT_BY {
        for (package, needs) in &locked {
            let may = holders.contains(&package.as_str());
            assert!(may || !needs.contains(*kept), "{package} may not know {kept}");
        }
    }
}

#[test]
fn only_the_binding_to_llama_cpp_has_unsafe_code() {
    for path in rust() {
        let name = shown(&path);
        if name.contains("crates/llama/") || name.ends_with("it/architecture.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "allow(unsafe_code"] {
            assert!(!text.contains(word), "{name} has `{word}`");
        }
    }
}

#[test]
fn only_the_one_way_out_asks_for_names_or_connects() {
    // The private socket is a file of this computer, and the port waits to be asked: neither needs these. The last
    // is for tests that lie about the network.
    let words = [
        "TcpStream::connect",
        "TcpSocket",
        "UdpSocket",
        "lookup_host",
        "to_socket_addrs",
        "with_network(",
    ];
    for path in rust() {
        let name = shown(&path);
        let is_program = name.starts_with("src-tauri/") && !name.contains("/tests/");
        if !is_program || name.contains("crates/outbound/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for word in words {
            assert!(!code.contains(word), "{name} has `{word}`; the way out is hearth-outbound");
        }
    }
}

#[test]
fn no_public_type_has_a_name_that_says_nothing() {
    for path in rust() {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let Some(name) = public_type(line.trim_start()) else { continue };
            let words = words(name);
            let empty = words.iter().any(|word| EMPTY_WORDS.contains(&word.as_str()))
                || words.last().is_some_and(|word| EMPTY_ENDINGS.contains(&word.as_str()));
            assert!(!empty, "{}: {name}", shown(&path));
        }
    }
}

/// The name in `pub struct Name`, `pub(crate) enum Name` and the like.
fn public_type(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) "))?;
    let rest = ["struct ", "enum ", "trait "].iter().find_map(|kind| rest.strip_prefix(kind))?;
    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

/// `DataFolder` is `Data` and `Folder`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_uppercase() => word.push(letter),
            _ => words.push(letter.to_string()),
        }
    }
    words
}

#[test]
fn no_file_has_grown_beyond_what_one_can_hold_in_mind() {
    let mut files = rust();
    files.extend(sources(&["ui/src"], &["ts", "svelte"]));
    for path in files {
        let name = shown(&path);
        if TABLES.iter().any(|table| name.ends_with(table)) || name.contains("/generated/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = code.lines().count();
        assert!(lines <= LONGEST_FILE, "{name} has {lines} lines: look for the second thing in it");
    }
}

#[test]
fn every_rust_module_begins_with_what_it_is_for() {
    let mut bare = Vec::new();
    for path in rust() {
        let text = fs::read_to_string(&path).unwrap();
        if !text.starts_with("//! ") || text.len() < 40 {
            bare.push(shown(&path));
        }
    }
    assert!(bare.is_empty(), "without a header: {bare:?}");
}

#[test]
fn no_file_names_a_package_registry_or_a_folder_of_somebodys_computer() {
    // In two halves, so that this file passes its own test.
    let halves = [
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("registry.npm", "js.org"),
        ("index.crates", ".io"),
        ("static.crates", ".io"),
        ("artifact", "ory"),
        ("/ro", "ot/"),
        ("/wo", "rk/"),
        ("/Use", "rs/"),
    ];
    let extensions = [
        "rs", "ts", "svelte", "json", "toml", "md", "sh", "ps1", "py", "txt", "html", "css", "yml",
    ];
    for path in sources(&["."], &extensions) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        for (first, second) in halves {
            let word = [first, second].concat();
            assert!(!text.contains(&word), "{} names {word}", shown(&path));
        }
    }
}

#[test]
fn every_locked_crate_comes_from_the_one_public_registry() {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    let found: BTreeSet<_> = sources.collect();
    assert_eq!(found.len(), 1, "{found:?}");
}
