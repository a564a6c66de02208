//! Settings, personas, the recovery code, the check-up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hearth_app::App;
use hearth_domain::{ErrorCode, PersonaDraft, SamplingParams, Theme};
use serde_json::json;

use crate::support::{HANG, Moving, config, open, open_at, ports};

#[tokio::test(flavor = "multi_thread")]
async fn settings_survive_a_restart_and_a_wrong_patch_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.settings_update(json!({"appearance": {"theme": "dark"}})).await.unwrap();
    let refused = app.settings_update(json!({"model": {"parallel": 0}})).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    app.shutdown().await;
    drop(app);
    let app = open(dir.path()).await;
    assert_eq!(app.settings().appearance.theme, Theme::Dark);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_told_that_the_folder_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let refused = App::open(config(dir.path()), ports()).await.map(drop).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::DataFolderLocked);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recovery_code_is_the_same_until_it_is_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let first = app.recovery_code_show().await.unwrap().code;
    assert_eq!(app.recovery_code_show().await.unwrap().code, first);
    assert!(app.recovery_code_acknowledge().await.unwrap().recovery_acknowledged);
    assert_ne!(app.recovery_code_show().await.unwrap().code, first);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_file_is_put_back_by_the_recovery_code() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let code = app.recovery_code_show().await.unwrap().code;
    app.settings_update(json!({"welcomed": true})).await.unwrap();
    app.shutdown().await;
    drop(app);
    std::fs::remove_file(dir.path().join("key")).unwrap();
    let lost = App::open(config(dir.path()), ports()).await.map(drop).unwrap_err();
    assert_eq!(lost.code(), ErrorCode::DatabaseKeyMissing);
    let wrong = App::recover(&config(dir.path()), ports(), "AAAA-BBBB".into()).await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::RecoveryCodeWrong);
    App::recover(&config(dir.path()), ports(), code).await.unwrap();
    let app = open(dir.path()).await;
    assert!(app.settings().welcomed);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personas_are_made_changed_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let draft = |name: &str| PersonaDraft {
        name: name.into(),
        icon: String::new(),
        instructions: "Be brief.".into(),
        model: None,
        sampling: SamplingParams::default(),
    };
    let made = app.persona_create(draft("Brief")).await.unwrap();
    app.persona_update(made.id, draft("Briefer")).await.unwrap();
    assert_eq!(app.persona_list().await.unwrap()[0].draft.name, "Briefer");
    assert!(app.persona_create(draft(" ")).await.is_err());
    app.persona_delete(made.id).await.unwrap();
    let gone = app.persona_delete(made.id).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::PersonaNotFound);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_folder_is_sound_and_the_check_up_finds_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    assert!(app.verify().await.unwrap().ok);
    let report = app.doctor().await.unwrap();
    assert!(report.checks.iter().any(|check| check.name == "model" && check.ok));
    app.shutdown().await;
}

#[tokio::test]
async fn a_machine_that_is_never_switched_off_removes_what_is_past_its_time() {
    const HOUR: u64 = 3600;
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Moving(AtomicI64::new(1_700_000_000_000)));
    let app = open_at(&clock, dir.path()).await;
    let loose = app.attachment_add("a.txt".into(), "a word".into()).await.unwrap();
    let pass = async |hours: u64| {
        clock.0.fetch_add(1000 * (hours * HOUR) as i64, Ordering::SeqCst);
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(HOUR + 1)).await;
        tokio::time::resume();
    };
    pass(12).await;
    tokio::task::yield_now().await;
    app.attachment_get(loose.id).await.unwrap();
    pass(13).await;
    let gone = async { while app.attachment_get(loose.id).await.is_ok() {} };
    tokio::time::timeout(HANG, gone).await.expect("it is still there");
    app.shutdown().await;
}
