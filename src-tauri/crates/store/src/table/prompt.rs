//! Saved prompts.

use hearth_domain::{Prompt, PromptDraft, PromptId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const SELECT: &str = "SELECT id, name, text, updated FROM prompt";

fn prompt(row: &Row<'_>) -> rusqlite::Result<Prompt> {
    Ok(Prompt {
        id: PromptId(columns::uuid(row, 0)?),
        draft: PromptDraft { name: row.get(1)?, text: row.get(2)? },
        updated: columns::time(row, 3)?,
    })
}

impl Reader<'_> {
    /// One prompt.
    ///
    /// # Errors
    /// [`Error::PromptNotFound`].
    pub fn prompt(&self, id: PromptId) -> Result<Prompt> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        query.query_row([id.0.as_bytes()], prompt).optional()?.ok_or(Error::PromptNotFound)
    }

    /// Every prompt, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn prompt_list(&self) -> Result<Vec<Prompt>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} ORDER BY name"))?;
        let rows = query.query_map([], prompt)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Adds a prompt.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::Conflict`] where the identifier is taken.
    pub fn prompt_insert(&mut self, new: &Prompt) -> Result<()> {
        self.check_prompt_name(new.id, &new.draft.name)?;
        let sql = "INSERT INTO prompt (id, name, text, updated) VALUES (?1, ?2, ?3, ?4)";
        let row = params![new.id.0.as_bytes(), new.draft.name, new.draft.text, new.updated.0];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Replaces what the person wrote.
    ///
    /// # Errors
    /// [`Error::PromptNotFound`]; [`Error::NameTaken`].
    pub fn prompt_update(
        &mut self,
        id: PromptId,
        draft: &PromptDraft,
        now: Timestamp,
    ) -> Result<Prompt> {
        self.check_prompt_name(id, &draft.name)?;
        let sql = "UPDATE prompt SET name = ?2, text = ?3, updated = ?4 WHERE id = ?1";
        let row = params![id.0.as_bytes(), draft.name, draft.text, now.0];
        self.conn().prepare_cached(sql)?.execute(row)?;
        self.prompt(id)
    }

    /// Removes a prompt.
    ///
    /// # Errors
    /// [`Error::PromptNotFound`].
    pub fn prompt_delete(&mut self, id: PromptId) -> Result<()> {
        match self.conn().execute("DELETE FROM prompt WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::PromptNotFound),
            _ => Ok(()),
        }
    }

    fn check_prompt_name(&self, id: PromptId, name: &str) -> Result<()> {
        let sql = "SELECT 1 FROM prompt WHERE name = ?1 AND id <> ?2";
        let taken = self.conn().prepare_cached(sql)?.exists(params![name, id.0.as_bytes()])?;
        if taken { Err(Error::NameTaken) } else { Ok(()) }
    }
}
