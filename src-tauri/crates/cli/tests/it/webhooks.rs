//! `hearth webhooks`, and what a running `hearth serve` tells of its own accord.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::Output,
    thread::{self, JoinHandle},
};

use serde_json::{Value, json};

use crate::support::{Beside, Home, error};

/// Takes one message on a socket of this computer, and answers with a status.
fn told(listener: &TcpListener, status: u16) -> JoinHandle<Value> {
    let listener = listener.try_clone().unwrap();
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut socket = BufReader::new(socket);
        let (mut line, mut length) = (String::new(), 0);
        while socket.read_line(&mut line).unwrap() > 2 {
            if let Some(count) = line.to_lowercase().strip_prefix("content-length:") {
                length = count.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).unwrap();
        let answer = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n");
        socket.get_mut().write_all(answer.as_bytes()).unwrap();
        serde_json::from_slice(&body).unwrap()
    })
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    (listener, url)
}

fn add(home: &Home, name: &str, url: &str, more: &[&str]) -> Output {
    home.run(&[&["webhooks", "add", "--json", "--name", name, "--url", url], more].concat())
}

#[test]
fn a_webhook_is_added_tried_listed_and_removed() {
    let home = Home::new();
    let (listener, url) = listen();
    let added = add(&home, "here", &url, &["--local"]);
    let added: Value = serde_json::from_slice(&added.stdout).unwrap();
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"), "{added}");
    let arrives = told(&listener, 204);
    let sent = home.json(&["webhooks", "test", "here", "--json"]);
    assert_eq!(arrives.join().unwrap()["type"], "webhook.test");
    assert_eq!(
        (&sent["delivery"]["status"], &sent["delivery"]["http_status"]),
        (&json!("delivered"), &json!(204))
    );

    let arrives = told(&listener, 500);
    let failed = home.run(&["webhooks", "test", "here"]);
    arrives.join().unwrap();
    let text = String::from_utf8(failed.stdout).unwrap();
    assert_eq!(failed.status.code(), Some(4), "{text}");
    assert!(text.contains("did not arrive (status 500)"), "{text}");
    let sent = home.json(&["webhooks", "sent", "here", "--json"]);
    assert_eq!(sent["deliveries"].as_array().unwrap().len(), 2);

    let listed = home.json(&["webhooks", "--json"]);
    assert_eq!(listed["webhooks"][0]["events"], json!(["generation.finished", "job.finished"]));
    assert!(!listed.to_string().contains("whsec_"), "the secret is shown once");
    home.json(&["webhooks", "remove", "here", "--json"]);
    assert_eq!(home.json(&["webhooks", "--json"])["webhooks"], json!([]));
    let gone = home.run(&["webhooks", "test", "here", "--json"]);
    assert_eq!(error(&gone)["code"], "webhook_not_found");
}

#[test]
fn an_address_that_nothing_may_be_sent_to_is_refused_with_a_reason() {
    let home = Home::new();
    let (_listener, url) = listen();
    for url in [url.as_str(), "ftp://example.org/", "not an address"] {
        let refused = add(&home, "wrong", url, &[]);
        assert_eq!(
            (refused.status.code(), &error(&refused)["code"]),
            (Some(1), &json!("webhook_address"))
        );
    }
    let wrong = add(&home, "wrong", "https://example.org/", &["--event", "everything"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_program_that_runs_tells_that_documents_were_taken_in_and_names_none() {
    let home = Home::new();
    let (listener, url) = listen();
    assert!(add(&home, "here", &url, &["--local", "--event", "job.finished"]).status.success());
    let mut serve = Beside::start(&mut home.hearth(&["serve", "--json", "--port", "0"]));
    serve.line();
    let file = home.path("Canary-name.md");
    fs::write(&file, "# Lease\n\nThe notice period is three months. Canary-text.").unwrap();
    let arrives = told(&listener, 200);
    let file = file.to_str().unwrap();
    home.json(&["ingest", "--json", "--collection", "Canary-collection", file]);
    let message = arrives.join().unwrap();
    assert_eq!(
        (&message["type"], &message["data"]["status"]),
        (&json!("job.finished"), &json!("succeeded"))
    );
    assert_eq!(message["data"]["report"]["documents"], 1);
    assert!(!message.to_string().contains("Canary"), "{message}");
    serve.signal("TERM");
    assert!(serve.end().success());
}
