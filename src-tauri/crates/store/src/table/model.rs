//! Model files that Hearth knows. Whether a file is still there is for the caller to look.

use std::path::PathBuf;

use hearth_domain::{Consent, ModelChoice, ModelId, ModelSource, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use crate::{Error, Reader, Result, Writer, columns, files};

const SELECT: &str =
    "SELECT id, name, source, consent, path, size, sha256, facts, added FROM model";

/// A model file as it was when it was added.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredModel {
    /// Its name.
    pub id: ModelId,
    /// What lists show.
    pub name: String,
    /// Where it comes from.
    pub source: ModelSource,
    /// Whether it may be loaded.
    pub consent: Consent,
    /// The file.
    pub path: PathBuf,
    /// Bytes of the file.
    pub size: u64,
    /// The lower-case hexadecimal SHA-256 of the file; empty where it was not computed yet.
    pub sha256: String,
    /// What its header says, in the caller's own form.
    pub facts: Value,
    /// When it was added.
    pub added: Timestamp,
}

fn model(row: &Row<'_>) -> rusqlite::Result<StoredModel> {
    Ok(StoredModel {
        id: ModelId(row.get(0)?),
        name: row.get(1)?,
        source: columns::word(row, 2)?,
        consent: columns::word(row, 3)?,
        path: files::path_from_bytes(row.get(4)?),
        size: columns::count(row, 5)?,
        sha256: row.get(6)?,
        facts: columns::json(row, 7)?,
        added: columns::time(row, 8)?,
    })
}

impl Reader<'_> {
    /// One model.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`].
    pub fn model(&self, id: &ModelId) -> Result<StoredModel> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        query.query_row([&id.0], model).optional()?.ok_or(Error::ModelNotFound)
    }

    /// Every model, in the order of adding.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn model_list(&self) -> Result<Vec<StoredModel>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} ORDER BY added, id"))?;
        let rows = query.query_map([], model)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// How the person wants a model to be run; nothing chosen unless they said.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn model_choice(&self, id: &ModelId) -> Result<ModelChoice> {
        let mut query =
            self.conn().prepare_cached("SELECT choice FROM model_choice WHERE id = ?1")?;
        let chosen = query.query_row([&id.0], |row| columns::json(row, 0)).optional()?;
        Ok(chosen.unwrap_or_default())
    }
}

impl Writer<'_> {
    /// Adds a model, or replaces what is known of it. A consent once given stays.
    ///
    /// # Errors
    /// [`Error::Conflict`] where another model has the same file.
    pub fn model_save(&mut self, model: &StoredModel) -> Result<StoredModel> {
        let sql = "INSERT INTO model (id, name, source, consent, path, size, sha256, facts, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO UPDATE SET name = ?2, source = ?3,
             consent = CASE consent WHEN 'given' THEN 'given' ELSE ?4 END,
             path = ?5, size = ?6, sha256 = ?7, facts = ?8";
        self.conn().prepare_cached(sql)?.execute(params![
            model.id.0,
            model.name,
            columns::to_word(&model.source)?,
            columns::to_word(&model.consent)?,
            files::path_to_bytes(&model.path),
            columns::to_integer(model.size)?,
            model.sha256,
            columns::to_json(&model.facts)?,
            model.added.0,
        ])?;
        self.model(&model.id)
    }

    /// Says that the person agreed to load it.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`].
    pub fn model_consent(&mut self, id: &ModelId) -> Result<StoredModel> {
        let sql = "UPDATE model SET consent = 'given' WHERE id = ?1 AND consent = 'needed'";
        self.conn().execute(sql, [&id.0])?;
        self.model(id)
    }

    /// Keeps how the person wants a model to be run.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn model_choose(&mut self, id: &ModelId, choice: &ModelChoice) -> Result<()> {
        let sql = "INSERT INTO model_choice (id, choice) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET choice = ?2";
        self.conn().execute(sql, params![id.0, columns::to_json(choice)?])?;
        Ok(())
    }

    /// Forgets a model and how it was to be run; its file is left alone.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`].
    pub fn model_remove(&mut self, id: &ModelId) -> Result<()> {
        match self.conn().execute("DELETE FROM model WHERE id = ?1", [&id.0])? {
            0 => Err(Error::ModelNotFound),
            _ => {
                self.conn().execute("DELETE FROM model_choice WHERE id = ?1", [&id.0])?;
                Ok(())
            }
        }
    }
}
