//! A small W3C WebDriver client, enough for WebKitWebDriver and chromedriver.

use std::{fs, net::TcpListener, path::Path, process::Command};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{http::Ask, process::Running, wait};

/// The key under which the standard hides the name of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session with a browser; both end when it is dropped.
pub(crate) struct Driver {
    address: String,
    session: String,
    _driver: Running,
}

impl Driver {
    /// Starts the driver program (its port is added as an argument) and opens a session.
    pub(crate) fn start(program: &mut Command, capabilities: &Value) -> Self {
        let port = free_port();
        let driver = Running::start(program.arg(format!("--port={port}")));
        let address = format!("127.0.0.1:{port}");
        wait::until("the browser driver", || std::net::TcpStream::connect(&address).ok());
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let reply = Ask::new("POST", &address, "/session").json(&body).send().json();
        let session = reply["value"]["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no session: {reply}"))
            .to_owned();
        let driver = Self { address, session, _driver: driver };
        driver.post("timeouts", &json!({ "script": 120_000 }));
        driver
    }

    /// Goes to an address.
    pub(crate) fn go(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    /// Loads the page anew.
    pub(crate) fn reload(&self) {
        self.post("refresh", &json!({}));
    }

    /// Presses keys together and lets them go in the other order.
    pub(crate) fn press(&self, keys: &[char]) {
        let step = |kind: &str, key: &char| json!({ "type": kind, "value": key.to_string() });
        let down = keys.iter().map(|key| step("keyDown", key));
        let steps: Vec<_> = down.chain(keys.iter().rev().map(|key| step("keyUp", key))).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": steps });
        self.post("actions", &json!({ "actions": [keyboard] }));
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> String {
        self.get("url").as_str().expect("an address").to_owned()
    }

    /// Runs a script in the page; `return` gives the value.
    pub(crate) fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that calls its last argument with the value.
    pub(crate) fn async_script(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// Lets scripts run in the frame of this number, until [`Self::leave_frame`].
    pub(crate) fn enter_frame(&self, number: usize) {
        self.post("frame", &json!({ "id": number }));
    }

    /// Lets scripts run in the page again.
    pub(crate) fn leave_frame(&self) {
        self.post("frame", &json!({ "id": null }));
    }

    /// Waits for an element.
    pub(crate) fn element(&self, css: &str) -> Element<'_> {
        wait::until(css, || self.find(css))
    }

    /// An element, if it is there.
    pub(crate) fn find(&self, css: &str) -> Option<Element<'_>> {
        let found =
            self.try_post("element", &json!({ "using": "css selector", "value": css })).ok()?;
        let name = found[ELEMENT].as_str()?.to_owned();
        Some(Element { driver: self, name })
    }

    /// The rendered text of every element that matches.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)";
        let texts = self.script(script, &[json!(css)]);
        serde_json::from_value(texts).expect("a list of texts")
    }

    /// Keeps a picture of the page.
    pub(crate) fn screenshot(&self, file: &Path) {
        let picture = self.get("screenshot");
        let picture = BASE64.decode(picture.as_str().expect("a picture").as_bytes());
        fs::write(file, picture.expect("a picture in Base64")).expect("the picture can be kept");
    }

    /// The lines of the browser's console (Chromium only).
    pub(crate) fn console(&self) -> Vec<String> {
        let lines = self.post("se/log", &json!({ "type": "browser" }));
        let lines = lines.as_array().expect("a list of lines");
        lines.iter().map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn path(&self, what: &str) -> String {
        format!("/session/{}/{what}", self.session)
    }

    fn get(&self, what: &str) -> Value {
        let reply = Ask::new("GET", &self.address, &self.path(what)).send();
        assert_eq!(reply.status, 200, "{what}: {}", reply.text());
        reply.json()["value"].take()
    }

    fn post(&self, what: &str, body: &Value) -> Value {
        self.try_post(what, body).unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    fn try_post(&self, what: &str, body: &Value) -> Result<Value, String> {
        let reply = Ask::new("POST", &self.address, &self.path(what)).json(body).send();
        if reply.status == 200 { Ok(reply.json()["value"].take()) } else { Err(reply.text()) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let path = format!("/session/{}", self.session);
        if std::net::TcpStream::connect(&self.address).is_ok() {
            let _ = std::panic::catch_unwind(|| Ask::new("DELETE", &self.address, &path).send());
        }
    }
}

/// An element of the page.
pub(crate) struct Element<'a> {
    driver: &'a Driver,
    name: String,
}

impl Element<'_> {
    /// Clicks it, once it can be clicked.
    pub(crate) fn click(&self) {
        let path = format!("element/{}/click", self.name);
        wait::until("an element to be clickable", || self.driver.try_post(&path, &json!({})).ok());
    }

    /// Types into it through the driver.
    pub(crate) fn type_text(&self, text: &str) {
        let path = format!("element/{}/value", self.name);
        self.driver.post(&path, &json!({ "text": text }));
    }
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("it has a number").port()
}
