//! What was read of a conversation outlives the program, unreadable to everybody else, and goes with
//! the conversation.

use std::{fs, path::Path, time::Duration};

use hearth_app::{App, WantedBy};
use hearth_domain::{ChatEvent, ConversationId, DataPart, DataPlaceKind, Usage};
use serde_json::json;

use crate::support::{HANG, answer, ask, ask_in, open, text};

/// A word that stands nowhere else.
const CANARY: &str = "zyxwalnutquartz";

/// Some hundred tokens.
fn story() -> String {
    format!("Remember the word {CANARY}. {}", "The river runs past the old mill. ".repeat(40))
}

fn usage(events: &[ChatEvent]) -> Usage {
    let found = events.iter().find_map(|event| match event {
        ChatEvent::Finished { usage, .. } => Some(*usage),
        _ => None,
    });
    found.expect("an answer that finished")
}

/// Asks the first question of a conversation and stops the program.
async fn first_run(dir: &Path) -> (ConversationId, Usage) {
    let app = open(dir).await;
    let started = app.chat_send(ask(&story())).await.unwrap();
    let events = answer(&app, started.generation).await;
    assert!(!text(&events).is_empty());
    app.shutdown().await;
    (started.conversation.id, usage(&events))
}

async fn next_question(app: &std::sync::Arc<App>, of: ConversationId) -> Usage {
    let started = app.chat_send(ask_in(of, "What runs past the mill?")).await.unwrap();
    usage(&answer(app, started.generation).await)
}

async fn on_disk(app: &App) -> u64 {
    let report = app.data_report().await.unwrap();
    let states = report.places.iter().find(|place| place.kind == DataPlaceKind::PromptCache);
    states.unwrap().bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_after_a_restart_without_being_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let (of, first) = first_run(dir.path()).await;
    assert!(first.prompt_tokens > 300, "{first:?}");
    let app = open(dir.path()).await;
    assert!(on_disk(&app).await > 1_000_000);
    let second = next_question(&app, of).await;
    // Whole blocks always; what stands behind the last one where the answer reads as it was written.
    assert!(second.cached_tokens >= first.prompt_tokens / 256 * 256, "{first:?} {second:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_space_for_it_nothing_is_kept_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.settings_update(json!({ "model": { "prompt_cache_mib": 0 } })).await.unwrap();
    app.shutdown().await;
    drop(app);
    let (of, _) = first_run(dir.path()).await;
    let app = open(dir.path()).await;
    assert_eq!(on_disk(&app).await, 0);
    let second = next_question(&app, of).await;
    assert!(second.cached_tokens < 60, "{second:?}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_data_folder_tells_what_was_read() {
    let dir = tempfile::tempdir().unwrap();
    let (of, _) = first_run(dir.path()).await;
    let needles = [
        CANARY.as_bytes().to_vec(),
        b"past the old mill".to_vec(),
        of.0.simple().to_string().into_bytes(),
    ];
    let mut files = 0;
    let mut folders = vec![dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = [fs::read(&path).unwrap(), name.into_bytes()].concat();
            for needle in &needles {
                let found = bytes.windows(needle.len()).any(|part| part == needle.as_slice());
                assert!(!found, "{}", path.display());
            }
        }
    }
    assert!(files > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_leaves_no_state_and_everything_can_be_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (of, _) = first_run(dir.path()).await;
    let app = open(dir.path()).await;
    app.conversation_delete(of).await.unwrap();
    let gone = async {
        while on_disk(&app).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(HANG, gone).await.expect("the states stay");
    app.shutdown().await;

    let dir = tempfile::tempdir().unwrap();
    first_run(dir.path()).await;
    let app = open(dir.path()).await;
    assert!(on_disk(&app).await > 0);
    app.data_delete(DataPart::PromptCache).await.unwrap();
    assert_eq!(on_disk(&app).await, 0);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_to_a_conversation_reads_it_before_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let (of, _) = first_run(dir.path()).await;
    let app = open(dir.path()).await;
    app.data_delete(DataPart::PromptCache).await.unwrap();
    app.conversation_prefetch(of).await.unwrap();
    app.model_load(None, WantedBy::Person).await.unwrap();
    app.pause_background(true);
    app.conversation_prefetch(of).await.unwrap();
    app.pause_background(false);
    assert_eq!(on_disk(&app).await, 0);
    app.conversation_prefetch(of).await.unwrap();
    // The engine is silent about what nobody waits for; what was read goes to disk at once.
    let kept = async {
        while on_disk(&app).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(HANG, kept).await.expect("nothing is read");
    let second = next_question(&app, of).await;
    assert!(second.cached_tokens > 100, "{second:?}");
    app.shutdown().await;
}
