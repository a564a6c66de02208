//! `hearth export` and `hearth import`, alone and beside the process that holds the data.

use serde_json::{Value, json};

use crate::support::{Beside, Home, error};

fn conversation() -> Value {
    let id = |n: u32| format!("01900000-0000-7000-8000-{n:012}");
    json!({
        "format": "hearth", "version": 1, "exported": 5, "folders": [],
        "conversations": [{
            "id": id(1), "title": "Trees", "head": id(2), "created": 1000, "updated": 2000,
            "messages": [{
                "id": id(2), "parent": null, "role": "user", "content": "When do they bloom?",
                "status": "complete", "created": 1000,
            }],
        }],
    })
}

#[test]
fn what_is_exported_can_be_taken_in_elsewhere() {
    let (one, two) = (Home::new(), Home::new());
    let (file, out) = (one.path("in.json"), one.path("out.json"));
    std::fs::write(&file, conversation().to_string()).unwrap();
    let file = file.to_str().unwrap();
    let report = one.json(&["import", "--json", file]);
    assert_eq!((&report["format"], &report["conversations"]), (&json!("hearth"), &json!(1)));
    let out = out.to_str().unwrap();
    assert_eq!(one.json(&["export", "--json", "--out", out])["conversations"], 1);
    assert_eq!(two.json(&["import", "--json", out])["messages"], 1);
    let text = two.run(&["export", "--format", "markdown"]);
    assert!(String::from_utf8(text.stdout).unwrap().contains("When do they bloom?"));
}

#[test]
fn it_works_beside_the_process_that_holds_the_folder() {
    let home = Home::new();
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    serve.event("listening");
    let file = home.path("in.json");
    let mut large = conversation();
    // More than what other commands may send.
    let text = "bloom ".repeat(600_000);
    let messages: Vec<_> = (2..6)
        .map(|n| {
            let mut message = large["conversations"][0]["messages"][0].clone();
            message["id"] = json!(format!("01900000-0000-7000-8000-{n:012}"));
            message["content"] = json!(text);
            message
        })
        .collect();
    large["conversations"][0]["messages"] = json!(messages);
    std::fs::write(&file, large.to_string()).unwrap();
    assert_eq!(home.json(&["import", "--json", file.to_str().unwrap()])["messages"], 4);
    serve.signal("TERM");
    assert!(serve.end().success());
    assert_eq!(home.json(&["verify", "--json"])["messages"], 4);
}

#[test]
fn a_file_that_is_no_export_is_refused_by_its_code() {
    let home = Home::new();
    let file = home.path("in.json");
    std::fs::write(&file, "{}").unwrap();
    let refused = home.run(&["import", "--json", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(error(&refused)["code"], "import_unreadable");
    let missing = home.run(&["import", "--json", home.path("gone.json").to_str().unwrap()]);
    assert_eq!(error(&missing)["code"], "import_unreadable");
}
