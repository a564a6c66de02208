//! A keyring that is wiped: the database is refused, and the recovery code is the way back in.

use std::{fs, process::Stdio};

use serde_json::{Value, json};

use crate::support::{Home, Serve, Session, home, ui, wait};

#[test]
fn a_wiped_keyring_locks_the_data_until_the_recovery_code_is_given() {
    let session = Session::new();
    let serve = Serve::with_commands(&session.home);
    let status = serve.must("app_status", &json!({}));
    assert_eq!(status["key_source"], "keyring", "{status}");
    let code = serve.must("recovery_code_show", &json!({}))["code"].clone();
    serve.must("settings_update", &json!({"patch": {"welcomed": true}}));
    serve.must("recovery_code_acknowledge", &json!({}));
    let kept = serve.must("persona_create", &persona());
    assert!(serve.stop().success());

    let home = session.end();
    fs::remove_dir_all(home.home().join(".local/share/keyrings")).unwrap();
    let session = Session::in_home(home, true);
    let database = session.home.data().join("hearth.db");
    let before = fs::read(&database).unwrap();
    let refused = session.home.run(&["verify", "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(home::error_code(&refused), "database_key_missing");

    let driver = ui::open_window(&session);
    let status = ui::window_rpc(&driver, "app_status", &json!({}));
    assert_eq!(status["error"]["code"], "database_key_missing", "{status}");
    let wrong = json!({"code": "AAAA-AAAA"});
    let answer = ui::window_rpc(&driver, "recovery_code_use", &wrong);
    assert_eq!(answer["error"]["code"], "recovery_code_wrong", "{answer}");
    assert!(fs::read(&database).unwrap() == before, "the database was touched");
    let answer = ui::window_rpc(&driver, "recovery_code_use", &json!({ "code": code }));
    assert_eq!(answer["ok"], json!({}), "{answer}");
    let personas = ui::window_rpc(&driver, "persona_list", &json!({}));
    let names: Vec<&Value> = personas["ok"].as_array().unwrap().iter().map(|p| &p["id"]).collect();
    assert!(names.contains(&&kept["id"]), "the data is there again: {personas}");
    drop(driver);

    // The key is in the keyring again: the next start needs no code.
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

#[test]
fn without_a_keyring_the_key_is_in_a_file_of_its_owner_and_that_is_said_once() {
    let home = Home::new();
    let first = home.run(&["verify"]);
    assert!(first.status.success(), "{first:?}");
    let said = String::from_utf8_lossy(&first.stderr);
    assert!(said.contains("only you can read"), "{said}");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(home.data().join("key")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let second = home.run(&["verify"]);
    assert_eq!(String::from_utf8_lossy(&second.stderr), "", "it is said once");
}

#[test]
fn a_keyring_that_is_gone_is_named_and_the_data_waits_for_it() {
    let session = Session::new();
    assert_eq!(session.home.json(&["verify", "--json"])["ok"], json!(true));
    let home = session.end();
    let refused = home.run(&["verify", "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(home::error_code(&refused), "keyring_unavailable");
    assert!(!home.data().join("key").exists(), "no other key is made");
    let session = Session::in_home(home, true);
    assert_eq!(session.home.json(&["verify", "--json"])["ok"], json!(true));
}

#[test]
fn the_window_opens_without_a_keyring_and_says_where_the_key_is() {
    let session = Session::in_home(Home::new(), false);
    let driver = ui::open_window(&session);
    let status = wait::until("the status", || {
        let status = ui::window_rpc(&driver, "app_status", &json!({}));
        status["ok"]["key_source"].is_string().then_some(status)
    });
    assert_eq!(status["ok"]["key_source"], "key_file", "{status}");
    assert_eq!(status["ok"]["key_notice"], "no_keyring", "{status}");
    session.picture("window-welcome.png");
    drop(driver);
    let mut command = session.home.hearth(&["verify", "--json"]);
    assert!(command.stdin(Stdio::null()).output().unwrap().status.success());
}

fn persona() -> Value {
    json!({
        "name": "Kept",
        "instructions": "Answer in one word.",
        "model": null,
        "sampling": {},
    })
}
