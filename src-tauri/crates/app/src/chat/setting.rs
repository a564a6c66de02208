//! How a conversation is answered: its own wishes before those of its persona, those before what is
//! chosen for the model, that before the settings.

use hearth_domain::{ConversationConfig, ModelId, PersonaId, SamplingParams};
use hearth_store::{Reader, Result};

use crate::models::catalogue;

/// What holds for the next answer of a conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Setting {
    /// The system prompt; empty where there is none.
    pub(super) instructions: String,
    pub(super) model: Option<ModelId>,
    pub(super) sampling: SamplingParams,
}

impl Setting {
    /// Reads what a configuration means now.
    pub(super) fn of(r: &Reader<'_>, config: &ConversationConfig) -> Result<Self> {
        let persona = config.persona.map(|id: PersonaId| r.persona(id)).transpose()?;
        let draft = persona.map(|persona| persona.draft);
        let settings = r.settings()?;
        let (instructions, model, sampling) = draft.map_or_else(Default::default, |draft| {
            (draft.instructions, draft.model, draft.sampling)
        });
        let model = config.model.clone().or(model);
        let used = model.clone().or(settings.model.default_model).or_else(catalogue::first);
        let of_model = used.map(|id| r.model_choice(&id)).transpose()?.unwrap_or_default();
        Ok(Self {
            instructions: config.instructions.clone().unwrap_or(instructions),
            model,
            sampling: config
                .sampling
                .clone()
                .or(&sampling)
                .or(&of_model.sampling)
                .or(&settings.generation.sampling),
        })
    }
}
