//! Personas. A conversation whose persona is deleted goes on without one.

use hearth_domain::{ModelId, Persona, PersonaDraft, PersonaId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const SELECT: &str =
    "SELECT id, name, instructions, model, sampling, created, updated, icon, preset FROM persona";

fn persona(row: &Row<'_>) -> rusqlite::Result<Persona> {
    Ok(Persona {
        id: PersonaId(columns::uuid(row, 0)?),
        draft: PersonaDraft {
            name: row.get(1)?,
            icon: row.get(7)?,
            instructions: row.get(2)?,
            model: row.get::<_, Option<String>>(3)?.map(ModelId),
            sampling: columns::json(row, 4)?,
        },
        preset: row.get(8)?,
        created: columns::time(row, 5)?,
        updated: columns::time(row, 6)?,
    })
}

impl Reader<'_> {
    /// One persona.
    ///
    /// # Errors
    /// [`Error::PersonaNotFound`].
    pub fn persona(&self, id: PersonaId) -> Result<Persona> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        query.query_row([id.0.as_bytes()], persona).optional()?.ok_or(Error::PersonaNotFound)
    }

    /// Every persona, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn persona_list(&self) -> Result<Vec<Persona>> {
        let sql = format!("{SELECT} ORDER BY name COLLATE NOCASE, created");
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map([], persona)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Adds a persona.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the name is taken.
    pub fn persona_insert(&mut self, new: &Persona) -> Result<()> {
        let sql = "INSERT INTO persona (id, name, instructions, model, sampling, created, updated,
             icon, preset) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        self.conn().prepare_cached(sql)?.execute(params![
            new.id.0.as_bytes(),
            new.draft.name,
            new.draft.instructions,
            new.draft.model.as_ref().map(|id| &id.0),
            columns::to_json(&new.draft.sampling)?,
            new.created.0,
            new.updated.0,
            new.draft.icon,
            new.preset,
        ])?;
        Ok(())
    }

    /// Replaces what the person wrote; it is none of those that came with Hearth from then on.
    ///
    /// # Errors
    /// [`Error::PersonaNotFound`].
    pub fn persona_update(
        &mut self,
        id: PersonaId,
        draft: &PersonaDraft,
        now: Timestamp,
    ) -> Result<Persona> {
        let sql = "UPDATE persona SET name = ?2, instructions = ?3, model = ?4, sampling = ?5,
             updated = ?6, icon = ?7, preset = NULL WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute(params![
            id.0.as_bytes(),
            draft.name,
            draft.instructions,
            draft.model.as_ref().map(|id| &id.0),
            columns::to_json(&draft.sampling)?,
            now.0,
            draft.icon,
        ])?;
        self.persona(id)
    }

    /// Removes a persona.
    ///
    /// # Errors
    /// [`Error::PersonaNotFound`].
    pub fn persona_delete(&mut self, id: PersonaId) -> Result<()> {
        match self.conn().execute("DELETE FROM persona WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::PersonaNotFound),
            _ => Ok(()),
        }
    }
}
