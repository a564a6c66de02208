//! What opening refuses, and that it leaves the file as it was.

use std::{fs, path::Path};

use hearth_domain::ErrorCode;
use hearth_store::{ConversationFilter, Damage, DatabaseKey, Db, Error, Origin};
use uuid::Uuid;

use crate::support::{Home, contents, conversation, message, raw};

const CANARY: &str = "canary-7d1f-in-plain-text";

/// A database of a few hundred pages, closed.
fn filled() -> Home {
    let (home, db) = Home::new();
    let of = conversation(CANARY, 1);
    db.write(|w| {
        w.conversation_insert(&of)?;
        for _ in 0..200 {
            w.message_insert(&message(of.id, None, &CANARY.repeat(200)), Origin::default())?;
        }
        Ok(())
    })
    .unwrap();
    home
}

/// The database and its log. The index of the log is rebuilt by every reader, and an empty log is
/// one that is not there.
fn database(home: &Home) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = contents(home.folder.path())
        .into_iter()
        .map(|(path, content)| (path.file_name().unwrap().to_str().unwrap().to_owned(), content))
        .filter(|(name, content)| !name.ends_with("-shm") && !content.is_empty())
        .collect();
    files.sort();
    files
}

/// A copy of the folder as a killed process leaves it: with what is still in the log.
fn killed(home: &Home, db: Db) -> Home {
    let copy = tempfile::tempdir().unwrap();
    for (path, content) in contents(home.folder.path()) {
        fs::write(copy.path().join(path.file_name().unwrap()), content).unwrap();
    }
    drop(db);
    Home { folder: copy, key: home.key.clone() }
}

#[test]
fn ac_46_a_wrong_key_is_refused_and_the_file_and_its_log_are_untouched() {
    let home = filled();
    let db = home.open().unwrap();
    let of = conversation("in the log", 2);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    let home = killed(&home, db);
    let before = database(&home);
    assert!(before.iter().any(|(name, log)| name.ends_with("-wal") && !log.is_empty()));
    for _ in 0..2 {
        let wrong = DatabaseKey::generate().unwrap();
        assert!(matches!(Db::open(&home.path(), &wrong), Err(Error::KeyWrong)));
    }
    assert!(before == database(&home), "a file changed");
    let db = home.open().unwrap();
    assert_eq!(db.read(|r| r.conversation(of.id)).unwrap().title, "in the log");
}

#[test]
fn a_newer_schema_is_refused_and_the_file_is_untouched() {
    let home = filled();
    let conn = raw(&home.path(), &home.key);
    conn.pragma_update(None, "user_version", 1_000).unwrap();
    conn.close().unwrap();
    let before = database(&home);
    let refused = home.open().err().unwrap();
    assert!(matches!(refused, Error::SchemaNewer { found: 1_000, .. }), "{refused:?}");
    assert!(before == database(&home), "a file changed");
}

#[test]
fn ac_46_a_flipped_bit_in_any_part_of_the_file_is_refused_and_the_file_is_untouched() {
    let home = filled();
    let sound = fs::read(home.path()).unwrap();
    let places = [4096, sound.len() / 2, sound.len() - 1, 4096 * 7 + 4090];
    for place in places {
        let mut bent = sound.clone();
        bent[place] ^= 1;
        fs::write(home.path(), &bent).unwrap();
        let refused = home.open().err().unwrap();
        assert!(matches!(refused, Error::Corrupt(Damage::Page)), "{place}: {refused:?}");
        assert!(fs::read(home.path()).unwrap() == bent, "the file changed");
    }
    // In the first page it cannot be told from a wrong key without knowing the key's check.
    for place in [0, 20, 4095] {
        let mut bent = sound.clone();
        bent[place] ^= 1;
        fs::write(home.path(), &bent).unwrap();
        assert!(matches!(home.open(), Err(Error::KeyWrong)), "{place}");
        assert!(fs::read(home.path()).unwrap() == bent, "the file changed");
    }
    fs::write(home.path(), sound).unwrap();
    assert!(home.open().unwrap().verify().unwrap().is_sound());
}

#[test]
fn ac_46_a_page_that_is_damaged_while_the_program_runs_is_found_by_verify() {
    let home = filled();
    let conn = raw(&home.path(), &home.key);
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'message'";
    let page: u32 = conn.query_row(root, [], |row| row.get(0)).unwrap();
    conn.close().unwrap();
    let db = home.open().unwrap();
    let mut bent = fs::read(home.path()).unwrap();
    bent[(page as usize - 1) * 4096 + 2048] ^= 1;
    fs::write(home.path(), bent).unwrap();
    let of = db.read(|r| r.conversation_list(&ConversationFilter::default())).unwrap();
    let refused = db.read(|r| r.messages(of.items[0].id).map(drop)).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::DatabaseCorrupt, "{refused:?}");
    let found = db.verify().unwrap();
    assert_eq!(found.bad_pages, 1);
    assert!(found.damage.contains(&Damage::Page), "{found:?}");
}

#[test]
fn a_file_that_is_cut_short_or_is_something_else_is_refused() {
    let home = filled();
    let sound = fs::read(home.path()).unwrap();
    fs::write(home.path(), b"").unwrap();
    assert!(matches!(home.open(), Err(Error::Corrupt(Damage::Truncated))));
    fs::write(home.path(), &sound[..sound.len() / 2 + 5]).unwrap();
    assert!(matches!(home.open(), Err(Error::Corrupt(_))));
    fs::write(home.path(), "SQLite format 3\0".repeat(1000)).unwrap();
    assert!(matches!(home.open(), Err(Error::KeyWrong)));
    fs::remove_file(home.path()).unwrap();
    assert!(matches!(home.open(), Err(Error::DatabaseMissing)));
}

#[test]
fn a_database_is_not_made_over_one_that_is_there() {
    let home = filled();
    let before = database(&home);
    let refused = Db::create(&home.path(), &home.key, Uuid::new_v4()).err().unwrap();
    assert!(matches!(refused, Error::DatabaseExists));
    assert!(before == database(&home), "a file changed");
}

#[test]
fn ac_46_nothing_that_someone_wrote_lies_in_plain_text_in_any_file() {
    let home = filled();
    let db = home.open().unwrap();
    let of = conversation(CANARY, 2);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    db.back_up(&home.folder.path().join("hearth.db.before-2")).unwrap();
    let files = contents(home.folder.path());
    assert!(files.len() >= 3, "database, log and copy");
    for (path, content) in &files {
        let found = content.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert!(!found, "{}", path.display());
        let plain = content.starts_with(b"SQLite format 3");
        assert!(!plain, "{}", path.display());
    }
    assert!(Db::open(&home.folder.path().join("hearth.db.before-2"), &home.key).is_ok());
}

#[cfg(unix)]
#[test]
fn every_file_of_the_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = filled();
    let db = home.open().unwrap();
    db.write(|w| w.conversation_insert(&conversation("x", 1))).unwrap();
    db.back_up(&home.folder.path().join("copy")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in contents(home.folder.path()).keys() {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}
