//! A passphrase over real data: set, asked for, changed, removed.

use std::{path::Path, sync::Arc};

use hearth_app::{App, Credential, Error, KeyChoice, Pace};
use hearth_domain::{ErrorCode, Secret};

use crate::support::{config, open, ports};

fn typed(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

async fn try_with(folder: &Path, text: &str, pace: &Pace) -> Result<Arc<App>, Error> {
    let credential = Credential::Passphrase { typed: typed(text), pace: pace.clone() };
    App::open_with(config(folder), ports(), credential).await
}

async fn code_of(opened: Result<Arc<App>, Error>) -> ErrorCode {
    opened.err().expect("it is refused").code()
}

/// The folder can be opened again only when nothing holds it any more.
async fn close(app: Arc<App>) {
    app.shutdown().await;
    drop(app);
}

#[tokio::test]
async fn data_with_a_passphrase_opens_with_it_alone_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let before = app.lock_state();
    assert!(before.available && !before.configured);
    assert!(app.lock_set(typed("sesame")).await.unwrap().configured);
    assert_eq!(app.status("server", &[]).await.unwrap().key_source, "passphrase");
    assert!(!folder.path().join("key").exists(), "the key is in no file any more");
    let again = app.lock_set(typed("another")).await.unwrap_err();
    assert_eq!(again.code(), ErrorCode::InvalidRequest);
    close(app).await;

    assert_eq!(code_of(App::open(config(folder.path()), ports()).await).await, ErrorCode::Locked);
    let file = Credential::Place(KeyChoice::KeyFile);
    let opened = App::open_with(config(folder.path()), ports(), file).await;
    assert_eq!(code_of(opened).await, ErrorCode::Locked);
    let pace = Pace::default();
    let wrong = try_with(folder.path(), "Sesame", &pace).await;
    assert_eq!(code_of(wrong).await, ErrorCode::PassphraseWrong);
    let app = try_with(folder.path(), "sesame", &pace).await.unwrap();
    assert!(app.lock_state().configured);
    close(app).await;
}

#[tokio::test]
async fn a_change_and_a_removal_need_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    app.lock_set(typed("old")).await.unwrap();
    let wrong = app.lock_change(typed("x"), typed("new")).await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::PassphraseWrong);
    let empty = app.lock_change(typed("old"), typed("")).await.unwrap_err();
    assert_eq!(empty.code(), ErrorCode::InvalidRequest);
    assert!(app.lock_change(typed("old"), typed("new")).await.unwrap().configured);
    let wrong = app.lock_remove(typed("old")).await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::PassphraseWrong);
    assert!(!app.lock_remove(typed("new")).await.unwrap().configured);
    assert_eq!(app.status("server", &[]).await.unwrap().key_source, "key_file");
    close(app).await;
    close(open(folder.path()).await).await;
}

#[tokio::test]
async fn too_many_wrong_passphrases_must_wait_and_are_told_how_long() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    app.lock_set(typed("right")).await.unwrap();
    close(app).await;
    let pace = Pace::default();
    let mut waits = Vec::new();
    for _ in 0..3 {
        let wrong = try_with(folder.path(), "wrong", &pace).await.err().unwrap();
        waits.push(wrong.details().unwrap()["wait_ms"].as_u64().unwrap());
    }
    assert_eq!(waits, [0, 0, 1_000]);
    // Even the right one is not looked at.
    let soon = try_with(folder.path(), "right", &pace).await;
    assert_eq!(code_of(soon).await, ErrorCode::TooManyAttempts);
}

#[tokio::test]
async fn the_recovery_code_opens_locked_data_and_removes_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let code = app.recovery_code_show().await.unwrap().code;
    app.lock_set(typed("forgotten")).await.unwrap();
    close(app).await;
    App::recover(&config(folder.path()), ports(), code).await.unwrap();
    let app = open(folder.path()).await;
    assert!(!app.lock_state().configured);
    close(app).await;
}
