//! `hearth serve`: its two events, its key, its end.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

use crate::support::{Beside, Home, error};

/// Asks over one connection and reads the answer to its end.
fn ask(url: &str, path: &str, key: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nConnection: \
         close\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_says_when_it_listens_and_when_the_model_answers_and_term_ends_it_in_order() {
    let home = Home::new();
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0", "--ui"]));
    let listening = serve.event("listening");
    let mut names: Vec<_> = listening.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["api_key", "event", "pid", "ui_url", "url"]);
    let url = listening["url"].as_str().unwrap();
    let key = listening["api_key"].as_str().expect("the first run makes a key");
    assert!(listening["ui_url"].as_str().unwrap().starts_with(&format!("{url}/#token=")));
    assert!(ask(url, "/v1/models", key).starts_with("HTTP/1.1 200"));
    assert!(ask(url, "/v1/models", "wrong").starts_with("HTTP/1.1 401"));
    let ready = serve.event("ready");
    assert!(ready["model"].is_string() && ready["load_ms"].is_u64(), "{ready}");
    serve.signal("TERM");
    assert_eq!(serve.end().code(), Some(0));

    let mut again = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    let listening = again.event("listening");
    assert!(listening["api_key"].is_null() && listening["ui_url"].is_null(), "{listening}");
    let url = listening["url"].as_str().unwrap();
    assert!(ask(url, "/v1/models", key).starts_with("HTTP/1.1 200"), "the key of the first run");
    again.signal("TERM");
    assert_eq!(again.end().code(), Some(0));
}

#[test]
fn a_key_from_a_file_opens_the_port_and_a_bad_one_opens_none() {
    let home = Home::new();
    let file = home.path("key");
    fs::write(&file, "a-key-of-my-own-choice\n").unwrap();
    let arguments = ["serve", "--json", "--port", "0", "--api-key-file", file.to_str().unwrap()];
    let mut serve = Beside::start(&mut home.hearth(&arguments));
    let listening = serve.event("listening");
    assert!(listening["api_key"].is_null(), "{listening}");
    let url = listening["url"].as_str().unwrap();
    assert!(ask(url, "/v1/models", "a-key-of-my-own-choice").starts_with("HTTP/1.1 200"));
    serve.signal("INT");
    assert_eq!(serve.end().code(), Some(130));
    fs::write(&file, "short").unwrap();
    let refused = home.run(&arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(error(&refused)["code"], "invalid_request");
}

#[test]
fn a_taken_port_is_said() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = home.run(&["serve", "--json", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error(&output)["code"], "port_unavailable");
}

#[test]
fn names_for_other_computers_let_nobody_in_by_themselves() {
    let home = Home::new();
    let mut quiet = home.hearth(&["serve", "--json", "--port", "0"]);
    let mut serve = Beside::start(quiet.env("HEARTH_NETWORK_NAME", "box.lan, desk.lan"));
    assert!(serve.event("listening")["network"].is_null());
    serve.signal("TERM");
    drop(serve);
    let mut open = home.hearth(&["serve", "--json", "--port", "0", "--network", "127.0.0.1:0"]);
    let mut serve = Beside::start(open.env("HEARTH_NETWORK_NAME", "box.lan, desk.lan"));
    let urls = serve.event("listening")["network"]["urls"].to_string();
    assert!(urls.contains("https://box.lan:") && urls.contains("https://desk.lan:"), "{urls}");
    serve.signal("TERM");
}

#[test]
fn an_address_that_this_computer_does_not_have_is_named() {
    let home = Home::new();
    let refused = home.run(&["serve", "--json", "--port", "0", "--network", "203.0.113.9:8443"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("port_unavailable") && said.contains("203.0.113.9:8443"), "{said}");
}
