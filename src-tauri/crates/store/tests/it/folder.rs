//! The data folder and its lock.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use hearth_domain::Secret;
use hearth_store::{DataFolder, Endpoint, Error};

use crate::support::{Home, child, child_of, conversation};

fn endpoint() -> Endpoint {
    Endpoint::here(PathBuf::from("/run/hearth.sock"), Secret::new("token".to_owned()))
}

/// Holds the folder until it is killed.
fn hold(folder: &Path) {
    let folder = DataFolder::open(folder).unwrap();
    folder.publish(&endpoint()).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "held").unwrap();
    out.flush().unwrap();
    loop {
        std::thread::park();
    }
}

#[test]
fn a_second_process_is_told_how_to_reach_the_first_and_gets_the_folder_after_it_was_killed() {
    if let Some(folder) = child_of() {
        return hold(&folder);
    }
    let name = "folder::\
         a_second_process_is_told_how_to_reach_the_first_and_gets_the_folder_after_it_was_killed";
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data");
    let mut child = child(name, &path, None).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("held")), "the child ended by itself");
    let Err(Error::FolderLocked { endpoint: Some(found) }) = DataFolder::open(&path) else {
        panic!("the folder is not held")
    };
    assert_eq!(found.process, child.id());
    assert_eq!(*found, Endpoint { process: child.id(), ..endpoint() });
    child.kill().unwrap();
    child.wait().unwrap();
    let folder = DataFolder::open(&path).unwrap();
    assert_eq!(DataFolder::endpoint_of(&path).unwrap(), None, "the note of the dead is gone");
    drop(folder);
}

#[test]
fn a_folder_is_held_once_and_let_go_when_dropped() {
    let home = tempfile::tempdir().unwrap();
    let first = DataFolder::open(home.path()).unwrap();
    let held = DataFolder::open(home.path()).unwrap_err();
    assert!(matches!(held, Error::FolderLocked { endpoint: None }), "{held:?}");
    first.publish(&endpoint()).unwrap();
    assert_eq!(DataFolder::endpoint_of(home.path()).unwrap(), Some(endpoint()));
    first.withdraw().unwrap();
    assert_eq!(DataFolder::endpoint_of(home.path()).unwrap(), None);
    first.publish(&endpoint()).unwrap();
    drop(first);
    assert_eq!(DataFolder::endpoint_of(home.path()).unwrap(), None);
    DataFolder::open(home.path()).unwrap();
}

/// A process that is just being started has a copy of each open file until its program begins.
#[cfg(unix)]
#[test]
fn a_folder_that_was_let_go_is_free_while_another_process_is_being_started() {
    use std::{
        process::Command,
        sync::atomic::{AtomicBool, Ordering},
    };
    let home = tempfile::tempdir().unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(Command::new("true").status().unwrap().success());
            }
        });
        let refused = (0..2000).filter(|_| DataFolder::open(home.path()).is_err()).count();
        done.store(true, Ordering::Relaxed);
        assert_eq!(refused, 0);
    });
}

#[test]
fn a_note_that_is_no_note_is_as_good_as_none() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("endpoint.json"), "{\"process\": ").unwrap();
    assert_eq!(DataFolder::endpoint_of(home.path()).unwrap(), None);
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_note_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = DataFolder::open(&path).unwrap();
    folder.publish(&endpoint()).unwrap();
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("endpoint.json")), 0o600);
    assert_eq!(mode(&path.join("lock")), 0o600);
    drop(folder);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    DataFolder::open(&path).unwrap();
    assert_eq!(mode(&path), 0o700);
}

#[test]
fn a_folder_that_cannot_be_made_is_said() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let refused = DataFolder::open(&home.path().join("file/data")).unwrap_err();
    assert!(matches!(refused, Error::FolderUnusable(_)), "{refused:?}");
}

#[test]
fn sizes_tell_the_database_its_copies_and_the_rest_apart() {
    let (home, db) = Home::new();
    db.write(|w| w.conversation_insert(&conversation("x", 1))).unwrap();
    let folder = DataFolder::open(home.folder.path()).unwrap();
    db.back_up(&home.folder.path().join("hearth.db.before-2")).unwrap();
    fs::create_dir(home.folder.path().join("models")).unwrap();
    fs::write(home.folder.path().join("models/hearth.db"), vec![0; 1000]).unwrap();
    fs::create_dir(folder.logs()).unwrap();
    fs::write(folder.logs().join("requests.2026-11-22.jsonl"), vec![0; 300]).unwrap();
    let sizes = folder.sizes().unwrap();
    let file = |name: &str| fs::metadata(home.folder.path().join(name)).unwrap().len();
    let database = file("hearth.db") + file("hearth.db-wal") + file("hearth.db-shm");
    assert_eq!(sizes.database, database);
    assert_eq!(sizes.backups, file("hearth.db.before-2"));
    assert_eq!((sizes.logs, sizes.other), (300, 1000));
    assert_eq!(sizes.total(), database + sizes.backups + 1300);
}

#[test]
fn a_folder_is_handed_over_without_being_let_go() {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(home.path()).unwrap();
    let lock = folder.lock().unwrap();
    drop(folder);
    let refused = DataFolder::open(home.path()).unwrap_err();
    assert!(matches!(refused, Error::FolderLocked { .. }), "{refused:?}");
    let next = DataFolder::take_over(home.path(), lock).unwrap();
    assert!(DataFolder::open(home.path()).is_err());
    let clone = next.clone();
    drop(next);
    assert!(DataFolder::open(home.path()).is_err(), "a clone holds it too");
    drop(clone);
    // A file that is not the lock of the folder is as good as none.
    let other = tempfile::tempfile().unwrap();
    let taken = DataFolder::take_over(home.path(), other).unwrap();
    assert!(DataFolder::open(home.path()).is_err());
    drop(taken);
    DataFolder::open(home.path()).unwrap();
}
