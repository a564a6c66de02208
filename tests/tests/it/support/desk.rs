//! What tests of the desktop do with the running program: start it, look at its processes, ask it
//! something long, read what it has kept.

use std::{fs, process::Stdio, thread, time::Duration};

use serde_json::{Value, json};

use super::{Session, holder::Holder, process::Running, tools, wait};

/// Starts the program with these arguments, without a driver.
pub(crate) fn start(session: &Session, arguments: &[&str]) -> Running {
    start_in(session, arguments, &[])
}

/// As [`start`], with more of an environment.
pub(crate) fn start_in(
    session: &Session,
    arguments: &[&str],
    surroundings: &[(&str, String)],
) -> Running {
    let mut command = session.home.command(tools::program("hearth-desktop"));
    command.envs(surroundings.iter().cloned()).args(arguments);
    Running::start(command.stdin(Stdio::null()))
}

/// How many windows of the program are seen.
pub(crate) fn visible(session: &Session) -> usize {
    let search = ["search", "--onlyvisible", "--class", "hearth-desktop"];
    session.try_xdotool(&search).unwrap_or_default().lines().count()
}

/// Waits until so many windows are seen.
#[track_caller]
pub(crate) fn shows(session: &Session, windows: usize) {
    wait::until(&format!("{windows} windows"), || (visible(session) == windows).then_some(()));
}

/// Presses the keys that close a window.
#[track_caller]
pub(crate) fn close(session: &Session, window: &str) {
    session.activate(window);
    session.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
}

/// The processes that draw pages for the program.
pub(crate) fn web_processes(program: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("processes can be listed").flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|pid| name(*pid) == "WebKitWebProces" && descends(*pid, program)).collect()
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

fn descends(mut pid: u32, from: u32) -> bool {
    while pid > 1 {
        if pid == from {
            return true;
        }
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
        // Behind the name in brackets come the state and the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1));
        pid = parent.and_then(|parent| parent.parse().ok()).unwrap_or(0);
    }
    false
}

/// The conversations, the one used last first.
pub(crate) fn conversations(holder: &Holder<'_>) -> Vec<Value> {
    let mut page = holder.rpc("conversation_list", &json!({}));
    serde_json::from_value(page["items"].take()).expect("a list")
}

/// The messages of a conversation.
pub(crate) fn messages(holder: &Holder<'_>, conversation: &str) -> Vec<Value> {
    let mut view = holder.rpc("conversation_get", &json!({ "id": conversation }));
    serde_json::from_value(view["messages"].take()).expect("a list")
}

/// Waits until a conversation has so many messages and the last one is complete; one that failed is not
/// waited for.
#[track_caller]
pub(crate) fn answered(holder: &Holder<'_>, count: usize) -> (String, Vec<Value>) {
    wait::until(&format!("{count} messages and an answer"), || {
        let id = conversations(holder).first()?["id"].as_str()?.to_owned();
        let all = messages(holder, &id);
        let last = all.last()?;
        assert_ne!(last["status"], "failed", "{all:?}");
        let ended = last["status"] == "complete";
        (all.len() == count && ended).then_some((id, all))
    })
}

/// Types the first question into a window that has just come up, once its page takes all letters.
#[track_caller]
pub(crate) fn ask_first(session: &Session, holder: &Holder<'_>, window: &str, question: &str) {
    session.activate(window);
    wait::until("a page that is typed into", || {
        session.xdotool(&["key", "--clearmodifiers", "ctrl+a"]);
        session.xdotool(&["type", "--delay", "15", question]);
        // A draft is kept a moment after its last letter.
        thread::sleep(Duration::from_secs(1));
        let draft = holder.rpc("draft_get", &json!({ "conversation": null }));
        (draft["text"] == question).then_some(())
    });
    session.xdotool(&["key", "Return"]);
}

/// Asks for something that takes a while; the answer is being written when this returns.
#[track_caller]
pub(crate) fn ask_long(holder: &Holder<'_>, tokens: u32) -> String {
    let request = json!({
        "text": "Write a very long story about a lighthouse keeper, with twenty chapters.",
        "client_id": uuid::Uuid::new_v4(),
        "sampling": { "temperature": 0.0, "max_tokens": tokens, "stop": [] },
    });
    let started = holder.rpc("chat_send", &request);
    let id = started["conversation"]["id"].as_str().expect("a conversation").to_owned();
    wait::until("the first words", || {
        let last = messages(holder, &id).pop()?;
        (last["content"] != "" && last["role"] == "assistant").then_some(())
    });
    id
}
