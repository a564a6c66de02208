//! Going on with answers that ended too soon.

use hearth_app::App;
use hearth_domain::{ChatEvent, ErrorCode, FinishReason, Message, MessageId, MessageStatus};

use crate::support::{answer, ask, ask_in, open, text};

/// The end of what a conversation shows.
async fn last(app: &App, started: &hearth_app::ChatStarted) -> Message {
    let view = app.conversation_get(started.conversation.id, 60, None).await.unwrap();
    view.messages.last().unwrap().clone()
}

fn long(tokens: u32) -> hearth_app::ChatRequest {
    let mut question = ask("Write a few sentences about the sea.");
    question.sampling.max_tokens = Some(tokens);
    question
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_at_its_length_goes_on_to_what_it_would_have_been() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let whole = app.chat_send(long(24)).await.unwrap();
    answer(&app, whole.generation).await;
    let cut = app.chat_send(long(12)).await.unwrap();
    let first = answer(&app, cut.generation).await;
    let more = app.chat_continue(None, cut.message_id).await.unwrap();
    assert_eq!((more.message_id, &more.user_message), (cut.message_id, &cut.user_message));
    let rest = answer(&app, more.generation).await;
    let saved = last(&app, &cut).await;
    assert_eq!(saved.content, text(&first) + &text(&rest), "the stream tells only what is new");
    assert_eq!(saved.content, last(&app, &whole).await.content);
    assert_eq!((saved.status, saved.finish), (MessageStatus::Complete, Some(FinishReason::Length)));
    assert_eq!(saved.usage.unwrap().completion_tokens, 24);
    let Some(ChatEvent::Finished { usage, .. }) = rest.last() else { panic!("{rest:?}") };
    assert_eq!(Some(*usage), saved.usage);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_answer_goes_on_also_after_the_program_was_closed() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let started = app.chat_send(long(1500)).await.unwrap();
    let topic = format!("generation/{}", started.generation);
    let mut stream = app.subscribe(&topic, Some(0)).unwrap();
    while let Some(items) = stream.next().await {
        if items.iter().any(|item| item.json.contains("\"delta\"")) {
            break;
        }
    }
    app.shutdown().await;
    drop(app);
    let app = open(dir.path()).await;
    let before = last(&app, &started).await;
    assert!(before.status == MessageStatus::Stopped && !before.content.is_empty());
    let more = app.chat_continue(None, started.message_id).await.unwrap();
    let now = last(&app, &started).await;
    assert!(now.content.starts_with(&before.content), "what was there is there all the time");
    let second = app.chat_continue(None, started.message_id).await.unwrap_err();
    assert_eq!(second.code(), ErrorCode::GenerationRunning);
    let question = app.chat_send(ask_in(started.conversation.id, "And?")).await.unwrap_err();
    assert_eq!(question.code(), ErrorCode::GenerationRunning);
    app.generation_cancel(more.generation);
    let rest = answer(&app, more.generation).await;
    assert_eq!(last(&app, &started).await.content, before.content + &text(&rest));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_answer_at_the_end_of_a_branch_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, first.generation).await;
    let second = app.chat_send(ask_in(first.conversation.id, "Again.")).await.unwrap();
    answer(&app, second.generation).await;
    for message in [first.user_message.id, first.message_id] {
        let refused = app.chat_continue(None, message).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    let unknown = app.chat_continue(None, MessageId(uuid::Uuid::nil())).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::MessageNotFound);
    let view = app.conversation_get(first.conversation.id, 60, None).await.unwrap();
    assert!(view.messages.iter().all(|m| m.status == MessageStatus::Complete));
    app.chat_continue(None, second.message_id).await.unwrap();
    app.shutdown().await;
}
