//! Questions that carry documents.

use std::time::Duration;

use hearth_app::{App, ChatRequest, ConversationFilter, DraftChange, FileQuestion};
use hearth_domain::{
    AttachmentId, ChatEvent, DocumentPart, ErrorCode, GenerationId, MessageStatus, Notice,
    PassageRequest, SamplingParams,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    portable,
    support::{HANG, answer, ask, ask_in, open},
};

/// A text that is longer than the context, with something to find in it.
fn handbook() -> String {
    let places = ["Lindau", "Husum", "Goslar", "Xanten", "Celle", "Speyer", "Soest", "Kleve"];
    let colours = ["violet", "amber", "teal", "crimson", "olive", "indigo", "beige", "scarlet"];
    let chapter = |(place, colour): (&&str, &&str)| {
        let work =
            "Every parcel is weighed, labelled and put on its shelf before noon. ".repeat(24);
        format!(
            "The depot in {place}\n\nThe door of the depot in {place} is {colour}.\n\n{work}\n\n"
        )
    };
    places.iter().zip(&colours).map(chapter).collect()
}

/// A question with a short answer.
fn ask_shortly(text: &str) -> ChatRequest {
    let sampling = SamplingParams { max_tokens: Some(24), ..SamplingParams::default() };
    ChatRequest { sampling, ..ask(text) }
}

/// Numbers: each of their digits is a token.
fn figures(bytes: usize) -> String {
    let line = |day: usize| format!("Day {day}: {} {}.\n", day * 7919, day * day * 104_729);
    let mut text: String = (0..bytes / 16).map(line).collect();
    text.truncate(bytes);
    text
}

/// How many passages the answer was given to read.
fn passages(events: &[ChatEvent]) -> u32 {
    let found = events.iter().find_map(|event| match event {
        ChatEvent::Sources { sources } => Some(sources.passages),
        _ => None,
    });
    found.unwrap_or(0)
}

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
async fn a_text_larger_than_the_context_is_searched_for_what_fits_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let file = app.attachment_add("handbook.txt".into(), handbook()).await.unwrap();
    let question = ask_shortly("Which colour is the door of the depot in Lindau?");
    let sent = ChatRequest { attachments: vec![file.id], ..question };
    let first = app.chat_send(sent).await.unwrap();
    let events = answer(&app, first.generation).await;
    let names = events.iter().find_map(|event| match event {
        ChatEvent::Notice { notice: Notice::DocumentsSearched { names } } => Some(names.clone()),
        _ => None,
    });
    assert_eq!(names, Some(vec!["handbook.txt".to_owned()]), "{events:?}");
    assert!(passages(&events) > 0, "{events:?}");
    assert!(events.iter().any(|it| matches!(it, ChatEvent::Searching { .. })), "{events:?}");
    // The next question is asked of it too.
    let next = ChatRequest {
        conversation: Some(first.conversation.id),
        ..ask_shortly("And the door of the depot in Husum?")
    };
    let next = app.chat_send(next).await.unwrap();
    let events = answer(&app, next.generation).await;
    assert!(passages(&events) > 0, "{events:?}");
    // By now it is in the index.
    let known = |it: &ChatEvent| matches!(it, ChatEvent::Searching { indexing: false });
    assert!(events.iter().any(known), "{events:?}");
    // Nobody finds it without its conversation.
    let everywhere = PassageRequest {
        collections: Vec::new(),
        parts: Vec::new(),
        text: "door of the depot".into(),
        k: 5,
    };
    assert!(app.passage_search(everywhere).await.unwrap().results.is_empty());
    assert!(app.collection_list().await.unwrap().is_empty());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_texts_of_which_each_has_room_and_all_together_have_none_are_answered_from() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut attachments = Vec::new();
    for number in 0..12_u32 {
        let counted = |day: u32| format!("Day {day}: {} barrels of 1204.5 kg.\n", day * number + 7);
        let text = (0..80).map(counted).collect();
        attachments.push(app.attachment_add(format!("{number}.txt"), text).await.unwrap().id);
    }
    let sent = ChatRequest { attachments, ..ask_shortly("How many barrels came on day 3?") };
    let sent = app.chat_send(sent).await.unwrap();
    let events = answer(&app, sent.generation).await;
    assert!(matches!(events.last(), Some(ChatEvent::Finished { .. })), "{events:?}");
    assert!(passages(&events) > 0, "{events:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_a_conversation_that_was_taken_in_are_read_to_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut file = portable::sample();
    let message = &mut file["conversations"][0]["messages"][0];
    message["attachments"][0]["text"] = figures(3600).into();
    app.conversation_import(file.to_string()).await.unwrap();
    let archived = ConversationFilter { archived: true, ..Default::default() };
    let list = app.conversation_list(archived).await.unwrap();
    let here = Some(list.items[0].id);
    let sent = ChatRequest { conversation: here, everything: true, ..ask_shortly("Sum it up.") };
    let sent = app.chat_send(sent).await.unwrap();
    let events = answer(&app, sent.generation).await;
    assert!(matches!(events.last(), Some(ChatEvent::Finished { .. })), "{events:?}");
    let parts = events.iter().filter_map(|event| match event {
        ChatEvent::ReadingParts { total, .. } => Some(*total),
        _ => None,
    });
    assert!(parts.max().is_some_and(|parts| parts > 2), "{events:?}");
    assert!(passages(&events) > 0, "{events:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_too_much_to_be_read_at_once_are_searched() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let collection = app.collection_create("Letters".into()).await.unwrap().id;
    // What they hold is there before it can be found.
    app.collection_pause(collection, true).await.unwrap();
    let long = "The slip is kept free of ropes after dusk. ".repeat(25_000);
    let rows = (0..5).map(|row| format!("{}\n", json!({ "id": row, "text": long })));
    let path = dir.path().join("rows.jsonl");
    std::fs::write(&path, rows.collect::<String>()).unwrap();
    app.library_add(collection, vec![path]).await.unwrap();
    let files = async {
        loop {
            let (text, tag, state) = (String::new(), None, None);
            let question = FileQuestion { collection, state, text, tag, offset: 0, limit: 10 };
            let page = app.file_list(question).await.unwrap();
            if page.items.len() == 5 {
                break page.items;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let files = tokio::time::timeout(HANG, files).await.unwrap();
    let parts = files.iter().map(|file| DocumentPart::File { id: file.id }).collect();
    let sent = ChatRequest { parts, ..ask_shortly("When is the slip kept free?") };
    let sent = app.chat_send(sent).await.unwrap();
    let events = answer(&app, sent.generation).await;
    assert!(matches!(events.last(), Some(ChatEvent::Finished { .. })), "{events:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_waits_for_a_document_to_be_indexed_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let sent = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, sent.generation).await;
    let long = "Every parcel is weighed, labelled and put on its shelf. ".repeat(40_000);
    let file = app.attachment_add("parcels.txt".into(), long).await.unwrap();
    let sent = ChatRequest { attachments: vec![file.id], ..ask_shortly("Where is it put?") };
    let sent = app.chat_send(sent).await.unwrap();
    let topic = format!("generation/{}", sent.generation);
    let mut stream = app.subscribe(&topic, Some(0)).unwrap();
    while let Some(items) = stream.next().await {
        if items.iter().any(|item| item.json.contains("documents_searched")) {
            break;
        }
    }
    app.generation_cancel(sent.generation);
    let events = answer(&app, sent.generation).await;
    let Some(ChatEvent::Finished { status, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(*status, MessageStatus::Stopped);
    assert_eq!(passages(&events), 0);
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
