//! Questions that carry texts.

use hearth_app::{App, ChatRequest, DraftChange};
use hearth_domain::{AttachmentId, ChatEvent, ErrorCode, GenerationId};
use uuid::Uuid;

use crate::support::{answer, ask, ask_in, open};

/// How many tokens the model read.
async fn read(app: &App, generation: GenerationId) -> u32 {
    let events = answer(app, generation).await;
    let Some(ChatEvent::Finished { usage, .. }) = events.last() else { panic!("{events:?}") };
    usage.prompt_tokens
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_reads_attached_texts_before_the_question_and_in_every_later_turn() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let text = "The meeting is on Tuesday at nine.\n".repeat(4);
    let file = app.attachment_add("plan.txt".into(), text.clone()).await.unwrap();
    let first = ChatRequest { attachments: vec![file.id], ..ask("When is the meeting?") };
    let first = app.chat_send(first).await.unwrap();
    assert_eq!(first.user_message.attachments, [file]);
    assert_eq!(first.user_message.content, "When is the meeting?");
    let carried = read(&app, first.generation).await;
    let typed = format!("File: plan.txt\n```\n{}\n```\n\nWhen is the meeting?", text.trim_end());
    let typed = app.chat_send(ask(&typed)).await.unwrap();
    assert_eq!(read(&app, typed.generation).await, carried);
    let next = app.chat_send(ask_in(first.conversation.id, "Sure?")).await.unwrap();
    assert!(read(&app, next.generation).await > carried);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_may_be_its_texts_alone_and_takes_its_title_from_them() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let file = app.attachment_add("report-2026.md".into(), "# Sales\nGood.".into()).await.unwrap();
    let sent = ChatRequest { attachments: vec![file.id], ..ask("") };
    let sent = app.chat_send(sent).await.unwrap();
    assert_eq!(sent.conversation.title, "report-2026.md");
    answer(&app, sent.generation).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_not_there_and_too_many_of_them_are_refused_and_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let unknown = AttachmentId(Uuid::nil());
    let sent = ChatRequest { attachments: vec![unknown], ..ask("Read it.") };
    assert!(app.chat_send(sent).await.is_err());
    let many = ChatRequest { attachments: vec![unknown; 33], ..ask("Read them.") };
    assert_eq!(app.chat_send(many).await.unwrap_err().code(), ErrorCode::InvalidRequest);
    assert!(app.conversation_list(Default::default()).await.unwrap().items.is_empty());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_larger_than_the_context_is_kept_and_said_to_be_too_long() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let file = app.attachment_add("log.txt".into(), "word ".repeat(20_000)).await.unwrap();
    let sent = ChatRequest { attachments: vec![file.id], ..ask("Sum it up.") };
    let sent = app.chat_send(sent).await.unwrap();
    let events = answer(&app, sent.generation).await;
    let Some(ChatEvent::Failed { code, saved, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((*code, *saved), (ErrorCode::PromptTooLong, true));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_clears_the_draft_that_was_sent_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let write = |conversation, text: &str| {
        let draft = DraftChange { conversation, text: text.into(), ..Default::default() };
        app.draft_save(draft)
    };
    write(None, "Say hello.").await.unwrap();
    let first = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, first.generation).await;
    assert_eq!(app.draft_get(None).await.unwrap().text, "");
    let here = Some(first.conversation.id);
    write(here, "Something else").await.unwrap();
    let second = app.chat_send(ask_in(first.conversation.id, "Again.")).await.unwrap();
    answer(&app, second.generation).await;
    assert_eq!(app.draft_get(here).await.unwrap().text, "Something else");
    app.shutdown().await;
}
