//! One conversation and many: opened in a window, arranged, changed from two windows at once.

use hearth_app::{App, ChatStarted, ConversationFilter};
use hearth_domain::{
    ConversationChange, ConversationConfig, ConversationId, ErrorCode, FolderId, ModelId,
    PersonaId, SamplingParams,
};
use uuid::Uuid;

use crate::support::{answer, ask, ask_in, open};

/// Asks and waits for the answer.
async fn asked(app: &std::sync::Arc<App>, text: &str, of: Option<ConversationId>) -> ChatStarted {
    let mut question = of.map_or_else(|| ask(text), |of| ask_in(of, text));
    question.sampling.max_tokens = Some(2);
    let started = app.chat_send(question).await.unwrap();
    answer(app, started.generation).await;
    started
}

async fn titles(app: &App, filter: ConversationFilter) -> Vec<String> {
    let page = app.conversation_list(filter).await.unwrap();
    let mut titles: Vec<_> = page.items.into_iter().map(|item| item.title).collect();
    titles.sort();
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_opens_at_its_end_and_goes_back_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = asked(&app, "One", None).await;
    let of = first.conversation.id;
    asked(&app, "Two", Some(of)).await;
    let again = app.chat_regenerate(None, first.message_id).await.unwrap();
    answer(&app, again.generation).await;

    let end = app.conversation_get(of, 1, None).await.unwrap();
    assert_eq!((end.messages.len(), end.earlier), (1, 1));
    assert_eq!(end.messages[0].id, again.message_id);
    assert_eq!(end.versions[0].all, [first.message_id, again.message_id]);
    let whole = app.conversation_get(of, 1, Some(first.user_message.id)).await.unwrap();
    assert_eq!((whole.messages.len(), whole.earlier), (2, 0));
    let shown = app.conversation_select(of, first.message_id).await.unwrap();
    assert_ne!(shown.head, Some(first.message_id), "the newest end of the branch is shown");
    assert_eq!(app.conversation_get(of, 60, None).await.unwrap().messages.len(), 4);
    for limit in [0, 1001] {
        let refused = app.conversation_get(of, limit, None).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_changed_at_once_or_none_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let one = asked(&app, "One", None).await.conversation.id;
    let two = asked(&app, "Two", None).await.conversation.id;
    let folder = app.folder_create(" Both ".into()).await.unwrap();
    assert_eq!(folder.name, "Both");
    let unknown = ConversationId(Uuid::new_v4());
    let into = ConversationChange::Move { folder: Some(folder.id) };
    let in_folder = || ConversationFilter { folder: Some(folder.id), ..Default::default() };

    let refused = app.conversation_batch(vec![one, two, unknown], into).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ConversationNotFound);
    assert!(titles(&app, in_folder()).await.is_empty(), "none was moved");
    let refused = app.conversation_batch(Vec::new(), into).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    let nowhere = ConversationChange::Move { folder: Some(FolderId(Uuid::new_v4())) };
    let refused = app.conversation_batch(vec![one], nowhere).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::FolderNotFound);

    app.conversation_batch(vec![one, two], into).await.unwrap();
    assert_eq!(titles(&app, in_folder()).await, ["One", "Two"]);
    let away = ConversationChange::Archive { archived: true };
    app.conversation_batch(vec![two], away).await.unwrap();
    assert_eq!(titles(&app, in_folder()).await, ["One"]);
    app.conversation_batch(vec![one, two], ConversationChange::Delete).await.unwrap();
    assert!(titles(&app, ConversationFilter::default()).await.is_empty());
    app.folder_delete(folder.id).await.unwrap();
    app.conversation_batch(vec![one, two], ConversationChange::Restore).await.unwrap();
    assert_eq!(titles(&app, ConversationFilter::default()).await, ["One"]);
    let archive = ConversationFilter { archived: true, ..Default::default() };
    assert_eq!(titles(&app, archive).await, ["Two"]);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_many_stops_their_answers() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut question = ask("Count from one to a thousand.");
    question.sampling.max_tokens = Some(1500);
    let started = app.chat_send(question).await.unwrap();
    let of = started.conversation.id;
    app.conversation_batch(vec![of], ConversationChange::Delete).await.unwrap();
    assert!(answer(&app, started.generation).await.last().unwrap().is_last());
    app.conversation_batch(vec![of], ConversationChange::Restore).await.unwrap();
    assert_eq!(app.conversation_get(of, 60, None).await.unwrap().generation, None);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_change_one_conversation_and_neither_loses_what_the_other_did() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = asked(&app, "One", None).await;
    let of = first.conversation.id;
    let second = asked(&app, "Two", Some(of)).await;

    let config = ConversationConfig { instructions: Some("Kind.".into()), ..Default::default() };
    let (renamed, configured, edited) = tokio::join!(
        app.conversation_rename(of, "Both".into()),
        app.conversation_configure(of, config.clone()),
        app.message_edit(None, first.user_message.id, "Uno".into()),
    );
    renamed.and(configured).unwrap();
    assert_eq!(edited.unwrap().content, "Uno");
    let view = app.conversation_get(of, 60, None).await.unwrap();
    assert_eq!((view.conversation.title.as_str(), view.conversation.config), ("Both", config));

    // One window takes away what the other still shows.
    app.message_delete(second.user_message.id).await.unwrap();
    let below =
        hearth_app::ChatRequest { parent: Some(second.message_id), ..ask_in(of, "And then?") };
    for refused in [
        app.chat_send(below).await.map(drop),
        app.message_edit(None, second.message_id, "late".into()).await.map(drop),
        app.conversation_select(of, second.message_id).await.map(drop),
        app.chat_regenerate(None, second.message_id).await.map(drop),
        app.message_branch(second.message_id).await.map(drop),
        app.message_delete(second.message_id).await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err().code(), ErrorCode::MessageNotFound);
    }
    assert_eq!(app.conversation_get(of, 60, None).await.unwrap().messages.len(), 2);
    app.message_restore(second.user_message.id).await.unwrap();
    assert_eq!(app.conversation_get(of, 60, None).await.unwrap().messages.len(), 4);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_a_conversation_are_checked_before_they_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let of = asked(&app, "One", None).await.conversation.id;
    let kept = app.conversation_get(of, 1, None).await.unwrap().conversation.config;
    let config = |change: fn(&mut ConversationConfig)| {
        let mut config = ConversationConfig::default();
        change(&mut config);
        config
    };
    for wrong in [
        config(|c| c.instructions = Some("x".repeat(256 * 1024 + 1))),
        config(|c| c.model = Some(ModelId("x".repeat(201)))),
        config(|c| {
            c.sampling = SamplingParams { temperature: Some(3.0), ..Default::default() };
        }),
    ] {
        let refused = app.conversation_configure(of, wrong).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    let stray = config(|c| c.persona = Some(PersonaId(Uuid::nil())));
    let refused = app.conversation_configure(of, stray).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::PersonaNotFound);
    assert_eq!(app.conversation_get(of, 1, None).await.unwrap().conversation.config, kept);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_a_name_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let folder = app.folder_create("Work".into()).await.unwrap();
    for wrong in ["", "  ", "two\nlines"] {
        let refused = app.folder_create(wrong.into()).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest, "{wrong:?}");
    }
    let long = app.folder_create("x".repeat(81)).await.unwrap_err();
    assert_eq!(long.code(), ErrorCode::InvalidRequest);
    let taken = app.folder_create("work ".into()).await.unwrap_err();
    assert_eq!(taken.code(), ErrorCode::NameTaken);
    app.folder_rename(folder.id, "Play".into()).await.unwrap();
    assert_eq!(app.folder_list().await.unwrap()[0].name, "Play");
    app.folder_delete(folder.id).await.unwrap();
    let gone = app.folder_rename(folder.id, "Rest".into()).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::FolderNotFound);
    app.shutdown().await;
}
