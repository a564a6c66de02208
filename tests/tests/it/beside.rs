//! The command line beside another process that holds the data: no port, only the private socket.

use std::process::Stdio;

use serde_json::json;

use crate::support::{ANSWER, Home, QUESTION, Serve, Session, home, process::Running, tools, wait};

/// The arguments of a question that has one right answer.
const ASK: [&str; 7] = ["chat", "--json", "--temperature", "0", "--max-tokens", "48", QUESTION];

#[test]
fn a_question_in_the_terminal_is_answered_with_nothing_else_running() {
    let home = Home::new();
    let said = home.json(&ASK);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    assert!(said["usage"]["completion_tokens"].as_u64().unwrap() > 0);
}

#[test]
fn hearth_chat_talks_to_the_server_that_holds_the_folder() {
    let home = Home::new();
    let serve = Serve::with_commands(&home);
    serve.wait_ready(&home);
    let said = home.json(&ASK);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    // The server knows the conversation, so it was the server that answered.
    let id = said["conversation"].as_str().expect("the conversation is named");
    let view = serve.must("conversation_get", &json!({ "id": id }));
    let texts: Vec<_> =
        view["messages"].as_array().unwrap().iter().map(|m| &m["content"]).collect();
    assert!(texts.contains(&&json!(QUESTION)), "{view}");
}

#[test]
fn hearth_chat_talks_to_the_desktop_application_while_its_port_is_off() {
    let session = Session::new();
    let mut desktop =
        Running::start(session.home.command(tools::program("hearth-desktop")).stdin(Stdio::null()));
    session.window();
    let said = session.home.json(&ASK);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    assert!(desktop.ended().is_none(), "the window is still there");
    assert_eq!(listening_ports(desktop.pid()), "", "no port is open");
    desktop.ask_to_end();
    assert!(desktop.wait().success(), "TERM ends it in order");
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

#[test]
fn a_second_server_is_refused_and_the_first_lives_on() {
    let home = Home::new();
    let serve = Serve::with_commands(&home);
    let second = home.run(&["serve", "--json", "--port", "0"]);
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(home::error_code(&second), "data_folder_locked");
    serve.must("app_status", &json!({}));
    assert!(serve.stop().success());
}

/// The TCP sockets on which a process listens, as lines of the kernel's table.
fn listening_ports(pid: u32) -> String {
    const LISTEN: &str = " 0A ";
    let inodes = wait::until("the list of open files", || {
        let entries = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let links = entries.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
        let names = links.map(|link| link.to_string_lossy().into_owned());
        Some(names.filter_map(|name| Some(inode(&name)?.to_owned())).collect::<Vec<_>>())
    });
    let tables = ["tcp", "tcp6"].map(|table| {
        std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default()
    });
    let listening = tables.iter().flat_map(|table| table.lines()).filter(|line| {
        line.contains(LISTEN)
            && line.split_whitespace().nth(9).is_some_and(|id| inodes.iter().any(|own| own == id))
    });
    listening.collect::<Vec<_>>().join("\n")
}

fn inode(link: &str) -> Option<&str> {
    link.strip_prefix("socket:[")?.strip_suffix(']')
}
