//! Asking and answering, on a real database and the bundled model.

use hearth_domain::{ChatEvent, ErrorCode, FinishReason, MessageStatus, Role, Versions};

use crate::support::{answer, ask, ask_in, open, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_bundled_model_knows_the_capital_of_france() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let started = app.chat_send(ask("What is the capital of France?")).await.unwrap();
    assert_eq!(started.conversation.title, "What is the capital of France?");
    let events = answer(&app, started.generation).await;
    assert!(
        matches!(events[0], ChatEvent::Started { message_id } if message_id == started.message_id)
    );
    assert!(text(&events).contains("Paris"), "{}", text(&events));
    assert!(events.last().unwrap().is_last());

    let view = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    let saved = view.messages.last().unwrap();
    assert_eq!((saved.role, saved.status), (Role::Assistant, MessageStatus::Complete));
    assert_eq!(saved.content, text(&events));
    assert!(saved.usage.unwrap().completion_tokens > 0);
    assert_eq!(view.generation, None);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_question_follows_the_first_and_reuses_its_tokens() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, first.generation).await;
    let second = app.chat_send(ask_in(first.conversation.id, "Again.")).await.unwrap();
    assert_eq!(second.user_message.parent, Some(first.message_id));
    let events = answer(&app, second.generation).await;
    let Some(ChatEvent::Finished { usage, .. }) = events.last() else { panic!("{events:?}") };
    assert!(usage.cached_tokens > 0, "{usage:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_twice_with_one_client_id_asks_once() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let question = ask("Say hello.");
    let first = app.chat_send(question.clone()).await.unwrap();
    let again = app.chat_send(question).await.unwrap();
    assert_eq!(first.generation, again.generation);
    answer(&app, first.generation).await;
    assert_eq!(
        app.conversation_get(first.conversation.id, 60, None).await.unwrap().messages.len(),
        2
    );
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_answer_stands_beside_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, first.generation).await;
    let second = app.chat_regenerate(None, first.message_id).await.unwrap();
    answer(&app, second.generation).await;
    let view = app.conversation_get(first.conversation.id, 60, None).await.unwrap();
    assert_eq!(view.messages[1].parent, Some(first.user_message.id));
    let beside =
        Versions { message: second.message_id, all: vec![first.message_id, second.message_id] };
    assert_eq!(view.versions, [beside]);
    assert_eq!(view.conversation.head, Some(second.message_id));
    let back = app.conversation_select(first.conversation.id, first.message_id).await.unwrap();
    assert_eq!(back.head, Some(first.message_id));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_has_one_running_answer_and_stopping_it_keeps_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut question = ask("Count from one to a thousand.");
    question.sampling.max_tokens = Some(1500);
    let started = app.chat_send(question).await.unwrap();
    let busy = app.chat_send(ask_in(started.conversation.id, "And?")).await.unwrap_err();
    assert_eq!(busy.code(), ErrorCode::GenerationRunning);

    let topic = format!("generation/{}", started.generation);
    let mut stream = app.subscribe(&topic, Some(0)).unwrap();
    while let Some(items) = stream.next().await {
        if items.iter().any(|item| item.json.contains("\"delta\"")) {
            break;
        }
    }
    app.generation_cancel(started.generation);
    let events = answer(&app, started.generation).await;
    let Some(ChatEvent::Finished { reason, status, .. }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!((*reason, *status), (FinishReason::Cancelled, MessageStatus::Stopped));
    let view = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    assert_eq!(view.messages[1].content, text(&events));
    assert!(!text(&events).is_empty());
    app.chat_send(ask_in(started.conversation.id, "Thank you.")).await.unwrap();
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_17_an_empty_and_an_oversized_question_are_refused_and_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let empty = app.chat_send(ask(" \n ")).await.unwrap_err();
    assert_eq!(empty.code(), ErrorCode::EmptyPrompt);
    let huge = app.chat_send(ask(&"x".repeat(5 << 20))).await.unwrap_err();
    assert_eq!(huge.code(), ErrorCode::TextTooLarge);
    assert!(app.conversation_list(Default::default()).await.unwrap().items.is_empty());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_17_a_question_longer_than_the_context_is_kept_and_its_answer_says_why_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let started = app.chat_send(ask(&"word ".repeat(200_000))).await.unwrap();
    let events = answer(&app, started.generation).await;
    let Some(ChatEvent::Failed { code, saved, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((*code, *saved), (ErrorCode::PromptTooLong, true));
    let view = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    assert_eq!(view.messages[0].content.len(), 1_000_000);
    assert_eq!(view.messages[1].status, MessageStatus::Failed);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_stops_and_saves_a_running_answer() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut question = ask("Count from one to a thousand.");
    question.sampling.max_tokens = Some(1500);
    let started = app.chat_send(question).await.unwrap();
    app.shutdown().await;
    let refused = app.chat_send(ask("More?")).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ShuttingDown);
    drop(app);
    let app = open(dir.path()).await;
    let view = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    assert_eq!(view.messages[1].status, MessageStatus::Stopped);
    app.shutdown().await;
}
