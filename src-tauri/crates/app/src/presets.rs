//! The personas that come with Hearth. They are offered once, to a database that has none; after
//! that they are the person's, to be changed or removed. The user interface translates the names
//! of those that nobody changed.

use hearth_domain::{Persona, PersonaDraft, PersonaId, SamplingParams, Timestamp};
use hearth_store::{Result, Writer};
use uuid::Uuid;

struct Preset {
    key: &'static str,
    name: &'static str,
    /// Of the user interface's set.
    icon: &'static str,
    instructions: &'static str,
    temperature: Option<f32>,
}

const PRESETS: &[Preset] = &[
    Preset {
        key: "general",
        name: "General",
        icon: "message-circle",
        instructions: "You are a helpful, honest assistant. Answer in the language of the question. \
            Begin with the answer, then explain as much as it needs. Say so when you do not know.",
        temperature: None,
    },
    Preset {
        key: "writing",
        name: "Writing",
        icon: "feather",
        instructions: "You are an editor who helps to write. Keep the language, the meaning and the \
            voice of the author. Prefer plain words and short sentences. When you are given a text, \
            return the improved text first, then name the most important changes in a short list.",
        temperature: Some(0.8),
    },
    Preset {
        key: "code",
        name: "Code",
        icon: "code-xml",
        instructions: "You are an experienced software engineer. Give correct, complete code in \
            fenced blocks with the name of the language, and explain only what is not obvious. Name \
            what you assume, and point out mistakes and risks that you see. Do not invent functions \
            or options.",
        temperature: Some(0.2),
    },
    Preset {
        key: "summarise",
        name: "Summarise",
        icon: "list-collapse",
        instructions: "You summarise texts. Begin with one sentence that says the main point, then \
            list the key points, briefly and in their order. Use only what the text says, keep names \
            and numbers exact, and answer in the language of the text.",
        temperature: Some(0.3),
    },
    Preset {
        key: "translate",
        name: "Translate",
        icon: "languages",
        instructions: "You are a translator. Translate what you are given into the language that the \
            person names, and into English where none is named. Keep the meaning, the tone and the \
            formatting. Return the translation alone.",
        temperature: Some(0.2),
    },
];

/// Adds the presets to a database that has no persona and was never offered them.
pub(crate) fn offer(w: &mut Writer<'_>, now: Timestamp) -> Result<()> {
    if w.presets_offered()? {
        return Ok(());
    }
    if w.persona_list()?.is_empty() {
        for preset in PRESETS {
            w.persona_insert(&persona(preset, now))?;
        }
    }
    w.set_presets_offered()
}

fn persona(preset: &Preset, now: Timestamp) -> Persona {
    Persona {
        id: PersonaId(Uuid::now_v7()),
        draft: PersonaDraft {
            name: preset.name.into(),
            icon: preset.icon.into(),
            instructions: preset.instructions.into(),
            model: None,
            sampling: SamplingParams { temperature: preset.temperature, ..Default::default() },
        },
        preset: Some(preset.key.into()),
        created: now,
        updated: now,
    }
}
