//! How a conversation is answered: its own wishes, its persona's, the settings'.

use hearth_app::{App, ChatRequest, ContextQuestion, WantedBy};
use hearth_domain::{
    ChatEvent, ConversationConfig, GenerationId, PersonaDraft, Role, SamplingParams,
};

use crate::support::{answer, ask, ask_in, open};

fn most(tokens: u32) -> SamplingParams {
    SamplingParams { max_tokens: Some(tokens), temperature: Some(0.0), ..Default::default() }
}

/// How many tokens an answer has.
async fn written(app: &App, generation: GenerationId) -> u32 {
    let events = answer(app, generation).await;
    let Some(ChatEvent::Finished { usage, .. }) = events.last() else { panic!("{events:?}") };
    usage.completion_tokens
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_conversation_asks_for_holds_for_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app
        .chat_send(ChatRequest {
            instructions: Some("  Speak like a pirate. ".into()),
            sampling: most(3),
            ..ask("Tell me about the sea.")
        })
        .await
        .unwrap();
    assert_eq!(written(&app, first.generation).await, 3);
    let config = &first.conversation.config;
    assert_eq!(config.instructions.as_deref(), Some("Speak like a pirate."));
    assert_eq!((config.sampling.max_tokens, first.user_message.parent), (Some(3), None));
    let id = first.conversation.id;
    let plain = |text| ChatRequest { sampling: SamplingParams::default(), ..ask_in(id, text) };
    let second = app.chat_send(plain("And the wind?")).await.unwrap();
    assert_eq!(written(&app, second.generation).await, 3);
    let once = ChatRequest { sampling: most(2), ..plain("And the sun?") };
    let once = app.chat_send(once).await.unwrap();
    assert_eq!(written(&app, once.generation).await, 2);
    assert_eq!(once.conversation.config.sampling.max_tokens, Some(3), "for that answer alone");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conversation_wins_over_its_persona_and_that_over_the_settings() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let draft = PersonaDraft {
        name: "Pirate".into(),
        icon: String::new(),
        instructions: "Speak like a pirate, always and to everyone.".into(),
        model: None,
        sampling: most(4),
    };
    let persona = app.persona_create(draft).await.unwrap();
    let mut question = ask("Tell me about the sea.");
    (question.persona, question.sampling) = (Some(persona.id), SamplingParams::default());
    let started = app.chat_send(question).await.unwrap();
    assert_eq!(written(&app, started.generation).await, 4);
    let id = started.conversation.id;
    let measure = || async {
        let question = ContextQuestion { conversation: Some(id), ..Default::default() };
        app.context_measure(question).await.unwrap().unwrap().instructions
    };
    let by_persona = measure().await;
    let config = ConversationConfig {
        instructions: Some("Be brief.".into()),
        sampling: most(2),
        ..started.conversation.config
    };
    app.conversation_configure(id, config).await.unwrap();
    assert!(measure().await < by_persona);
    let mut next = ask_in(id, "And the wind?");
    next.sampling = SamplingParams::default();
    let next = app.chat_send(next).await.unwrap();
    assert_eq!(written(&app, next.generation).await, 2);
    let view = app.conversation_get(id, 60, None).await.unwrap();
    assert!(view.messages.iter().all(|message| message.role != Role::System));
    app.shutdown().await;
}
