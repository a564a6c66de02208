//! A second `hearth` while the first one holds the data folder.

use hearth_testkit::gguf::TinyModel;
use serde_json::{Value, json};

use crate::support::{Beside, Home, error};

#[test]
fn commands_go_through_the_private_socket_of_the_one_that_holds_the_folder() {
    let home = Home::new();
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    serve.event("ready");
    let question = "What is the capital of France?";
    let answer =
        home.json(&["chat", "--json", "--temperature", "0", "--max-tokens", "48", question]);
    assert!(answer["text"].as_str().unwrap().contains("Paris"), "{answer}");
    let list = home.json(&["models", "--json"]);
    assert_eq!(list["models"][0]["present"], true);
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["messages"], 2, "the other process wrote them: {report}");
    assert!(home.json(&["doctor", "--json"])["checks"].is_array());
    let second = home.run(&["serve", "--json", "--port", "0"]);
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(error(&second)["code"], "data_folder_locked");
    serve.signal("TERM");
    assert!(serve.end().success());
}

#[test]
fn models_are_loaded_and_unloaded_in_the_program_that_runs_and_nowhere_else() {
    let home = Home::new();
    let alone = home.run(&["models", "load", "--json"]);
    assert!(!alone.status.success() && error(&alone)["message"].as_str().unwrap().contains("run"));
    let path = home.path("tiny.gguf");
    TinyModel::random().write(&path).unwrap();
    let tiny = home.json(&["models", "add", path.to_str().unwrap(), "--json"])["id"].clone();
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    serve.event("ready");
    let named = tiny.as_str().unwrap();
    assert_eq!(home.json(&["models", "load", named, "--json"])["id"], tiny);
    let list = home.json(&["models", "--json"]);
    assert_eq!(list["loaded"], json!([tiny, "smollm2-135m-instruct"]));
    let text = home.run(&["models"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert_eq!(text.matches("in memory").count(), 2, "{text}");
    home.json(&["models", "unload", named, "--json"]);
    assert_eq!(home.json(&["models", "--json"])["loaded"], json!(["smollm2-135m-instruct"]));
    home.json(&["models", "unload", "--json"]);
    assert_eq!(home.json(&["models", "--json"])["loaded"], json!([]));
    home.json(&["models", "default", named, "--json"]);
    let models = home.json(&["models", "--json"])["models"].clone();
    let default = models.as_array().unwrap().iter().find(|model| model["is_default"] == true);
    assert_eq!(default.unwrap()["id"], tiny);
    serve.signal("TERM");
    assert!(serve.end().success());
}

#[test]
fn what_a_killed_process_left_does_not_stand_in_the_way() {
    let home = Home::new();
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    serve.event("listening");
    serve.signal("KILL");
    serve.end();
    assert!(home.path("data/endpoint.json").exists(), "it was left behind");
    let report: Value = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], true, "{report}");
    let mut again = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    again.event("listening");
    assert_eq!(home.json(&["verify", "--json"])["ok"], true);
    again.signal("TERM");
    assert!(again.end().success());
}
