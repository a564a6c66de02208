//! Versions of a question beside each other, the pages before the end, and where answers run.

use hearth_app::ChatRequest;
use hearth_domain::{ConversationId, ErrorCode, MessageId};
use uuid::Uuid;

use crate::support::{answer, ask, ask_in, open};

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_a_question_follows_what_that_one_follows() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, first.generation).await;
    let of = first.conversation.id;
    let second = app.chat_send(ask_in(of, "Say it in French.")).await.unwrap();
    answer(&app, second.generation).await;

    let beside = |other| ChatRequest {
        beside: Some(other),
        // What is named besides does not count.
        parent: Some(second.message_id),
        ..ask_in(of, "Say it in German.")
    };
    let version = app.chat_send(beside(second.user_message.id)).await.unwrap();
    answer(&app, version.generation).await;
    assert_eq!(version.user_message.parent, Some(first.message_id));
    assert_eq!(version.conversation.head, Some(version.message_id), "it is what is shown now");

    // The first question follows nothing, and so does its other version.
    let root = app.chat_send(beside(first.user_message.id)).await.unwrap();
    answer(&app, root.generation).await;
    assert_eq!(root.user_message.parent, None);
    let view = app.conversation_get(of, 60, None).await.unwrap();
    assert_eq!(view.messages.len(), 2, "the branch of that version alone");
    let versions = view.versions.iter().find(|one| one.message == root.user_message.id).unwrap();
    assert_eq!(versions.all, [first.user_message.id, root.user_message.id]);

    let unknown = app.chat_send(beside(MessageId(Uuid::nil()))).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::MessageNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_messages_before_one_come_in_pages_of_its_own_branch() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.chat_send(ask("One.")).await.unwrap();
    answer(&app, first.generation).await;
    let of = first.conversation.id;
    let mut asked = vec![first];
    for text in ["Two.", "Three."] {
        let next = app.chat_send(ask_in(of, text)).await.unwrap();
        answer(&app, next.generation).await;
        asked.push(next);
    }
    // Another branch is shown; the page is still that of the message it is asked for.
    let beside = ChatRequest { beside: Some(asked[1].user_message.id), ..ask_in(of, "Twelve.") };
    let other = app.chat_send(beside).await.unwrap();
    answer(&app, other.generation).await;

    let end = asked[2].user_message.id;
    let page = app.conversation_before(of, end, 3).await.unwrap();
    let told: Vec<_> = page.messages.iter().map(|message| message.id).collect();
    let [one, two, _] = &asked[..] else { panic!("three questions") };
    assert_eq!(told, [one.message_id, two.user_message.id, two.message_id]);
    assert_eq!(page.earlier, 1);
    let rest = app.conversation_before(of, told[0], 3).await.unwrap();
    assert_eq!(rest.messages, std::slice::from_ref(&one.user_message));
    assert_eq!(rest.earlier, 0);
    let none = app.conversation_before(of, one.user_message.id, 3).await.unwrap();
    assert!(none.messages.is_empty() && none.earlier == 0);

    for limit in [0, 1001] {
        let refused = app.conversation_before(of, end, limit).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    let elsewhere = app.chat_send(ask("Elsewhere.")).await.unwrap();
    let foreign = app.conversation_before(of, elsewhere.message_id, 3).await.unwrap_err();
    assert_eq!(foreign.code(), ErrorCode::MessageNotFound);
    let nowhere = ConversationId(Uuid::nil());
    let unknown = app.conversation_before(nowhere, end, 3).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::ConversationNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_later_is_told_where_answers_are_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    assert!(app.generation_list().is_empty());
    let mut question = ask("Count from one to a thousand.");
    question.sampling.max_tokens = Some(1500);
    let started = app.chat_send(question).await.unwrap();
    assert_eq!(app.generation_list(), [started.conversation.id]);
    app.generation_cancel(started.generation);
    answer(&app, started.generation).await;
    assert!(app.generation_list().is_empty());
    app.shutdown().await;
}
