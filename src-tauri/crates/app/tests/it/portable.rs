//! Conversations taken out and in: our own form both ways, those of others one way, and what is
//! no export at all.

use std::io::Write;

use hearth_app::{App, ConversationFilter, read_import_file};
use hearth_domain::{
    ErrorCode, ExportFormat, ImportFormat, Message, PersonaDraft, Role, SamplingParams,
    SearchRequest, SkipReason, Skipped,
};
use serde_json::{Value, json};

use crate::support::open;

const CHATGPT: &str = include_str!("../fixtures/chatgpt.json");
const CLAUDE: &str = include_str!("../fixtures/claude.json");

/// A file of our own form with one conversation: two branches, an attachment, a folder.
pub(crate) fn sample() -> Value {
    sample_from(0)
}

/// The same with other names for everything but the folder.
pub(crate) fn sample_from(first: u32) -> Value {
    let id = |n: u32| format!("01900000-0000-7000-8000-{:012}", n + first);
    let folder = "01900000-0000-7000-8000-000000000031";
    let message = |n: u32, parent: Option<u32>, role: &str, content: &str| {
        json!({
            "id": id(n), "parent": parent.map(id), "role": role, "content": content,
            "attachments": [], "reasoning": "", "status": "complete", "finish": null,
            "model": null, "usage": null, "timing": null, "created": 1_000 + n,
        })
    };
    let mut question =
        message(11, None, "user", "What is in the file?\n\n```\nkept  as it is\n```");
    question["attachments"] =
        json!([{"id": id(21), "name": "a.txt", "text": "one\ntwo ```` fence\n", "pages": 12}]);
    let mut answer = message(13, Some(11), "assistant", "Two lines about walnuts.");
    answer["reasoning"] = json!("I count.");
    answer["model"] = json!("tiny");
    answer["finish"] = json!("stop");
    answer["usage"] = json!({"prompt_tokens": 3, "cached_tokens": 2, "completion_tokens": 1});
    json!({
        "format": "hearth", "version": 1, "exported": 5,
        "folders": [{"id": folder, "name": "Work", "created": 4}],
        "conversations": [{
            "id": id(1), "title": "Files / and *more*", "pinned": true, "archived": true,
            "folder": folder, "persona": "Brief", "instructions": "Be exact.", "model": null,
            "sampling": {"temperature": 0.5}, "head": id(12), "created": 1_000, "updated": 9_000,
            "messages": [
                question, message(12, Some(11), "assistant", "One answer."), answer,
            ],
        }],
    })
}

fn persona() -> PersonaDraft {
    PersonaDraft {
        name: "Brief".into(),
        icon: String::new(),
        instructions: "Be brief.".into(),
        model: None,
        sampling: SamplingParams::default(),
    }
}

async fn exported(app: &App) -> Value {
    let file = app.conversation_export(None, ExportFormat::Json).await.unwrap();
    serde_json::from_str(&file.text).unwrap()
}

async fn count(app: &App) -> usize {
    let mut all = 0;
    for archived in [false, true] {
        let filter = ConversationFilter { archived, ..ConversationFilter::default() };
        all += app.conversation_list(filter).await.unwrap().items.len();
    }
    all
}

fn skipped(reason: SkipReason, count: u32) -> Skipped {
    Skipped { reason, count }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_back_the_same() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = open(dir.path()).await;
    app.persona_create(persona()).await.unwrap();
    let report = app.conversation_import(sample().to_string()).await.unwrap();
    assert_eq!(
        (report.format, report.conversations, report.messages),
        (ImportFormat::Hearth, 1, 3)
    );
    let mut first = exported(&app).await;
    assert_eq!(first["exported"], 1_700_000_000_000_i64);
    let mut given = sample();
    for file in [&mut first, &mut given] {
        file["exported"] = Value::Null;
        file["conversations"][0]["sampling"] = Value::Null;
    }
    assert_eq!(first, given);
    let again = app.conversation_import(sample().to_string()).await.unwrap();
    assert_eq!(
        (again.conversations, again.skipped),
        (0, vec![skipped(SkipReason::AlreadyHere, 1)])
    );

    let second = open(other.path()).await;
    second.persona_create(persona()).await.unwrap();
    let text = app.conversation_export(None, ExportFormat::Json).await.unwrap().text;
    second.conversation_import(text.clone()).await.unwrap();
    assert_eq!(second.conversation_export(None, ExportFormat::Json).await.unwrap().text, text);
    app.shutdown().await;
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_is_brought_back_by_its_export() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let before = exported(&app).await;
    let id = serde_json::from_value(before["conversations"][0]["id"].clone()).unwrap();
    app.conversation_delete(id).await.unwrap();
    assert_eq!(exported(&app).await["conversations"], json!([]));
    // An older export does not know how many pages its attachment has; it is the same all the same.
    let mut older = before.clone();
    let carried = &mut older["conversations"][0]["messages"][0]["attachments"][0];
    assert_eq!(carried.as_object_mut().unwrap().remove("pages"), Some(json!(12)));
    assert_eq!(app.conversation_import(older.to_string()).await.unwrap().conversations, 1);
    assert_eq!(exported(&app).await["conversations"], before["conversations"]);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markdown_shows_the_branch_with_its_text_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let file = app.conversation_export(None, ExportFormat::Markdown).await.unwrap();
    assert_eq!((file.name.as_str(), file.conversations), ("Files and more.md", 1));
    assert_eq!(
        file.text,
        "# Files / and *more*\n\n1970-01-01 00:00 UTC\n\n## Instructions\n\nBe exact.\n\n\
         ## You · 1970-01-01 00:00 UTC\n\nWhat is in the file?\n\n```\nkept  as it is\n```\n\n\
         **a.txt**\n\n`````\none\ntwo ```` fence\n`````\n\n\
         ## Assistant · 1970-01-01 00:00 UTC\n\nOne answer.\n"
    );
    let unknown = serde_json::from_value(json!("01900000-0000-7000-8000-0000000000ff")).unwrap();
    let refused = app.conversation_export(Some(vec![unknown]), ExportFormat::Json).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::ConversationNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_chatgpt_is_taken_in_with_its_branches() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let report = app.conversation_import(CHATGPT.into()).await.unwrap();
    assert_eq!(report.format, ImportFormat::Chatgpt);
    assert_eq!((report.conversations, report.messages), (1, 3));
    let expected = [
        skipped(SkipReason::Empty, 1),
        skipped(SkipReason::Malformed, 1),
        skipped(SkipReason::NotText, 1),
        skipped(SkipReason::Tool, 2),
    ];
    assert_eq!(report.skipped, expected);

    let file = exported(&app).await;
    let taken = &file["conversations"][0];
    assert_eq!(taken["title"], "Paris in spring");
    assert_eq!(
        (&taken["archived"], &taken["created"]),
        (&json!(true), &json!(1_714_550_400_125_i64))
    );
    let messages = taken["messages"].as_array().unwrap();
    let texts: Vec<_> = messages.iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["When do the trees bloom?", "In April.", "Late March to April ."]);
    assert_eq!(messages[2]["parent"], messages[0]["id"], "what is left out is not in between");
    assert_eq!(messages[2]["reasoning"], "Think of the climate.");
    assert_eq!(messages[2]["model"], "gpt-5");
    assert_eq!(taken["head"], messages[2]["id"]);

    let again = app.conversation_import(CHATGPT.into()).await.unwrap();
    assert_eq!(again.conversations, 0);
    assert!(again.skipped.contains(&skipped(SkipReason::AlreadyHere, 1)));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_claude_is_taken_in_with_its_texts() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let report = app.conversation_import(CLAUDE.into()).await.unwrap();
    assert_eq!((report.format, report.conversations), (ImportFormat::Claude, 1));
    let expected = [
        skipped(SkipReason::Empty, 1),
        skipped(SkipReason::NotText, 2),
        skipped(SkipReason::Tool, 2),
    ];
    assert_eq!(report.skipped, expected);
    let filter = ConversationFilter::default();
    let item = app.conversation_list(filter).await.unwrap().items.remove(0);
    assert_eq!(item.title, "What does this say?");
    let messages: Vec<Message> = app.conversation_get(item.id, 60, None).await.unwrap().messages;
    assert_eq!((messages[0].role, messages[1].role), (Role::User, Role::Assistant));
    assert_eq!(messages[1].content, "It is a list:\n\nmilk and bread.");
    assert_eq!(messages[1].reasoning, "A shopping list.");
    assert_eq!(messages[0].attachments[0].name, "list.txt");
    let text = app.attachment_get(messages[0].attachments[0].id).await.unwrap().text;
    assert_eq!(text, "milk\nbread\n");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_export_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let whole = sample().to_string();
    let changed = |change: fn(&mut Value)| {
        let mut file = sample();
        change(&mut file["conversations"][0]);
        file.to_string()
    };
    let circle = r#"[{"conversation_id":"x","mapping":{"a":{"parent":"b"},"b":{"parent":"a"}}}]"#;
    let twice = r#"[{"conversation_id":"x","mapping":{"a":{"parent":null},"a":{"parent":null}}}]"#;
    let refused = [
        String::new(),
        "secret words, not JSON".into(),
        "{}".into(),
        "[]".into(),
        "[1, 2]".into(),
        r#"{"format":"hearth"}"#.into(),
        r#"{"format":"hearth","version":0}"#.into(),
        r#"{"format":"other","version":1}"#.into(),
        whole[..whole.len() - 20].into(),
        CHATGPT[..CHATGPT.len() - 40].into(),
        CLAUDE[..CLAUDE.len() / 2].into(),
        "[".repeat(1 << 20),
        "{\"a\":".repeat(1 << 20),
        format!("[{{\"mapping\":{}", "[".repeat(1 << 20)),
        circle.into(),
        twice.into(),
        changed(|c| c["messages"][1]["id"] = c["messages"][0]["id"].clone()),
        changed(|c| c["messages"][0]["parent"] = c["messages"][2]["id"].clone()),
        changed(|c| c["messages"][1]["parent"] = json!("01900000-0000-7000-8000-0000000000ee")),
        changed(|c| c["head"] = json!("01900000-0000-7000-8000-0000000000ee")),
        changed(|c| c["created"] = json!(i64::MAX)),
        changed(|c| c["sampling"] = json!({"temperature": 99})),
        changed(|c| c["folder"] = json!("01900000-0000-7000-8000-0000000000ee")),
    ];
    for text in refused {
        let beginning: String = text.chars().take(60).collect();
        let error = app.conversation_import(text).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ImportUnreadable, "{beginning}");
        assert!(!error.to_string().contains("secret"));
    }
    let mut newer = sample();
    newer["version"] = json!(2);
    let error = app.conversation_import(newer.to_string()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ImportNewer);
    assert_eq!(count(&app).await, 0);
    assert!(app.verify().await.unwrap().ok);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_message_of_another_conversation_is_taken_in_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let mut foreign = sample();
    let mut first = foreign["conversations"][0].clone();
    first["id"] = json!("01900000-0000-7000-8000-0000000000aa");
    first["messages"] = json!([]);
    first["head"] = Value::Null;
    foreign["conversations"][0]["id"] = json!("01900000-0000-7000-8000-0000000000bb");
    foreign["conversations"].as_array_mut().unwrap().insert(0, first);
    let error = app.conversation_import(foreign.to_string()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ImportUnreadable);
    assert_eq!(count(&app).await, 1);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_in_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let request = SearchRequest { query: "walnut".into(), ..SearchRequest::default() };
    let page = app.search(request).await.unwrap();
    assert_eq!(page.hits.len(), 1);
    assert!(page.hits[0].archived);
    app.shutdown().await;
}

fn archive(folder: &std::path::Path, entries: &[(&str, &[u8])]) -> std::path::PathBuf {
    let path = folder.join("export.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in entries {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap();
    path
}

#[test]
fn an_archive_is_read_for_its_conversations_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = archive(
        dir.path(),
        &[("chat.html", b"<html>"), ("conversations.json", CLAUDE.as_bytes()), ("a.png", b"x")],
    );
    assert_eq!(read_import_file(&path).unwrap(), [CLAUDE]);
    let plain = dir.path().join("plain.json");
    std::fs::write(&plain, CHATGPT).unwrap();
    assert_eq!(read_import_file(&plain).unwrap(), [CHATGPT]);
}

#[test]
fn archives_that_are_none_or_swell_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |path: &std::path::Path| read_import_file(path).unwrap_err().code();
    let path = archive(dir.path(), &[("other.json", b"{}")]);
    assert_eq!(refused(&path), ErrorCode::ImportUnreadable);
    let bomb = archive(dir.path(), &[("conversations.json", &vec![b' '; 64 << 20])]);
    assert_eq!(refused(&bomb), ErrorCode::ImportUnreadable);
    let mut cut = std::fs::read(&bomb).unwrap();
    cut.truncate(cut.len() / 2);
    std::fs::write(&bomb, cut).unwrap();
    assert_eq!(refused(&bomb), ErrorCode::ImportUnreadable);
    std::fs::write(&bomb, [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(refused(&bomb), ErrorCode::ImportUnreadable);
    assert_eq!(refused(&dir.path().join("gone")), ErrorCode::ImportUnreadable);
    // A sparse file of a gigabyte is not read to its end.
    let large = std::fs::File::create(dir.path().join("large.json")).unwrap();
    large.set_len(1 << 30).unwrap();
    assert_eq!(refused(&dir.path().join("large.json")), ErrorCode::TextTooLarge);
}
