//! Where everything lies, and removing it for good.

use hearth_app::DraftChange;
use hearth_domain::{DataPart, DataPlaceKind, SearchRequest};
use serde_json::json;

use crate::{
    portable::{sample, sample_from},
    support::open,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_report_names_the_places_with_their_sizes() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let report = app.data_report().await.unwrap();
    let size = |kind| {
        let places = report.places.iter().filter(move |place| place.kind == kind);
        places.map(|place| place.bytes).sum::<u64>()
    };
    assert!(size(DataPlaceKind::Database) > 50_000);
    assert!(size(DataPlaceKind::BundledModels) > 1_000_000);
    assert_eq!(size(DataPlaceKind::Backups), 0);
    assert_eq!((report.key.as_str(), report.conversations, report.deleted), ("key_file", 1, 0));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_conversations_leaves_no_word_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let mut large = sample();
    large["conversations"][0]["messages"][0]["content"] = json!("canary walnut ".repeat(100_000));
    app.conversation_import(large.to_string()).await.unwrap();
    let draft = DraftChange { text: "canary draft".into(), ..DraftChange::default() };
    app.draft_save(draft).await.unwrap();
    std::fs::write(dir.path().join("hearth.db.before-3"), "an older copy").unwrap();
    let before = app.data_report().await.unwrap();

    let after = app.data_delete(DataPart::Conversations).await.unwrap();
    assert_eq!((after.conversations, after.deleted), (0, 0));
    let database = |report: &hearth_domain::DataReport| report.places[0].bytes;
    assert!(database(&after) * 2 < database(&before), "{before:?} {after:?}");
    assert!(!dir.path().join("hearth.db.before-3").exists());
    assert_eq!(app.draft_get(None).await.unwrap().text, "");
    assert!(app.input_history().await.unwrap().is_empty());
    let request = SearchRequest { query: "canary".into(), ..SearchRequest::default() };
    assert!(app.search(request).await.unwrap().hits.is_empty());
    assert!(app.verify().await.unwrap().ok);

    // It works on, and what was removed can be taken in again.
    assert_eq!(app.conversation_import(sample().to_string()).await.unwrap().conversations, 1);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_what_was_deleted_keeps_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let other = sample_from(100);
    app.conversation_import(other.to_string()).await.unwrap();
    let id = serde_json::from_value(other["conversations"][0]["id"].clone()).unwrap();
    app.conversation_delete(id).await.unwrap();
    assert_eq!(app.data_report().await.unwrap().deleted, 1);
    let after = app.data_delete(DataPart::Deleted).await.unwrap();
    assert_eq!((after.conversations, after.deleted), (1, 0));
    assert!(app.conversation_restore(id).await.is_err());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_copies_touches_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    std::fs::write(dir.path().join("hearth.db.before-2"), vec![0; 5000]).unwrap();
    let size = |report: &hearth_domain::DataReport| {
        report.places.iter().find(|place| place.kind == DataPlaceKind::Backups).unwrap().bytes
    };
    assert_eq!(size(&app.data_report().await.unwrap()), 5000);
    let after = app.data_delete(DataPart::Backups).await.unwrap();
    assert_eq!((size(&after), after.conversations), (0, 1));
    app.shutdown().await;
}
