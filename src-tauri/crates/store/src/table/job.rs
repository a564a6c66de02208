//! Jobs: long work that outlives a window and, where its kind can go on, the process.

use hearth_domain::{ErrorCode, JobId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Reader, Result, Writer, columns};

const COLUMNS: &str = "id, kind, payload, status, step, done, total, checkpoint, error, attempt, \
     parent, created, started, finished";
pub(super) const BY_STATUS: &str = "SELECT id, kind, payload, status, step, done, total, \
     checkpoint, error, attempt, parent, created, started, finished
     FROM job WHERE status = ?1 ORDER BY seq";

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waits for its turn.
    Queued,
    /// Works.
    Running,
    /// Done.
    Succeeded,
    /// Ended by an error.
    Failed,
    /// Someone stopped it.
    Cancelled,
    /// The program ended while it worked.
    Interrupted,
}

/// A job to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Its name.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What to do, in the form of its kind.
    pub payload: Value,
    /// The job that it is a part of.
    pub parent: Option<JobId>,
    /// When it was asked for.
    pub created: Timestamp,
}

/// A job as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What was asked for.
    pub new: NewJob,
    /// How far it is.
    pub status: JobStatus,
    /// The step it is at, in the words of its kind.
    pub step: String,
    /// Units of the step that are done.
    pub done: u64,
    /// Units of the step in all; 0 where unknown.
    pub total: u64,
    /// Where to go on after an interruption.
    pub checkpoint: Option<Value>,
    /// Why it failed.
    pub error: Option<ErrorCode>,
    /// How often it was begun.
    pub attempt: u32,
    /// When it was last begun.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

fn job(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        new: NewJob {
            id: JobId(columns::uuid(row, 0)?),
            kind: row.get(1)?,
            payload: columns::json(row, 2)?,
            parent: columns::maybe_uuid(row, 10)?.map(JobId),
            created: columns::time(row, 11)?,
        },
        status: columns::word(row, 3)?,
        step: row.get(4)?,
        done: columns::count(row, 5)?,
        total: columns::count(row, 6)?,
        checkpoint: columns::maybe_json(row, 7)?,
        error: columns::maybe_word(row, 8)?,
        attempt: row.get(9)?,
        started: columns::maybe_time(row, 12)?,
        finished: columns::maybe_time(row, 13)?,
    })
}

impl Reader<'_> {
    /// One job.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub fn job(&self, id: JobId) -> Result<Job> {
        let sql = format!("SELECT {COLUMNS} FROM job WHERE id = ?1");
        let mut query = self.conn().prepare_cached(&sql)?;
        query.query_row([id.0.as_bytes()], job).optional()?.ok_or(Error::JobNotFound)
    }

    /// The jobs of one status, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn jobs(&self, status: JobStatus) -> Result<Vec<Job>> {
        let mut query = self.conn().prepare_cached(BY_STATUS)?;
        let status = columns::to_word(&status)?;
        let rows = query.query_map([status], job)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Queues a job.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the name is taken or the parent does not exist.
    pub fn job_insert(&mut self, new: &NewJob) -> Result<()> {
        let sql = "INSERT INTO job (id, kind, payload, status, step, done, total, attempt, parent,
             created) VALUES (?1, ?2, ?3, 'queued', '', 0, 0, 0, ?4, ?5)";
        self.conn().prepare_cached(sql)?.execute(params![
            new.id.0.as_bytes(),
            new.kind,
            columns::to_json(&new.payload)?,
            new.parent.map(|id| id.0.into_bytes()),
            new.created.0,
        ])?;
        Ok(())
    }

    /// Begins a queued job.
    ///
    /// # Errors
    /// [`Error::JobNotFound`] where it is not queued.
    pub fn job_start(&mut self, id: JobId, now: Timestamp) -> Result<Job> {
        let sql = "UPDATE job SET status = 'running', attempt = attempt + 1, started = ?2,
             finished = NULL, error = NULL WHERE id = ?1 AND status = 'queued'";
        self.job_changed(id, sql, params![id.0.as_bytes(), now.0])
    }

    /// Saves how far a job is; a checkpoint of `None` keeps the one it has.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub fn job_progress(
        &mut self,
        id: JobId,
        step: &str,
        (done, total): (u64, u64),
        checkpoint: Option<&Value>,
    ) -> Result<Job> {
        let sql = "UPDATE job SET step = ?2, done = ?3, total = ?4,
             checkpoint = coalesce(?5, checkpoint) WHERE id = ?1";
        let checkpoint = checkpoint.map(columns::to_json).transpose()?;
        let (done, total) = (columns::to_integer(done)?, columns::to_integer(total)?);
        self.job_changed(id, sql, params![id.0.as_bytes(), step, done, total, checkpoint])
    }

    /// Ends a job.
    ///
    /// # Errors
    /// [`Error::JobNotFound`].
    pub fn job_finish(
        &mut self,
        id: JobId,
        status: JobStatus,
        error: Option<ErrorCode>,
        now: Timestamp,
    ) -> Result<Job> {
        let sql = "UPDATE job SET status = ?2, error = ?3, finished = ?4 WHERE id = ?1";
        let status = columns::to_word(&status)?;
        let error = error.map(ErrorCode::as_str);
        self.job_changed(id, sql, params![id.0.as_bytes(), status, error, now.0])
    }

    /// To be called once at start: what was running is interrupted, and of that the kinds in
    /// `resumable` are queued again. Returns how many were interrupted.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn jobs_interrupt(&mut self, resumable: &[&str], now: Timestamp) -> Result<usize> {
        let running = self.jobs(JobStatus::Running)?;
        for job in &running {
            let status = if resumable.contains(&job.new.kind.as_str()) {
                JobStatus::Queued
            } else {
                JobStatus::Interrupted
            };
            self.job_finish(job.new.id, status, None, now)?;
        }
        Ok(running.len())
    }

    fn job_changed(&mut self, id: JobId, sql: &str, params: impl rusqlite::Params) -> Result<Job> {
        match self.conn().prepare_cached(sql)?.execute(params)? {
            0 => Err(Error::JobNotFound),
            _ => self.job(id),
        }
    }
}
