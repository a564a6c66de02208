//! No space left while an answer streams, on a small disk of memory that only the test sees.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Home, Serve, tools::tool, wait::until_is};

/// Enough for a database and its log, little enough to fill at once.
const DISK: &str = "size=24m";

/// `hearth serve` whose data folder is a disk of its own.
///
/// The disk is in a mount namespace of the server; the test reaches it through `/proc`.
fn serve_on_small_disk(home: &Home) -> Serve {
    fs::create_dir_all(home.data()).unwrap();
    let mut command = home.command(tool("unshare"));
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let script = r#"mount -t tmpfs -o "$0,mode=0700" hearth-test "$1" && shift && exec "$@""#;
    command.args(["--mount", "sh", "-c", script, DISK]).arg(home.data());
    command.arg(crate::support::tools::program("hearth"));
    Serve::start_as(home, command)
}

#[test]
fn a_full_disk_leaves_the_answer_on_the_screen_and_what_was_saved_readable() {
    let home = Home::new();
    let serve = serve_on_small_disk(&home);
    serve.wait_ready(&home);
    let first = send(&serve, "Say one word.", 8);
    assert_eq!(ended(&serve, &first)["type"], "finished");

    let second = send(&serve, "Write a long story about a lighthouse.", 400);
    let mut events = serve.events(&topic(&second), 0).map(|event| event.json());
    events.find(|event| event["type"] == "delta").expect("the answer begins");
    let filler = fill(&serve, &home);
    let rest: Vec<Value> = events.collect();
    let text: String = rest.iter().filter_map(|event| event["text"].as_str()).collect();
    assert!(!text.is_empty(), "the answer goes on on the screen: {rest:?}");
    let told = rest.iter().any(|event| {
        event["type"] == "notice" && event["notice"]["error"] == "disk_full"
            || event["type"] == "failed" && event["code"] == "disk_full" && event["saved"] == false
    });
    assert!(told, "it is said that nothing can be saved: {:?}", rest.last());

    // What was saved stays readable while the disk is full.
    let view = serve.must("conversation_get", &json!({ "id": first["conversation"]["id"] }));
    assert_eq!(view["messages"].as_array().unwrap().len(), 2, "{view}");
    let refused = serve.rpc("chat_send", &request("Hello?", 8));
    assert_eq!(refused.status, 507, "nothing is acknowledged: {}", refused.text());

    fs::remove_file(filler).unwrap();
    let third = send(&serve, "Say one word.", 8);
    assert_eq!(ended(&serve, &third)["type"], "finished");
    let report = serve.must("verify", &json!({}));
    assert_eq!(report["ok"], json!(true), "{report}");
}

#[test]
fn files_that_a_full_disk_holds_up_say_so_and_are_searchable_when_there_is_room() {
    let home = Home::new();
    let documents = home.root().join("documents");
    fs::create_dir(&documents).unwrap();
    for number in 0..40 {
        let sentence = |line| format!("Note {number} of the depot, line {line}, about barrels.\n");
        let text: String = (0..400).map(sentence).collect();
        fs::write(documents.join(format!("{number}.txt")), text).unwrap();
    }
    let serve = serve_on_small_disk(&home);
    serve.wait_ready(&home);
    let collection = serve.must("collection_create", &json!({"name": "work"}))["id"].clone();
    let counts = || serve.must("collection_list", &json!({}))[0]["counts"].clone();
    let pause = json!({"id": collection, "paused": true});
    serve.must("collection_pause", &pause);
    serve.must("library_add", &json!({"collection": collection, "paths": [documents]}));
    until_is("the files that are noted", &json!(40), || counts()["files"].clone());
    // Enough for what a person decides, too little for what is read.
    let filler = fill(&serve, &home);
    File::options()
        .write(true)
        .open(&filler)
        .unwrap()
        .set_len(size(&filler) - (256 << 10))
        .unwrap();
    serve.must("collection_pause", &json!({"id": collection, "paused": false}));
    until_is("why they wait", &json!("disk_full"), || counts()["held"].clone());
    assert_ne!(counts()["waiting"], 0);

    fs::remove_file(filler).unwrap();
    until_is("what can be searched", &json!(40), || counts()["searchable"].clone());
    assert_eq!((&counts()["held"], &counts()["failed"]), (&Value::Null, &json!(0)));
    let found = serve.must("passage_search", &json!({"text": "Note 39 of the depot", "k": 5}));
    assert!(!found["results"].as_array().unwrap().is_empty(), "{found}");
    let report = serve.must("verify", &json!({}));
    assert_eq!(report["ok"], json!(true), "{report}");
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).unwrap().len()
}

fn request(text: &str, tokens: u32) -> Value {
    json!({"text": text, "client_id": Uuid::new_v4(), "sampling": {"max_tokens": tokens, "seed": 3}})
}

fn send(serve: &Serve, text: &str, tokens: u32) -> Value {
    serve.must("chat_send", &request(text, tokens))
}

fn topic(started: &Value) -> String {
    format!("generation/{}", started["generation"].as_str().expect("a name"))
}

fn ended(serve: &Serve, started: &Value) -> Value {
    serve.events(&topic(started), 0).last().expect("the answer ends").json()
}

/// Writes to the server's disk until nothing more goes.
fn fill(serve: &Serve, home: &Home) -> PathBuf {
    let inside = home.data();
    let inside = inside.strip_prefix("/").expect("an absolute path");
    let filler = PathBuf::from(format!("/proc/{}/root", serve.pid())).join(inside).join("filler");
    let mut file = File::create(&filler).expect("the disk of the server can be reached");
    for size in [1 << 20, 4096, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
    filler
}

#[test]
fn a_data_folder_that_cannot_be_written_is_refused_with_a_sentence() {
    let home = Home::new();
    let place = home.root().join("tmp/a-file");
    fs::write(&place, "not a folder").unwrap();
    let mut command: Command = home.hearth(&["chat", "--json", "Hi", "--data-dir"]);
    let output = command.arg(place.join("below")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(crate::support::home::error_code(&output), "data_folder_unusable");
}
