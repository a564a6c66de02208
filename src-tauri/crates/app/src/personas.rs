//! Personas: made, changed and removed by their owner.

use hearth_domain::{Persona, PersonaDraft, PersonaId};
use uuid::Uuid;

use crate::{App, Error, Result, text};

/// Characters of a persona's name.
const NAME_CHARACTERS: usize = 80;
/// Characters of the name of an icon.
const ICON_CHARACTERS: usize = 40;

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
        let persona = Persona { id, draft, preset: None, created: now, updated: now };
        let saved = persona.clone();
        self.db.write(move |w| w.persona_insert(&saved)).await?;
        Ok(persona)
    }

    /// Changes a persona. One that came with Hearth is the person's own from then on.
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
    text::name(&draft.name, NAME_CHARACTERS)?;
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if draft.icon.len() > ICON_CHARACTERS || !draft.icon.chars().all(known) {
        return Err(Error::OutOfRange("icon"));
    }
    if draft.instructions.len() > text::INSTRUCTION_BYTES {
        return Err(Error::OutOfRange("instructions"));
    }
    draft.sampling.validate().map_err(Error::OutOfRange)
}
