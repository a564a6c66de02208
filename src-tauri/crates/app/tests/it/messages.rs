//! Single messages: edited, deleted while an answer runs, brought back, taken along.

use hearth_domain::{ErrorCode, MessageStatus, Role};

use crate::support::{answer, ask, ask_in, open, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_deleted_while_its_answer_runs_and_comes_back_with_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut question = ask("Count from one to a thousand.");
    question.sampling.max_tokens = Some(1500);
    let started = app.chat_send(question).await.unwrap();
    let topic = format!("generation/{}", started.generation);
    let mut stream = app.subscribe(&topic, Some(0)).unwrap();
    while let Some(items) = stream.next().await {
        if items.iter().any(|item| item.json.contains("\"delta\"")) {
            break;
        }
    }
    let of = started.conversation.id;
    let edit = app.message_edit(None, started.message_id, "mine".into()).await.unwrap_err();
    assert_eq!(edit.code(), ErrorCode::GenerationRunning);
    let without = app.message_delete(started.user_message.id).await.unwrap();
    assert_eq!(without.head, None);
    let events = answer(&app, started.generation).await;
    assert!(events.last().unwrap().is_last());
    assert!(app.conversation_get(of, 60, None).await.unwrap().messages.is_empty());

    let back = app.message_restore(started.user_message.id).await.unwrap();
    assert_eq!(back.head, Some(started.message_id));
    let view = app.conversation_get(of, 60, None).await.unwrap();
    assert_eq!(view.messages[1].status, MessageStatus::Stopped);
    assert_eq!(view.messages[1].content, text(&events));
    assert!(!text(&events).is_empty());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_replaces_the_text_alone() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let started = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, started.generation).await;
    let before = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    let edited = app.message_edit(None, started.message_id, "Good\0bye".into()).await.unwrap();
    assert_eq!((edited.content.as_str(), edited.role), ("Good\u{fffd}bye", Role::Assistant));
    assert_eq!(
        (edited.status, edited.usage),
        (before.messages[1].status, before.messages[1].usage)
    );
    let empty = app.message_edit(None, started.message_id, " \n".into()).await.unwrap_err();
    assert_eq!(empty.code(), ErrorCode::EmptyPrompt);
    let huge = app.message_edit(None, started.message_id, "x".repeat(5 << 20)).await.unwrap_err();
    assert_eq!(huge.code(), ErrorCode::TextTooLarge);
    let after = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    assert_eq!(after.messages[1], edited);
    assert_eq!(after.conversation.updated, before.conversation.updated);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_copied_with_its_attachments_and_lives_on_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let file = app.attachment_add("notes.txt".into(), "The sea is blue.".into()).await.unwrap();
    let question = hearth_app::ChatRequest { attachments: vec![file.id], ..ask("What colour?") };
    let first = app.chat_send(question).await.unwrap();
    answer(&app, first.generation).await;
    let later = app.chat_send(ask_in(first.conversation.id, "And the sky?")).await.unwrap();
    answer(&app, later.generation).await;

    let copy = app.message_branch(first.message_id).await.unwrap();
    assert_ne!(copy.id, first.conversation.id);
    assert_eq!(
        (&copy.title, &copy.config),
        (&first.conversation.title, &first.conversation.config)
    );
    let copied = app.conversation_get(copy.id, 60, None).await.unwrap();
    let source = app.conversation_get(first.conversation.id, 60, None).await.unwrap();
    assert_eq!((copied.messages.len(), source.messages.len()), (2, 4));
    for (copied, source) in copied.messages.iter().zip(&source.messages) {
        assert_ne!(copied.id, source.id);
        assert_eq!((&copied.content, &copied.attachments), (&source.content, &source.attachments));
        assert_eq!((copied.usage, copied.created), (source.usage, source.created));
    }
    assert_eq!(copied.messages[0].attachments, std::slice::from_ref(&file));
    app.conversation_delete(first.conversation.id).await.unwrap();
    assert_eq!(app.attachment_get(file.id).await.unwrap().text, "The sea is blue.");
    let next = app.chat_send(ask_in(copy.id, "And the sky?")).await.unwrap();
    answer(&app, next.generation).await;
    app.shutdown().await;
}
