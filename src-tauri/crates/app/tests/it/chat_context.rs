//! What a question would take of the context.

use std::sync::Arc;

use hearth_app::{App, ChatRequest, ContextQuestion, WantedBy};
use hearth_domain::{
    ChatEvent, ContextUse, ConversationConfig, ConversationId, ErrorCode, MessageId, Omitted,
};
use uuid::Uuid;

use crate::support::{answer, ask, ask_in, open};

fn sum(used: &ContextUse) -> u32 {
    used.instructions + used.history + used.documents + used.question
}

/// The tokens that the model read for this question, and what was said to be left out.
async fn read(app: &Arc<App>, request: ChatRequest) -> (u32, Omitted, ConversationId) {
    let started = app.chat_send(request).await.unwrap();
    let events = answer(app, started.generation).await;
    let omitted = events.iter().find_map(|event| match event {
        ChatEvent::Notice { notice: hearth_domain::Notice::ContextOmitted(omitted) } => {
            Some(*omitted)
        }
        _ => None,
    });
    let Some(ChatEvent::Finished { usage, .. }) = events.last() else { panic!("{events:?}") };
    (usage.prompt_tokens, omitted.unwrap_or_default(), started.conversation.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_measured_while_no_model_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_unload(None, None).await.unwrap();
    assert_eq!(app.context_measure(ContextQuestion::default()).await.unwrap(), None);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_measure_is_what_the_model_then_reads() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let file = app.attachment_add("a.rs".into(), "fn a() {}\n```\n".into()).await.unwrap();
    let mut conversation = None;
    for (text, attachments) in
        [("Hi,\n\nwho are you?", vec![]), ("  What is this? ", vec![file.id]), ("", vec![file.id])]
    {
        let question = ContextQuestion {
            conversation,
            text: text.into(),
            attachments: attachments.clone(),
            ..Default::default()
        };
        let used = app.context_measure(question.clone()).await.unwrap().unwrap();
        assert_eq!(app.context_measure(question).await.unwrap(), Some(used), "asked again");
        let request = ChatRequest { conversation, attachments, ..ask(text) };
        let (tokens, omitted, id) = read(&app, request).await;
        assert_eq!((sum(&used), used.omitted), (tokens, omitted), "{text:?} {used:?}");
        assert!(used.size == 2048 && used.instructions > 0, "{used:?}");
        conversation = Some(id);
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_conversation_is_measured_with_its_instructions() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let instructions = Some("Answer in one word, whatever is asked.".to_owned());
    let question = ContextQuestion {
        instructions: instructions.clone(),
        text: "Why?".into(),
        ..Default::default()
    };
    let used = app.context_measure(question).await.unwrap().unwrap();
    let (tokens, _, _) = read(&app, ChatRequest { instructions, ..ask("Why?") }).await;
    assert_eq!(sum(&used), tokens);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_left_out_is_told_before_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let long = "A long sentence about nothing at all, said again. ".repeat(30);
    let (_, _, id) = read(&app, ask(&long)).await;
    for round in 0..6 {
        let text = format!("{round} {long}");
        let question =
            ContextQuestion { conversation: Some(id), text: text.clone(), ..Default::default() };
        let used = app.context_measure(question).await.unwrap().unwrap();
        let (_, omitted, _) = read(&app, ask_in(id, &text)).await;
        assert_eq!(used.omitted, omitted, "{round}");
        // 2048 without the 16 of the answer.
        assert_eq!(sum(&used) > 2032, omitted.messages > 0, "{used:?}");
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_measured() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let unknown =
        ContextQuestion { conversation: Some(ConversationId(Uuid::nil())), ..Default::default() };
    let error = app.context_measure(unknown).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConversationNotFound);
    let (_, _, id) = read(&app, ask("Hi")).await;
    let unknown = ContextQuestion {
        conversation: Some(id),
        parent: Some(MessageId(Uuid::nil())),
        ..Default::default()
    };
    let error = app.context_measure(unknown).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::MessageNotFound);
    let large = ContextQuestion { text: "x".repeat(5 << 20), ..Default::default() };
    assert_eq!(app.context_measure(large).await.unwrap_err().code(), ErrorCode::TextTooLarge);
    app.shutdown().await;
}

/// A conversation of so many questions and answers, from another program.
async fn imported(app: &App, exchanges: u32) -> ConversationId {
    let message = |n: u32| {
        let sender = if n.is_multiple_of(2) { "human" } else { "assistant" };
        serde_json::json!({ "uuid": format!("m{n}"), "sender": sender, "text": format!("Text {n}.") })
    };
    let messages: Vec<_> = (0..exchanges * 2).map(message).collect();
    let file = serde_json::json!([{ "uuid": "c", "name": "Long", "chat_messages": messages }]);
    let report = app.conversation_import(file.to_string()).await.unwrap();
    assert_eq!((report.conversations, report.messages), (1, exchanges * 2));
    app.conversation_list(Default::default()).await.unwrap().items[0].id
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_messages_are_measured_and_then_left_out_as_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    let id = imported(&app, 5000).await;
    let config = ConversationConfig { sampling: ask("").sampling, ..Default::default() };
    app.conversation_configure(id, config).await.unwrap();
    let question = ContextQuestion {
        conversation: Some(id),
        text: "And what now?".into(),
        ..Default::default()
    };
    let used = app.context_measure(question.clone()).await.unwrap().unwrap();
    assert!(used.history > 50_000 && used.omitted.messages > 9_000, "{used:?}");
    let longer = ContextQuestion { text: "And what now, then?".into(), ..question };
    let again = app.context_measure(longer).await.unwrap().unwrap();
    assert_eq!(again.history, used.history);
    let (tokens, omitted, _) = read(&app, ask_in(id, "And what now?")).await;
    assert_eq!(used.omitted, omitted);
    assert!(tokens < 2048, "{tokens}");
    app.shutdown().await;
}
