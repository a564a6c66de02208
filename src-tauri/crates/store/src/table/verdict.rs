//! What was learnt of model files by trying and measuring them, by their checksum. What the facts
//! mean is the caller's business.

use hearth_domain::{ErrorCode, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use crate::{Reader, Result, Writer, columns};

/// Measurements of one file on one computer that are kept: enough for a plot.
const MOST_SPEEDS: u32 = 100;

/// How a file's trial ended.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVerdict {
    /// The lower-case hexadecimal SHA-256 of the file.
    pub sha256: String,
    /// The build of the engine that tried it.
    pub build: String,
    /// Why it is not loaded; `None` where it is.
    pub code: Option<ErrorCode>,
    /// What was found, in the caller's own form.
    pub facts: Value,
    /// When it was tried.
    pub tried: Timestamp,
}

/// How fast a file is on one computer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSpeed {
    /// The lower-case hexadecimal SHA-256 of the file.
    pub sha256: String,
    /// The computer, in the caller's own words.
    pub machine: String,
    /// The build of the engine that was measured.
    pub build: String,
    /// Whether a person asked for it.
    pub asked: bool,
    /// What was found, in the caller's own form.
    pub facts: Value,
    /// When it was measured.
    pub measured: Timestamp,
}

fn verdict(row: &Row<'_>) -> rusqlite::Result<StoredVerdict> {
    Ok(StoredVerdict {
        sha256: row.get(0)?,
        build: row.get(1)?,
        code: columns::maybe_word(row, 2)?,
        facts: columns::json(row, 3)?,
        tried: columns::time(row, 4)?,
    })
}

fn speed(row: &Row<'_>) -> rusqlite::Result<StoredSpeed> {
    Ok(StoredSpeed {
        sha256: row.get(0)?,
        machine: row.get(1)?,
        build: row.get(2)?,
        asked: row.get(3)?,
        facts: columns::json(row, 4)?,
        measured: columns::time(row, 5)?,
    })
}

impl Reader<'_> {
    /// How the trial of a file by a build ended; `None` where there was none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn model_verdict(&self, sha256: &str, build: &str) -> Result<Option<StoredVerdict>> {
        let sql = "SELECT sha256, build, code, facts, tried FROM model_verdict
             WHERE sha256 = ?1 AND build = ?2";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([sha256, build], verdict).optional()?)
    }

    /// How fast a file was on a computer, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn model_speeds(&self, sha256: &str, machine: &str) -> Result<Vec<StoredSpeed>> {
        let sql = "SELECT sha256, machine, build, asked, facts, measured FROM model_speed
             WHERE sha256 = ?1 AND machine = ?2 ORDER BY seq";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([sha256, machine], speed)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Keeps how a trial ended, in the place of what was known; verdicts of other builds about the
    /// file go: this build is the one that is used now.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn model_verdict_save(&mut self, verdict: &StoredVerdict) -> Result<()> {
        self.conn().execute("DELETE FROM model_verdict WHERE sha256 = ?1", [&verdict.sha256])?;
        let sql = "INSERT INTO model_verdict (sha256, build, code, facts, tried)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        self.conn().execute(
            sql,
            params![
                verdict.sha256,
                verdict.build,
                verdict.code.map(|code| code.as_str()),
                columns::to_json(&verdict.facts)?,
                verdict.tried.0,
            ],
        )?;
        Ok(())
    }

    /// Adds a measurement; the oldest beyond a hundred go.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn model_speed_add(&mut self, speed: &StoredSpeed) -> Result<()> {
        let sql = "INSERT INTO model_speed (sha256, machine, build, asked, facts, measured)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.conn().execute(
            sql,
            params![
                speed.sha256,
                speed.machine,
                speed.build,
                speed.asked,
                columns::to_json(&speed.facts)?,
                speed.measured.0,
            ],
        )?;
        let sql = "DELETE FROM model_speed WHERE sha256 = ?1 AND machine = ?2 AND seq NOT IN
             (SELECT seq FROM model_speed WHERE sha256 = ?1 AND machine = ?2
              ORDER BY seq DESC LIMIT ?3)";
        self.conn().execute(sql, params![speed.sha256, speed.machine, MOST_SPEEDS])?;
        Ok(())
    }
}
