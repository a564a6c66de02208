//! Databases that are not what they should be: refused with their code, the way out shown, and not
//! one byte of the data folder changed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Home, disk, home};

/// A home whose database has been made, by the command line and without a keyring.
fn with_database() -> Home {
    let home = Home::new();
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
    assert!(database(&home).is_file() && key(&home).is_file());
    home
}

fn database(home: &Home) -> PathBuf {
    home.data().join("hearth.db")
}

fn key(home: &Home) -> PathBuf {
    home.data().join("key")
}

/// Everything of the folder but the lock, which every attempt takes, and what SQLite makes for whoever
/// reads: the index of the log, and a log that is empty. None holds anything of the person's.
fn kept(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = disk::snapshot(&home.data());
    let passing = ["lock", "hearth.db-shm"].map(|name| home.data().join(name));
    let log = home.data().join("hearth.db-wal");
    files.retain(|(file, bytes)| !(passing.contains(file) || *file == log && bytes.is_empty()));
    files
}

/// Every way in is refused with one of these codes and says what to do; nothing changes.
fn assert_refused(home: &Home, codes: &[&str]) {
    let before = kept(home);
    for command in [&["verify", "--json"][..], &["chat", "--json", "Hi"], &["doctor", "--json"]] {
        let output = home.run(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {output:?}");
        let code = home::error_code(&output);
        assert!(codes.contains(&code.as_str()), "{command:?}: {code}, not one of {codes:?}");
    }
    let people = home.run(&["verify"]);
    let said = String::from_utf8_lossy(&people.stderr);
    assert!(said.lines().count() >= 2, "what happened, and what to do: {said}");
    let after = kept(home);
    let names = |files: &[(PathBuf, Vec<u8>)]| {
        files.iter().map(|(file, bytes)| (file.clone(), bytes.len())).collect::<Vec<_>>()
    };
    assert_eq!(names(&after), names(&before), "the data folder was touched");
    assert!(after == before, "a file of the data folder was changed");
}

#[test]
fn a_database_without_its_key_is_refused_and_no_new_key_is_made() {
    let home = with_database();
    fs::remove_file(key(&home)).unwrap();
    assert_refused(&home, &["database_key_missing"]);
    assert!(!key(&home).exists());
}

#[test]
fn a_wrong_key_is_refused() {
    let home = with_database();
    write_key(&key(&home), &"0f".repeat(32));
    assert_refused(&home, &["database_key_wrong"]);
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let home = with_database();
    fs::set_permissions(key(&home), fs::Permissions::from_mode(0o644)).unwrap();
    assert_refused(&home, &["database_key_missing"]);
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let home = with_database();
    let digits = fs::read_to_string(key(&home)).unwrap();
    let connection = Connection::open(database(&home)).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", digits.trim())).unwrap();
    connection
        .execute_batch("PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    connection.close().unwrap();
    assert_refused(&home, &["database_newer"]);
}

#[test]
fn a_flipped_bit_in_the_first_page_is_refused() {
    let home = with_database();
    flip(&database(&home), 100);
    assert_refused(&home, &["database_corrupt"]);
}

#[test]
fn a_flipped_bit_in_any_page_is_found_by_verify_and_repaired_by_nobody() {
    let home = with_database();
    let length = fs::metadata(database(&home)).unwrap().len();
    flip(&database(&home), length - 100);
    let before = fs::read(database(&home)).unwrap();
    let output = home.run(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(home::error_code(&output), "database_corrupt");
    assert!(fs::read(database(&home)).unwrap() == before, "the file was touched");
}

#[test]
fn a_database_that_was_cut_short_is_refused() {
    let home = with_database();
    let bytes = fs::read(database(&home)).unwrap();
    fs::write(database(&home), &bytes[..bytes.len() / 2]).unwrap();
    assert_refused(&home, &["database_corrupt"]);
}

fn write_key(file: &Path, digits: &str) {
    fs::write(file, digits).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn flip(file: &Path, place: u64) {
    let mut bytes = fs::read(file).unwrap();
    bytes[usize::try_from(place).unwrap()] ^= 1;
    fs::write(file, bytes).unwrap();
}
