//! Reads the instructions of a new conversation ahead, once the model is loaded.
//!
//! The engine keeps the tokens of every sequence that no answer uses and lends their beginning to
//! the next prompt at no cost, so one answer of a single token to the same instructions is all that
//! is needed. A model whose sequences cannot be shared in part gains nothing and loses a moment.

use std::sync::Arc;

use hearth_domain::{Priority, Role, SamplingParams};
use hearth_engine::{Overflow, Request, Turn};

use crate::{App, Result};

/// A question as short as one can be; what comes after it differs from every real one.
const QUESTION: &str = ".";

/// Reads them with the lowest priority. Where there are none, nothing is read.
///
/// # Errors
/// Where the persona or the model is gone by now, or the engine cannot take it.
pub(super) async fn instructions(app: &Arc<App>) -> Result<()> {
    if *app.warm.paused.borrow() {
        return Ok(());
    }
    let Some(model) = app.warm_model().await? else { return Ok(()) };
    let mut turns = vec![Turn { role: Role::User, content: QUESTION.to_owned() }];
    if let Some(persona) = app.settings().generation.persona {
        let persona = app.db.read(move |r| r.persona(persona)).await?;
        let content = persona.draft.instructions;
        if !content.is_empty() {
            turns.insert(0, Turn { role: Role::System, content });
        }
    }
    model.instruct(&mut turns);
    if turns.len() == 1 {
        return Ok(());
    }
    let mut answer = app.engine.submit(Request {
        messages: turns,
        begun: None,
        sampling: SamplingParams { max_tokens: Some(1), ..SamplingParams::default() },
        priority: Priority::Background,
        overflow: Overflow::Error,
        enable_thinking: true,
    })?;
    while answer.next().await.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use hearth_domain::{ChatEvent, PersonaDraft, Secret, SecretError, SecretStore};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{AppConfig, ChatRequest, Ports, SystemClock, SystemPower};

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
        app.load_default(Priority::Background).await.unwrap();
        instructions(&app).await.unwrap();
        let question = ChatRequest {
            conversation: None,
            parent: None,
            beside: None,
            text: "May I keep a cat?".into(),
            attachments: Vec::new(),
            collections: Vec::new(),
            instructions: None,
            persona: Some(persona),
            model: None,
            sampling: SamplingParams::default(),
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
