//! Is what is on disk what was written? Looks only; never repairs.

use std::{fs, path::Path};

use rusqlite::Connection;

use crate::{Damage, Db, Error, Reader, Result, files};

/// Up to this size every page is looked at before a database is opened (a tenth of a second);
/// larger ones are left to [`Db::verify`].
const LOOK_AT_ALL: u64 = 64 * 1024 * 1024;

/// What a full look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// What is wrong; empty where everything is sound.
    pub damage: Vec<Damage>,
    /// Pages of the file that are not what was written.
    pub bad_pages: u64,
    /// Conversations that are not deleted.
    pub conversations: u64,
    /// Messages, in deleted conversations too.
    pub messages: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}

impl Db {
    /// Looks at every page, every tree and every reference.
    ///
    /// # Errors
    /// Where the file cannot be read at all; damage is a finding, not an error.
    pub fn verify(&self) -> Result<Verification> {
        self.checkpoint()?;
        self.read(|r| {
            let mut found = Verification::default();
            if bad_pages(r.conn())? > 0 {
                // A page that was being written is half of each: looked at again in peace.
                found.bad_pages = self.quietly(|| bad_pages(r.conn()))?;
            }
            if found.bad_pages > 0 {
                found.damage.push(Damage::Page);
            }
            if !tolerate(structure_is_sound(r.conn()))? {
                found.damage.push(Damage::Structure);
            }
            if !tolerate(references_are_sound(r.conn()))? {
                found.damage.push(Damage::References);
            }
            if found.is_sound() {
                found.conversations = r.conversation_count()?;
                found.messages = Reader::message_count(r)?;
            }
            Ok(found)
        })
    }
}

/// Refuses a database with a damaged page before anything is written to it.
pub(crate) fn check_at_opening(conn: &Connection, path: &Path, size: u64) -> Result<()> {
    if size > LOOK_AT_ALL || bad_pages(conn)? == 0 {
        return Ok(());
    }
    // A crash in the middle of a checkpoint can tear a page of the file whose whole form is still
    // in the log. Then the file alone looks damaged, and the database is not.
    let log = fs::metadata(files::with_suffix(path, "-wal")).map_or(0, |log| log.len());
    if log > 0 && tolerate(structure_is_sound(conn))? {
        return Ok(());
    }
    Err(Error::Corrupt(Damage::Page))
}

/// Pages of the file whose authentication code does not fit. The log is not looked at.
fn bad_pages(conn: &Connection) -> Result<u64> {
    let mut check = conn.prepare("PRAGMA cipher_integrity_check")?;
    let mut rows = check.query([])?;
    let mut bad = 0;
    while rows.next()?.is_some() {
        bad += 1;
    }
    Ok(bad)
}

fn structure_is_sound(conn: &Connection) -> Result<bool> {
    let mut check = conn.prepare("PRAGMA integrity_check(1)")?;
    let first: String = check.query_row([], |row| row.get(0))?;
    Ok(first == "ok")
}

fn references_are_sound(conn: &Connection) -> Result<bool> {
    let mut check = conn.prepare("PRAGMA foreign_key_check")?;
    Ok(!check.exists([])?)
}

/// A page that cannot be read ends a check with an error, which is its finding.
fn tolerate(check: Result<bool>) -> Result<bool> {
    match check {
        Err(Error::Corrupt(_) | Error::Sqlite { .. } | Error::RowMalformed) => Ok(false),
        other => other,
    }
}
