//! `hearth keys`.

use std::process::Output;

use crate::support::{Home, error};

fn make(home: &Home, more: &[&str]) -> Output {
    home.run(&[&["keys", "make", "--json"], more].concat())
}

#[test]
fn a_key_is_made_shown_once_listed_and_revoked() {
    let home = Home::new();
    let more = ["--scope", "chat", "--expires", "30d", "--tokens-per-day", "1000"];
    let made = home.json(&[&["keys", "make", "--json", "--name", "editor"][..], &more].concat());
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(key.starts_with("hearth-") && key.len() > 40, "{made}");

    let listed = home.json(&["keys", "--json"]);
    let rights = &listed["keys"][0]["rights"];
    assert_eq!(rights["scopes"], serde_json::json!(["chat"]));
    assert_eq!(rights["tokens_per_day"], 1000);
    assert!(rights["expires"].is_number());
    assert!(!listed.to_string().contains(key), "a key is shown once");
    let text = String::from_utf8(home.run(&["keys"]).stdout).unwrap();
    assert!(text.contains("editor") && text.contains(id) && text.contains("until 20"), "{text}");

    assert_eq!(home.json(&["keys", "revoke", "editor", "--json"])["id"], id);
    assert_eq!(home.json(&["keys", "list", "--json"])["keys"], serde_json::json!([]));
    let gone = home.run(&["keys", "revoke", id, "--json"]);
    assert_eq!(
        (gone.status.code(), error(&gone)["code"].as_str()),
        (Some(1), Some("port_key_not_found"))
    );
}

#[test]
fn in_the_terminal_only_the_key_itself_goes_to_standard_output() {
    let home = Home::new();
    let made = home.run(&["keys", "make", "--name", "script"]);
    let text = String::from_utf8(made.stdout).unwrap();
    assert!(text.starts_with("hearth-") && text.lines().count() == 1, "{text}");
}

#[test]
fn a_key_that_cannot_be_is_refused_with_a_reason() {
    let home = Home::new();
    for wrong in [["--scope", "everything"], ["--expires", "soon"], ["--tokens-per-day", "0"]] {
        let refused = make(&home, &[&["--name", "x"], &wrong[..]].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(make(&home, &["--name", "twice"]).status.code(), Some(0));
    for (more, code) in [
        (["--name", "twice", "--scope", "chat"], "name_taken"),
        (["--name", "x", "--model", "no-such-model"], "model_not_found"),
        (["--name", "x", "--collection", "no-such-collection"], "collection_not_found"),
    ] {
        let refused = make(&home, &more);
        assert_eq!(
            (refused.status.code(), error(&refused)["code"].as_str()),
            (Some(1), Some(code))
        );
    }
    let over = make(&home, &["--name", "x", "--expires", "1970-01-02"]);
    assert_eq!(error(&over)["code"], "invalid_request", "a key that is over before it begins");
    let walled = ["--name", "x", "--scope", "admin", "--model", "smollm2-135m-instruct"];
    assert_eq!(error(&make(&home, &walled))["code"], "invalid_request");
}

#[test]
fn a_key_is_held_to_a_folder_which_is_made_where_there_is_none_of_that_name() {
    let home = Home::new();
    for name in ["notes", "diary"] {
        let held = ["--name", name, "--scope", "conversations", "--folder", "Notes"];
        assert_eq!(make(&home, &held).status.code(), Some(0));
    }
    let keys = home.json(&["keys", "--json"])["keys"].clone();
    let folders: Vec<_> =
        keys.as_array().unwrap().iter().map(|key| &key["rights"]["folder"]).collect();
    assert!(folders[0].is_string() && folders[0] == folders[1], "{keys}");
    let listed = String::from_utf8(home.run(&["keys"]).stdout).unwrap();
    assert_eq!(listed.matches("conversations of one folder").count(), 2, "{listed}");
    let over = ["--name", "x", "--scope", "admin", "--folder", "Notes"];
    assert_eq!(error(&make(&home, &over))["code"], "invalid_request", "nothing holds an admin");
}

#[test]
fn what_was_done_with_keys_is_shown_by_the_day_as_text_json_and_a_table() {
    let home = Home::new();
    assert_eq!(make(&home, &["--name", "=editor, \"mine\""]).status.code(), Some(0));
    let before = String::from_utf8(home.run(&["keys", "use"]).stdout).unwrap();
    assert!(before.starts_with("Nothing was done"), "{before}");
    assert_eq!(home.json(&["keys", "use", "--json"])["days"], serde_json::json!([]));
    let head = String::from_utf8(home.run(&["keys", "use", "--csv"]).stdout).unwrap();
    assert_eq!(head, "day,key,name,requests,prompt_tokens,completion_tokens\r\n");
    let unknown = home.run(&["keys", "use", "nobody", "--json"]);
    assert_eq!(error(&unknown)["code"], "port_key_not_found");
    let both = home.run(&["keys", "use", "--csv", "--json"]);
    assert_eq!(both.status.code(), Some(2), "one form at a time");
}
