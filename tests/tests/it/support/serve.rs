//! `hearth serve`, running beside a test on a port of its own.

use std::{
    fs::File,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::Receiver,
};

use serde_json::{Value, json};

use super::{
    Home,
    http::{Ask, Reply},
    process::{self, Running},
    sse::Events,
    wait::PATIENCE,
};

/// A server that accepts connections.
pub(crate) struct Serve {
    running: Running,
    lines: Receiver<String>,
    /// `127.0.0.1:1234`.
    pub(crate) address: String,
    /// The bearer key of `/v1`.
    pub(crate) api_key: Option<String>,
    /// The address with the one-time sign-in, with `--ui`.
    pub(crate) ui_url: Option<String>,
    /// How other computers reach it, with `--network`.
    pub(crate) network: Value,
    cookie: Option<String>,
}

impl Serve {
    /// Starts it with `--json --port 0` and these arguments, and waits until it listens.
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.hearth(&["serve", "--json", "--port", "0"]);
        command.args(arguments);
        Self::launch(home, command)
    }

    /// Starts it with the user interface through another program, and signs in.
    pub(crate) fn start_as(home: &Home, mut command: Command) -> Self {
        command.args(["serve", "--json", "--port", "0", "--ui"]);
        Self::launch(home, command).signed_in()
    }

    /// Starts this command, which says `serve --json` in some way.
    pub(crate) fn launch(home: &Home, mut command: Command) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(home.root().join("tmp/serve.log"))
            .expect("the log can be written");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut running = Running::start(&mut command);
        let lines = process::lines(running.child().stdout.take().expect("a pipe"));
        let listening = event(&lines, "listening", home);
        let text = |name: &str| listening[name].as_str().map(str::to_owned);
        let url = text("url").expect("the address is said");
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self {
            running,
            lines,
            address,
            api_key: text("api_key"),
            ui_url: text("ui_url"),
            network: listening["network"].clone(),
            cookie: None,
        }
    }

    /// Starts it with the user interface and signs in, so that commands can be sent.
    pub(crate) fn with_commands(home: &Home) -> Self {
        Self::start(home, &["--ui"]).signed_in()
    }

    fn signed_in(mut self) -> Self {
        let token = self.sign_in_token();
        let reply = self.exchange(&token);
        assert_eq!(reply.status / 100, 2, "the token is exchanged: {}", reply.text());
        let cookie = reply.header("set-cookie").expect("a cookie is set");
        self.cookie = cookie.split(';').next().map(str::to_owned);
        self
    }

    /// The name of the first model that `/v1` lists.
    pub(crate) fn model(&self) -> String {
        let key = self.api_key.as_deref().expect("a key was made");
        let ask = Ask::new("GET", &self.address, "/v1/models");
        let list = ask.header("authorization", format!("Bearer {key}")).send().json();
        list["data"][0]["id"].as_str().expect("a model is listed").to_owned()
    }

    /// Waits until the model answers.
    pub(crate) fn wait_ready(&self, home: &Home) -> Value {
        event(&self.lines, "ready", home)
    }

    /// The one-time token of the sign-in link.
    pub(crate) fn sign_in_token(&self) -> String {
        let url = self.ui_url.as_deref().expect("--ui gives an address");
        let (_, token) = url.split_once("#token=").expect("the token is in the fragment");
        token.to_owned()
    }

    /// Exchanges a one-time token.
    pub(crate) fn exchange(&self, token: &str) -> Reply {
        let ask = Ask::new("POST", &self.address, "/api/session");
        ask.header("origin", format!("http://{}", self.address))
            .json(&json!({ "token": token }))
            .send()
    }

    /// Runs a command as the signed-in browser would.
    pub(crate) fn rpc(&self, command: &str, request: &Value) -> Reply {
        let path = format!("/api/rpc/{command}");
        self.signed(Ask::new("POST", &self.address, &path)).json(request).send()
    }

    /// Runs a command that must succeed.
    pub(crate) fn must(&self, command: &str, request: &Value) -> Value {
        let reply = self.rpc(command, request);
        assert_eq!(reply.status, 200, "{command}: {}", reply.text());
        reply.json()
    }

    /// Reads a stream from a number on.
    pub(crate) fn events(&self, topic: &str, from: u64) -> Events {
        let path = format!("/api/stream/{topic}?from={from}");
        Events::new(self.signed(Ask::new("GET", &self.address, &path)).stream())
    }

    fn signed<'a>(&self, ask: Ask<'a>) -> Ask<'a> {
        let cookie = self.cookie.clone().expect("signed in first");
        ask.header("cookie", cookie).header("origin", format!("http://{}", self.address))
    }

    /// Asks as an OpenAI client does, without a stream.
    pub(crate) fn complete(&self, body: &Value) -> Reply {
        self.completion(body).send()
    }

    fn completion(&self, body: &Value) -> Ask<'_> {
        let key = self.api_key.as_deref().expect("a key was made");
        Ask::new("POST", &self.address, "/v1/chat/completions")
            .header("authorization", format!("Bearer {key}"))
            .json(body)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.running.kill();
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Asks it to end in order and waits.
    pub(crate) fn stop(self) -> ExitStatus {
        self.running.ask_to_end();
        self.end()
    }

    /// Waits for its end, which somebody else asked for.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.running.wait()
    }
}

/// Waits for one of the lines that `--json` prints.
fn event(lines: &Receiver<String>, name: &str, home: &Home) -> Value {
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let log = std::fs::read_to_string(home.root().join("tmp/serve.log"));
            panic!("hearth serve never said {name}; its log: {}", log.unwrap_or_default())
        });
        let value: Value = serde_json::from_str(&line).expect("each line is a JSON object");
        if value["event"] == name {
            return value;
        }
    }
}
