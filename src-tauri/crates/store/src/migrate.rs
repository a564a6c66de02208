//! Schema changes: numbered files in one ordered slice. All pending ones run in one transaction,
//! after a copy by SQLite's own backup. There are no steps back: the copy is the way back.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior, backup::Backup, backup::StepResult};
use uuid::Uuid;

use crate::{
    Damage, DatabaseKey, Error, Reader, Result,
    db::{Access, connect, first_page},
    files,
};

/// Schema 1, 2, 3, …: only ever added to.
pub(crate) const ALL: &[&str] = &[
    include_str!("migrations/0001_init.sql"),
    include_str!("migrations/0002_conversation.sql"),
    include_str!("migrations/0003_search.sql"),
    include_str!("migrations/0004_quick.sql"),
    include_str!("migrations/0005_guard.sql"),
    include_str!("migrations/0006_models.sql"),
    include_str!("migrations/0007_prompt_cache.sql"),
    concat!(
        include_str!("migrations/0008_documents.sql"),
        include_str!("migrations/0008_passages.sql")
    ),
    include_str!("migrations/0009_port_keys.sql"),
    include_str!("migrations/0010_webhooks.sql"),
    include_str!("migrations/0011_unread_pages.sql"),
    include_str!("migrations/0012_attached.sql"),
];

/// Refuses a database from the future, and one that no migration made.
pub(crate) fn check_version(conn: &Connection, migrations: &[&str]) -> Result<()> {
    match (version(conn)?, known(migrations)) {
        (0, _) => Err(Error::Corrupt(Damage::Foreign)),
        (found, known) if found > known => Err(Error::SchemaNewer { found, known }),
        _ => Ok(()),
    }
}

/// Runs what is pending. `original` is `None` for a database that is being made.
pub(crate) fn run(
    conn: &mut Connection,
    migrations: &[&str],
    original: Option<(&Path, &DatabaseKey)>,
) -> Result<()> {
    let found = version(conn)?;
    let pending = migrations.get(found as usize..).unwrap_or_default();
    if pending.is_empty() {
        return Ok(());
    }
    if let Some((path, key)) = original {
        let id = Reader::new(conn).database_id()?;
        back_up(conn, &backup_path(path, found + 1), key, id)?;
    }
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in pending {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", known(migrations))?;
    transaction.commit()?;
    tracing::info!(from = found, to = known(migrations), "the database has a new schema");
    Ok(())
}

/// Where the copy from before schema `next` lies.
pub(crate) fn backup_path(path: &Path, next: u32) -> PathBuf {
    files::with_suffix(path, &format!(".before-{next}"))
}

/// Copies a database page by page into a file of its own, encrypted with the same key. The copy
/// gets its name once it is whole and was read back.
pub(crate) fn back_up(conn: &Connection, to: &Path, key: &DatabaseKey, id: Uuid) -> Result<()> {
    let new = files::with_suffix(to, ".new");
    for suffix in ["", "-wal", "-shm", "-journal"] {
        files::remove(&files::with_suffix(&new, suffix))?;
    }
    files::create_private(&new)?;
    let mut copy = connect(&new, key, Access::Write, Some(id))?;
    match Backup::new(conn, &mut copy)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(Error::Busy),
    }
    copy.close().map_err(|(_, error)| error)?;
    let copy = connect(&new, key, Access::Read, None)?;
    first_page(&copy)?;
    let same = version(&copy)? == version(conn)?;
    copy.close().map_err(|(_, error)| error)?;
    if !same {
        return Err(Error::Corrupt(Damage::Structure));
    }
    files::sync(&new)?;
    for suffix in ["-wal", "-shm"] {
        files::remove(&files::with_suffix(&new, suffix))?;
    }
    Ok(files::rename(&new, to)?)
}

fn version(conn: &Connection) -> Result<u32> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn known(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;

    const NEXT: &str = "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;";

    /// All that this program knows, and then these.
    fn all_and(more: &[&'static str]) -> Vec<&'static str> {
        [ALL, more].concat()
    }

    fn made(folder: &Path) -> (PathBuf, DatabaseKey) {
        let (path, key) = (folder.join("hearth.db"), DatabaseKey::generate().unwrap());
        Db::create(&path, &key, Uuid::new_v4()).unwrap();
        (path, key)
    }

    fn tables(path: &Path, key: &DatabaseKey, name: &str) -> i64 {
        let conn = connect(path, key, Access::Read, None).unwrap();
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        conn.query_row(sql, [name], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_copy_from_before_a_migration_lies_beside_the_database_and_opens() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = made(folder.path());
        let mut conn = connect(&path, &key, Access::Write, None).unwrap();
        run(&mut conn, &all_and(&[NEXT]), Some((&path, &key))).unwrap();
        let next = known(ALL) + 1;
        assert_eq!(version(&conn).unwrap(), next);
        drop(conn);
        assert_eq!(tables(&path, &key, "later"), 1);

        let copy = backup_path(&path, next);
        assert_eq!(copy, folder.path().join(format!("hearth.db.before-{next}")));
        assert_eq!(tables(&copy, &key, "later"), 0);
        // This program does not know the next schema: put back, the copy is its database again.
        let refused = Db::open(&path, &key).err().unwrap();
        assert!(matches!(refused, Error::SchemaNewer { found, .. } if found == next));
        for suffix in ["-wal", "-shm"] {
            files::remove(&files::with_suffix(&path, suffix)).unwrap();
        }
        std::fs::rename(copy, &path).unwrap();
        assert!(Db::open(&path, &key).unwrap().verify().unwrap().is_sound());
    }

    #[test]
    fn of_several_migrations_all_happen_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = made(folder.path());
        let mut conn = connect(&path, &key, Access::Write, None).unwrap();
        let broken = "CREATE TABLE other (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);";
        run(&mut conn, &all_and(&[NEXT, broken]), Some((&path, &key))).unwrap_err();
        assert_eq!(version(&conn).unwrap(), known(ALL));
        drop(conn);
        assert_eq!(tables(&path, &key, "later") + tables(&path, &key, "other"), 0);
        assert!(Db::open(&path, &key).unwrap().verify().unwrap().is_sound());
    }

    #[test]
    fn a_database_that_no_migration_made_is_refused() {
        let conn = Connection::open_in_memory().unwrap();
        let refused = check_version(&conn, ALL).unwrap_err();
        assert!(matches!(refused, Error::Corrupt(Damage::Foreign)));
    }
}
