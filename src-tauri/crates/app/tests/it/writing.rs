//! What is written before it is sent, and the personas that come with Hearth.

use hearth_app::{ChatRequest, DraftChange, QueueEntry};
use hearth_domain::{AskedOf, AttachmentId, DocumentPart, Draft, ErrorCode, PromptDraft, PromptId};
use uuid::Uuid;

use crate::support::{answer, ask, open};

fn draft(text: &str, attachments: &[AttachmentId]) -> DraftChange {
    DraftChange { text: text.into(), attachments: attachments.to_vec(), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_restart_and_goes_when_it_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let file = app.attachment_add("/home/me/notes.txt".into(), "a\nb".into()).await.unwrap();
    assert_eq!((file.name.as_str(), file.bytes, file.lines), ("notes.txt", 3, 2));
    let tag = DocumentPart::Tag { tag: "rent".into() };
    let of = AskedOf { parts: vec![tag], everything: true, ..AskedOf::default() };
    let waiting = QueueEntry {
        client_id: Uuid::new_v4(),
        text: "And then?".into(),
        attachments: Vec::new(),
        of: of.clone(),
    };
    let written = DraftChange { queue: vec![waiting], ..draft("Say hello.", &[file.id]) };
    app.draft_save(written).await.unwrap();
    app.shutdown().await;
    drop(app);

    let app = open(dir.path()).await;
    let kept = app.draft_get(None).await.unwrap();
    assert_eq!((kept.text.as_str(), &kept.attachments), ("Say hello.", &vec![file.clone()]));
    assert_eq!((kept.queue[0].text.as_str(), &kept.queue[0].of), ("And then?", &of));
    let question = ChatRequest { attachments: vec![file.id], ..ask("Say hello.") };
    let started = app.chat_send(question).await.unwrap();
    assert_eq!(started.user_message.attachments, [file]);
    let left = app.draft_get(None).await.unwrap();
    assert_eq!((left.text.as_str(), left.attachments.len(), left.queue.len()), ("", 0, 1));
    answer(&app, started.generation).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_fails_leaves_the_draft() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.draft_save(draft("Say hello.", &[])).await.unwrap();
    let stray =
        ChatRequest { attachments: vec![AttachmentId(Uuid::new_v4())], ..ask("Say hello.") };
    let refused = app.chat_send(stray).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::AttachmentNotFound);
    assert_eq!(app.draft_get(None).await.unwrap().text, "Say hello.");
    let list = app.conversation_list(Default::default()).await.unwrap();
    assert!(list.items.is_empty(), "nothing of the question was kept");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_out_of_range_is_refused_and_the_one_before_stays() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.draft_save(draft("before", &[])).await.unwrap();
    let huge = app.draft_save(draft(&"x".repeat(5 << 20), &[])).await.unwrap_err();
    assert_eq!(huge.code(), ErrorCode::TextTooLarge);
    let many = app.draft_save(draft("x", &[AttachmentId(Uuid::nil()); 101])).await.unwrap_err();
    assert_eq!(many.code(), ErrorCode::InvalidRequest);
    let stray = app.draft_save(draft("x", &[AttachmentId(Uuid::nil())])).await.unwrap_err();
    assert_eq!(stray.code(), ErrorCode::AttachmentNotFound);
    assert_eq!(app.draft_get(None).await.unwrap().text, "before");
    app.draft_save(draft("", &[])).await.unwrap();
    assert_eq!(app.draft_get(None).await.unwrap(), Draft::default());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_is_text_of_a_size_with_a_name_without_folder() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    for (path, name) in
        [("C:\\Users\\me\\a b.md", "a b.md"), ("..", ".."), ("dir/", "text"), ("a\nb", "ab")]
    {
        let added = app.attachment_add(path.into(), "x".into()).await.unwrap();
        assert_eq!(added.name, name);
    }
    let empty = app.attachment_add("a".into(), "\n".into()).await.unwrap_err();
    assert_eq!(empty.code(), ErrorCode::InvalidRequest);
    let huge = app.attachment_add("a".into(), "x".repeat((4 << 20) + 1)).await.unwrap_err();
    assert_eq!(huge.code(), ErrorCode::TextTooLarge);
    let unknown = app.attachment_get(AttachmentId(Uuid::nil())).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::AttachmentNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_are_saved_changed_and_removed_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let prompt = |name: &str, text: &str| PromptDraft { name: name.into(), text: text.into() };
    let mail = app.prompt_create(prompt("mail", "Write to {{name}}.")).await.unwrap();
    let taken = app.prompt_create(prompt("MAIL", "x")).await.unwrap_err();
    assert_eq!(taken.code(), ErrorCode::NameTaken);
    for wrong in [("two words", "x"), ("", "x"), ("a/b", "x"), ("empty", " ")] {
        let refused = app.prompt_create(prompt(wrong.0, wrong.1)).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest, "{wrong:?}");
    }
    app.prompt_update(mail.id, prompt("letter", "Dear {{name}},")).await.unwrap();
    assert_eq!(app.prompt_list().await.unwrap()[0].draft.name, "letter");
    app.prompt_delete(mail.id).await.unwrap();
    let gone = app.prompt_update(mail.id, prompt("mail", "x")).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::PromptNotFound);
    let gone = app.prompt_delete(PromptId(Uuid::nil())).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::PromptNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_offered_again() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    for text in ["One", "Two", "One"] {
        let mut question = ask(text);
        question.sampling.max_tokens = Some(1);
        let started = app.chat_send(question).await.unwrap();
        answer(&app, started.generation).await;
    }
    assert_eq!(app.input_history().await.unwrap(), ["One", "Two"]);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_presets_are_there_at_first_and_one_that_is_removed_does_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut personas = app.persona_list().await.unwrap();
    let mut keys: Vec<_> = personas.iter().map(|p| p.preset.clone().unwrap()).collect();
    keys.sort();
    assert_eq!(keys, ["code", "general", "summarise", "translate", "writing"]);
    assert!(personas.iter().all(|p| !p.draft.icon.is_empty() && !p.draft.instructions.is_empty()));
    assert!(personas.iter().all(|p| p.draft.sampling.validate().is_ok()));
    let changed = personas.pop().unwrap();
    let own = app.persona_update(changed.id, changed.draft).await.unwrap();
    assert_eq!(own.preset, None, "what a person changed is the person's");
    for persona in personas {
        app.persona_delete(persona.id).await.unwrap();
    }
    app.persona_delete(own.id).await.unwrap();
    app.shutdown().await;
    drop(app);
    let app = open(dir.path()).await;
    assert!(app.persona_list().await.unwrap().is_empty());
    app.shutdown().await;
}
