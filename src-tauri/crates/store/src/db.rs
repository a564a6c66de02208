//! The database as the rest of the program sees it: one connection that writes, a few that read.
//!
//! A write is one IMMEDIATE transaction that is on disk when [`Db::write`] returns
//! (`synchronous=FULL`). A read sees one moment. Opening looks before it touches: a file with a
//! wrong key, a newer schema or a damaged page is left as it was.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Mutex, Once, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};
use uuid::Uuid;

use crate::{Damage, DatabaseKey, Error, Result, columns, damage, files, migrate, table};

/// SQLite's page, and the least that a database can be.
const PAGE: u64 = 4096;
/// Connections that are kept for reading; more are opened while more read at once.
const IDLE_READERS: usize = 4;
/// Nobody else writes: the folder is locked. What waits is a checkpoint or a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENTS_KEPT: usize = 64;
/// Bytes of a database that is written anew to make it smaller.
const LARGEST_REWRITTEN: u64 = 512 * 1024 * 1024;
/// How often the log is asked to be emptied.
const CHECKPOINTS: u32 = 100;

/// Settings of a connection that writes. WAL is a property of the file.
///
/// `cipher_memory_security` stays off: it wipes and locks each page that SQLite frees, which the
/// usual limit of locked memory forbids and every query pays for; who can read our memory can read
/// the model's as well.
const WRITER: &str = "PRAGMA journal_mode = WAL;
     PRAGMA synchronous = FULL;
     PRAGMA fullfsync = ON;
     PRAGMA checkpoint_fullfsync = ON;
     PRAGMA secure_delete = ON;
     PRAGMA journal_size_limit = 16777216;";
const EVERYONE: &str = "PRAGMA foreign_keys = ON;
     PRAGMA temp_store = MEMORY;
     PRAGMA trusted_schema = OFF;
     PRAGMA cell_size_check = ON;";
/// Pages in the cache of a reader, in KiB (negative as SQLite wants it): a page that fell out of it
/// is decrypted again, and a search over 100 000 messages visits more than the usual 2 MiB.
const READER: &str = "PRAGMA cache_size = -16384;";

/// An open database. Share it in an `Arc`; every call blocks.
pub struct Db {
    path: PathBuf,
    key: DatabaseKey,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// What can be asked. Its methods are in the file of each table.
pub struct Reader<'c> {
    conn: &'c Connection,
}

/// What can be asked and changed. Its methods are in the file of each table.
pub struct Writer<'c> {
    reader: Reader<'c>,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    pub(crate) fn conn(&self) -> &'c Connection {
        self.conn
    }
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl Db {
    /// Makes a new database. It appears under its name only once it is whole.
    ///
    /// # Errors
    /// [`Error::DatabaseExists`]; what the disk says.
    pub fn create(path: &Path, key: &DatabaseKey, id: Uuid) -> Result<Self> {
        Self::create_with(path, key, id, |_| Ok(()))
    }

    /// Makes a new database with something in it from its first moment.
    pub(crate) fn create_with(
        path: &Path,
        key: &DatabaseKey,
        id: Uuid,
        fill: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<Self> {
        if path.try_exists()? {
            return Err(Error::DatabaseExists);
        }
        let new = files::with_suffix(path, ".new");
        for suffix in ["", "-wal", "-shm", "-journal"] {
            files::remove(&files::with_suffix(&new, suffix))?;
        }
        set_log_aside(path)?;
        files::create_private(&new)?;
        let mut conn = connect(&new, key, Access::Write, Some(id))?;
        conn.execute_batch(WRITER)?;
        conn.execute_batch(EVERYONE)?;
        migrate::run(&mut conn, migrate::ALL, None)?;
        transaction(&mut conn, |w| {
            w.set_database_id(id)?;
            fill(w)
        })?;
        conn.close().map_err(|(_, error)| error)?;
        files::sync(&new)?;
        files::rename(&new, path)?;
        Self::open(path, key)
    }

    /// Opens a database, and brings its schema up to this program's after a backup.
    ///
    /// # Errors
    /// [`Error::DatabaseMissing`], [`Error::KeyWrong`], [`Error::Corrupt`],
    /// [`Error::SchemaNewer`]: the file was not touched.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<Self> {
        let size = size_of(path)?;
        let mut conn = connect(path, key, Access::Write, None)?;
        // Until everything was looked at, closing must not move the log into the file.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        first_page(&conn)?;
        migrate::check_version(&conn, migrate::ALL)?;
        damage::check_at_opening(&conn, path, size)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        conn.execute_batch(WRITER)?;
        conn.execute_batch(EVERYONE)?;
        migrate::run(&mut conn, migrate::ALL, Some((path, key)))?;
        Ok(Self {
            path: path.to_owned(),
            key: key.clone(),
            writer: Mutex::new(conn),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Reads, at one moment of the database.
    ///
    /// # Errors
    /// What `read` returns, or what the database says.
    pub fn read<T>(&self, read: impl FnOnce(&Reader<'_>) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => {
                let conn = connect(&self.path, &self.key, Access::Read, None)?;
                conn.execute_batch(EVERYONE)?;
                conn.execute_batch(READER)?;
                conn
            }
        };
        let moment = conn.unchecked_transaction()?;
        let value = read(&Reader::new(&moment));
        moment.finish()?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(conn);
        }
        value
    }

    /// Writes, in one transaction that is on disk when this returns `Ok` and never happened where
    /// it returns an error.
    ///
    /// # Errors
    /// What `write` returns, or what the database says.
    pub fn write<T>(&self, write: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let mut conn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        transaction(&mut conn, write)
    }

    /// Runs something while nobody writes.
    pub(crate) fn quietly<T>(&self, run: impl FnOnce() -> T) -> T {
        let _conn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        run()
    }

    /// Moves the log into the database file, so that the file alone is whole.
    ///
    /// # Errors
    /// What the disk says.
    pub fn checkpoint(&self) -> Result<()> {
        let conn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Gives back the space of what was removed, and empties the log that may still hold it.
    ///
    /// A file with much free space is written anew, which takes memory of the size of what stays;
    /// a large one is left as it is: `secure_delete` has overwritten what was removed from it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn compact(&self) -> Result<()> {
        let conn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = |sql: &str| conn.query_row(sql, [], |row| columns::count(row, 0));
        let (all, free) = (pages("PRAGMA page_count")?, pages("PRAGMA freelist_count")?);
        if free * 4 >= all && (all - free) * PAGE <= LARGEST_REWRITTEN {
            conn.execute_batch("VACUUM")?;
        }
        for _ in 0..CHECKPOINTS {
            let busy: bool =
                conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if !busy {
                return Ok(());
            }
            // Somebody still reads what was; a read lasts milliseconds.
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(Error::Busy)
    }

    /// Copies the database as it is now, encrypted with the same key.
    ///
    /// # Errors
    /// What the disk says.
    pub fn back_up(&self, to: &Path) -> Result<()> {
        let id = self.read(|r| r.database_id())?;
        let conn = connect(&self.path, &self.key, Access::Read, None)?;
        migrate::back_up(&conn, to, &self.key, id)
    }

    pub(crate) fn key(&self) -> &DatabaseKey {
        &self.key
    }

    /// The writing connection, to provoke faults.
    #[cfg(test)]
    pub(crate) fn with_writer<T>(&self, with: impl FnOnce(&Connection) -> T) -> T {
        with(&self.writer.lock().unwrap())
    }
}

/// A log without its database belongs to one that someone took away. It would be read as the log
/// of the new one, and may be what the old one lacks.
fn set_log_aside(path: &Path) -> Result<()> {
    files::remove(&files::with_suffix(path, "-shm"))?;
    let log = files::with_suffix(path, "-wal");
    match fs::rename(&log, files::with_suffix(&log, ".orphan")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Bytes of a file that is long enough to be a database.
pub(crate) fn size_of(path: &Path) -> Result<u64> {
    match fs::metadata(path) {
        Ok(found) if found.len() < PAGE => Err(Error::Corrupt(Damage::Truncated)),
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::DatabaseMissing),
        Err(_) => Err(Error::Unreadable),
    }
}

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// SQLite lets a second thread open databases while the first one is still setting SQLCipher up
/// (`SQLITE_EXTRA_INIT` runs after `sqlite3_initialize` has let others in): whoever is the first to
/// open anything does it alone.
static SET_UP: Once = Once::new();

/// Opens a file that exists and gives SQLCipher the key; nothing is read yet.
pub(crate) fn connect(
    path: &Path,
    key: &DatabaseKey,
    access: Access,
    salt: Option<Uuid>,
) -> Result<Connection> {
    let flags = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    SET_UP.call_once(|| drop(Connection::open_in_memory()));
    // Each connection is used by one thread at a time.
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // SQLCipher writes to standard error unless told not to; what it says comes back as errors.
    conn.query_row("PRAGMA cipher_log_level = NONE", [], |_| Ok(()))?;
    conn.query_row(key.pragma(salt).trim_end_matches(';'), [], |_| Ok(()))?;
    table::register(&conn)?;
    Ok(conn)
}

/// The first read decides whether the key is the right one.
pub(crate) fn first_page(conn: &Connection) -> Result<()> {
    let read = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    read.map_err(|error| match Error::from(error) {
        Error::Corrupt(Damage::FirstPage) => Error::KeyWrong,
        other => other,
    })
}

fn transaction<T>(
    conn: &mut Connection,
    write: impl FnOnce(&mut Writer<'_>) -> Result<T>,
) -> Result<T> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = write(&mut Writer { reader: Reader::new(&transaction) })?;
    transaction.commit()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_database_says_disk_full_and_what_was_saved_stays_readable() {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::generate().unwrap();
        let id = Uuid::new_v4();
        let db = Db::create(&folder.path().join("hearth.db"), &key, id).unwrap();
        db.with_writer(|conn| conn.pragma_update(None, "max_page_count", 60)).unwrap();
        let refused = db.write(|w| w.set_window_places(&"x".repeat(1 << 20))).unwrap_err();
        assert!(matches!(refused, Error::DiskFull), "{refused:?}");
        assert_eq!(db.read(|r| r.database_id()).unwrap(), id);
        db.write(|w| w.set_window_places("x")).unwrap();
        assert!(db.verify().unwrap().is_sound());
    }

    #[test]
    fn a_panic_in_a_write_undoes_it_and_the_database_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::generate().unwrap();
        let db = Db::create(&folder.path().join("hearth.db"), &key, Uuid::new_v4()).unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            db.write(|w| -> Result<()> {
                w.set_window_places("x")?;
                panic!("a fault of the caller");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(db.read(|r| r.window_places()).unwrap(), None);
        db.write(|w| w.set_window_places("x")).unwrap();
    }

    #[test]
    fn the_file_begins_with_the_name_of_its_database() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("hearth.db"), DatabaseKey::generate().unwrap());
        let id = Uuid::new_v4();
        let db = Db::create(&path, &key, id).unwrap();
        db.back_up(&folder.path().join("copy")).unwrap();
        for file in ["hearth.db", "copy"] {
            let content = fs::read(folder.path().join(file)).unwrap();
            assert_eq!(&content[..16], id.as_bytes(), "{file}");
        }
    }
}
