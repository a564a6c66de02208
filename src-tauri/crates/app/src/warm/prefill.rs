//! Reads the instructions of new conversations ahead, once the model is loaded: those of the default
//! persona and of the personas that were talked to last.
//!
//! The engine keeps what was read so, and lends it to every conversation that begins with it.

use std::{collections::BTreeSet, sync::Arc};

use hearth_domain::{Role, SamplingParams};
use hearth_engine::Turn;
use hearth_store::ConversationFilter;

use crate::{App, Result, chat::ahead_request};

/// Conversations whose personas count as in use.
const RECENT: u32 = 20;
/// Personas at most.
const PERSONAS: usize = 4;

/// Reads them with the lowest priority. Where there are none, nothing is read.
///
/// # Errors
/// Where the model is gone by now, the database cannot be read or the engine cannot take it.
pub(super) async fn instructions(app: &Arc<App>) -> Result<()> {
    let chosen = app.settings().generation.persona;
    let personas = app
        .db
        .read(move |r| {
            let recent = ConversationFilter { limit: Some(RECENT), ..Default::default() };
            let recent = r.conversation_list(&recent)?.items;
            let mut texts = Vec::new();
            let mut seen = BTreeSet::new();
            let recent = recent.into_iter().filter_map(|one| one.config.persona);
            for id in chosen.into_iter().chain(recent).filter(|id| seen.insert(*id)) {
                texts.push(r.persona(id)?.draft.instructions);
            }
            Ok(texts)
        })
        .await?;
    // Without a persona a conversation begins with what the model brings along.
    let none = chosen.is_none().then(String::new);
    for text in none.into_iter().chain(personas).take(PERSONAS) {
        if app.is_paused() {
            return Ok(());
        }
        read(app, text).await?;
    }
    Ok(())
}

async fn read(app: &Arc<App>, text: String) -> Result<()> {
    let Some(model) = app.warm_model().await? else { return Ok(()) };
    let mut turns = Vec::new();
    if !text.is_empty() {
        turns.push(Turn::new(Role::System, text));
    }
    model.instruct(&mut turns);
    if turns.is_empty() {
        return Ok(());
    }
    let mut answer = model.model.submit(ahead_request(turns, &SamplingParams::default(), None))?;
    drop(model);
    while answer.next().await.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use hearth_domain::{ChatEvent, PersonaDraft, Secret, SecretError, SecretStore};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{AppConfig, ChatRequest, Ports, SystemClock, SystemPower, WantedBy};

    struct NoKeyring;

    impl SecretStore for NoKeyring {
        fn kind(&self) -> &'static str {
            "keyring"
        }
        fn get(&self, _: &str) -> std::result::Result<Option<Secret<Vec<u8>>>, SecretError> {
            Err(SecretError::Missing)
        }
        fn set(&self, _: &str, _: &Secret<Vec<u8>>) -> std::result::Result<(), SecretError> {
            Err(SecretError::Missing)
        }
        fn delete(&self, _: &str) -> std::result::Result<(), SecretError> {
            Err(SecretError::Missing)
        }
    }

    async fn open(dir: &std::path::Path) -> Arc<App> {
        let model = hearth_testkit::bundled_model();
        let config = AppConfig {
            data_dir: dir.to_owned(),
            models_dirs: vec![model.ancestors().nth(2).unwrap().to_owned()],
            worker_exe: None,
            context_size: Some(2048),
            threads: Some(2),
            parallel: Some(4),
        };
        let ports = Ports {
            clock: Arc::new(SystemClock),
            keyring: Arc::new(NoKeyring),
            power: Arc::new(SystemPower),
        };
        App::open(config, ports).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_first_question_finds_the_instructions_read_already() {
        let dir = tempfile::tempdir().unwrap();
        let app = open(dir.path()).await;
        let draft = PersonaDraft {
            name: "Law".into(),
            instructions: "You know the law of tenancy. Say what you are not sure of. ".repeat(4),
            icon: String::new(),
            model: None,
            sampling: SamplingParams::default(),
        };
        let persona = app.persona_create(draft).await.unwrap().id;
        let patch =
            json!({ "generation": { "persona": persona, "sampling": { "max_tokens": 2 } } });
        app.settings_update(patch).await.unwrap();
        app.model_load(None, WantedBy::Nobody).await.unwrap();
        instructions(&app).await.unwrap();
        let question = ChatRequest {
            conversation: None,
            parent: None,
            beside: None,
            text: "May I keep a cat?".into(),
            attachments: Vec::new(),
            collections: Vec::new(),
            parts: Vec::new(),
            everything: false,
            instructions: None,
            folder: None,
            persona: Some(persona),
            model: None,
            sampling: SamplingParams::default(),
            guard: None,
            client_id: Uuid::new_v4(),
        };
        let started = app.chat_send(question).await.unwrap();
        let topic = format!("generation/{}", started.generation);
        let mut events = app.subscribe(&topic, Some(0)).unwrap();
        let mut usage = None;
        while let Some(items) = events.next().await {
            for item in items {
                if let ChatEvent::Finished { usage: found, .. } =
                    serde_json::from_str(&item.json).unwrap()
                {
                    usage = Some(found);
                }
            }
        }
        let usage = usage.expect("an answer");
        let unread = usage.prompt_tokens - usage.cached_tokens;
        assert!(usage.cached_tokens > 40 && unread < 20, "{usage:?}");
        app.shutdown().await;
    }
}
