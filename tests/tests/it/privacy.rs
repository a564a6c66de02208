//! Nothing leaves the computer, and nothing lies on the disk in plain text.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use hearth_server::Client;
use serde_json::{Value, json};

use crate::support::{
    Home, QUESTION, Session, disk,
    process::Running,
    tools::{self, tool},
    ui, wait,
};

/// A word that nothing but this test writes, whole and in the middle of a sentence.
const CANARY: &str = "zyxwindigocanary";

/// What only this machine hears: local sockets, the kernel, and loopback.
const LOCAL: [&str; 5] = [
    "sa_family=AF_UNIX",
    "sa_family=AF_NETLINK",
    "sin_addr=inet_addr(\"127.",
    "inet_pton(AF_INET6, \"::1\"",
    "sa_family=AF_UNSPEC",
];

/// The lines of a trace that reach for anything else.
fn foreign_connections(trace: &Path) -> Vec<String> {
    let trace = fs::read_to_string(trace).expect("strace wrote its file");
    let calls = trace.lines().filter(|line| line.contains("connect("));
    let foreign = calls.filter(|line| !LOCAL.iter().any(|local| line.contains(local)));
    foreign.map(str::to_owned).collect()
}

fn traced(home: &Home, trace: &Path, program: &Path) -> std::process::Command {
    let mut command = home.command(tool("strace"));
    command.args(["-f", "-qq", "-e", "trace=connect", "-e", "signal=none", "-o"]);
    command.arg(trace).arg(program).stdin(Stdio::null());
    command
}

#[test]
fn a_chat_in_the_terminal_connects_to_nothing_outside() {
    let home = Home::new();
    let trace = home.root().join("tmp/chat.trace");
    let mut command = traced(&home, &trace, &tools::program("hearth"));
    let output = command.args(["chat", "--json", QUESTION]).output().expect("strace runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(foreign_connections(&trace), Vec::<String>::new());
}

#[test]
fn a_chat_in_the_window_connects_to_nothing_outside_and_leaves_no_plain_text() {
    let session = Session::new();
    ui::settle(&session.home);
    let trace = session.home.root().join("tmp/window.trace");
    let mut command = traced(&session.home, &trace, &tools::program("hearth-desktop"));
    let mut desktop = Running::start(&mut command);
    let window = session.window();
    session.activate(&window);
    let view = type_until_it_is_taken(&session, &format!("Repeat the word {CANARY} once."));
    let asked = view["messages"][0]["content"].as_str().expect("a question");
    assert!(asked.contains(CANARY), "the window took the keys: {asked}");
    session.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
    assert!(desktop.wait().success(), "closing ends in order");

    assert_eq!(foreign_connections(&trace), Vec::<String>::new());
    let found = disk::files_with(session.home.root(), CANARY.as_bytes());
    assert_eq!(found, Vec::<PathBuf>::new(), "the canary lies in plain text");
    // It is there, only not in plain text. A busy machine takes it twice where it was typed twice.
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], true, "{report}");
    assert!(report["messages"].as_u64().is_some_and(|count| count >= 2), "{report}");
}

#[test]
fn a_chat_in_the_terminal_leaves_no_plain_text() {
    let home = Home::new();
    let question = format!("Say {CANARY}.");
    let output = home.run(&["chat", "--json", "--log", "debug", "--max-tokens", "16", &question]);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert!(!log.contains(CANARY), "the log holds what was asked");
    let found = disk::files_with(home.root(), CANARY.as_bytes());
    assert_eq!(found, Vec::<PathBuf>::new(), "the canary lies in plain text");
}

/// Types a question and waits for its whole answer.
///
/// Nobody looks into the page here, so whether it was ready for keys shows in the conversation.
fn type_until_it_is_taken(session: &Session, question: &str) -> Value {
    const FIRST_LOOK: Duration = Duration::from_secs(3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let call = |command: &str, request: Value| {
        let client = Client::of_holder(&session.home.data()).ok()??;
        runtime.block_on(client.rpc(command, &request)).ok()
    };
    let id = wait::until("the question to be taken", || {
        thread::sleep(FIRST_LOOK);
        session.xdotool(&["key", "--clearmodifiers", "ctrl+a"]);
        session.type_line(question);
        thread::sleep(FIRST_LOOK);
        let list = call("conversation_list", json!({}))?;
        list["items"][0]["id"].as_str().map(str::to_owned)
    });
    wait::until("the whole answer", || {
        let view = call("conversation_get", json!({ "id": id }))?;
        (view["messages"][1]["status"] == "complete").then_some(view)
    })
}
