//! A second `hearth` while the first one holds the data folder.

use serde_json::Value;

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
