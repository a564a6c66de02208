//! Personas: made, changed and removed by their owner.

use hearth_domain::{Persona, PersonaDraft, PersonaId};
use uuid::Uuid;

use crate::{App, Error, Result};

/// Characters of a persona's name.
const NAME_CHARACTERS: usize = 80;
/// Bytes of a persona's instructions.
const INSTRUCTION_BYTES: usize = 256 * 1024;

impl App {
    /// All personas by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn persona_list(&self) -> Result<Vec<Persona>> {
        self.db.read(|r| r.persona_list()).await
    }

    /// Makes a persona.
    ///
    /// # Errors
    /// A field out of range, or a database that cannot be written.
    pub async fn persona_create(&self, draft: PersonaDraft) -> Result<Persona> {
        check(&draft)?;
        let now = self.now();
        let id = PersonaId(Uuid::now_v7());
        let persona = Persona { id, draft, created: now, updated: now };
        let saved = persona.clone();
        self.db.write(move |w| w.persona_insert(&saved)).await?;
        Ok(persona)
    }

    /// Changes a persona.
    ///
    /// # Errors
    /// An unknown persona, a field out of range, or a database that cannot be written.
    pub async fn persona_update(&self, id: PersonaId, draft: PersonaDraft) -> Result<Persona> {
        check(&draft)?;
        let now = self.now();
        self.db.write(move |w| w.persona_update(id, &draft, now)).await
    }

    /// Removes a persona; its conversations stay and lose it.
    ///
    /// # Errors
    /// An unknown persona, or a database that cannot be written.
    pub async fn persona_delete(&self, id: PersonaId) -> Result<()> {
        self.db.write(move |w| w.persona_delete(id)).await
    }
}

fn check(draft: &PersonaDraft) -> Result<()> {
    if !(1..=NAME_CHARACTERS).contains(&draft.name.trim().chars().count()) {
        return Err(Error::OutOfRange("name"));
    }
    if draft.instructions.len() > INSTRUCTION_BYTES {
        return Err(Error::OutOfRange("instructions"));
    }
    draft.sampling.validate().map_err(Error::OutOfRange)
}
