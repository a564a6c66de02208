//! A whole Hearth without a window in a folder of its own, and a client that sends exact bytes.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hearth_api::ServerHost;
use hearth_app::{App, AppConfig, Ports, SystemClock, SystemPower};
use hearth_domain::{PortKeyDraft, PortRights, Secret, SecretError, SecretStore};
use hearth_server::{GivenKey, Port, PortConfig};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Nothing in these tests takes this long; whoever waits longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// The key of the port in these tests.
pub(crate) const KEY: &str = "a-key-for-tests-only";

/// A running Hearth.
pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) port: Port,
    seconds: Arc<AtomicU64>,
    _folder: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(Some(GivenKey::new(KEY))).await
    }

    pub(crate) async fn open_with(given: Option<GivenKey>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = open_app(folder.path()).await;
        let seconds = Arc::new(AtomicU64::new(0));
        let (start, passed) = (Instant::now(), Arc::clone(&seconds));
        let config = PortConfig {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            ui: true,
            given,
            now: Arc::new(move || start + Duration::from_secs(passed.load(Ordering::SeqCst))),
        };
        let port = Port::open(Arc::clone(&app), Arc::new(ServerHost), config).await.unwrap();
        Self { app, port, seconds, _folder: folder }
    }

    /// Lets the clock of sign-ins and waits go on.
    pub(crate) fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// `127.0.0.1:1234`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port.number())
    }

    /// The header of a program that has the key.
    pub(crate) fn authorization(&self) -> String {
        format!("Authorization: Bearer {KEY}")
    }

    /// The header of a program with another key, that may do this.
    pub(crate) async fn key(&self, name: &str, rights: PortRights) -> String {
        let draft = PortKeyDraft { name: name.into(), rights };
        let made = self.app.port_key_make(draft).await.unwrap();
        format!("Authorization: Bearer {}", made.secret)
    }

    /// Sends a request with the right `Host` and these headers.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Reply {
        let host = format!("Host: {}", self.address());
        let mut all = vec![host.as_str()];
        all.extend(headers);
        self.raw(&format!("{line} HTTP/1.1"), &all, body).await
    }

    /// Sends exactly this and reads the answer to its end.
    pub(crate) async fn raw(&self, line: &str, headers: &[&str], body: &str) -> Reply {
        let mut socket = self.send(line, headers, body).await;
        let mut bytes = Vec::new();
        timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.unwrap().unwrap();
        Reply::read(&bytes)
    }

    /// Sends exactly this and returns the socket.
    pub(crate) async fn send(&self, line: &str, headers: &[&str], body: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address()).await.unwrap();
        let mut request = format!("{line}\r\nConnection: close\r\n");
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        // The server may refuse and close before it has read everything.
        let _ = socket.write_all(request.as_bytes()).await;
        socket
    }

    /// The cookie of a browser that signed in, as the header it sends.
    pub(crate) async fn sign_in(&self) -> String {
        let reply = self.exchange(&self.token()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let cookie = reply.header("set-cookie").unwrap();
        format!("Cookie: {}", cookie.split(';').next().unwrap())
    }

    /// A one-time token, as the sign-in link carries it.
    pub(crate) fn token(&self) -> String {
        let url = self.port.sign_in_url().unwrap();
        url.split_once("#token=").unwrap().1.to_owned()
    }

    pub(crate) async fn exchange(&self, token: &str) -> Reply {
        let body = serde_json::json!({ "token": token }).to_string();
        self.ask("POST /api/session", &[JSON, &self.origin()], &body).await
    }

    /// The header of a page of ours.
    pub(crate) fn origin(&self) -> String {
        format!("Origin: http://{}", self.address())
    }

    pub(crate) async fn close(self) {
        self.port.stop().await;
        self.app.shutdown().await;
    }
}

pub(crate) const JSON: &str = "Content-Type: application/json";

pub(crate) async fn open_app(folder: &Path) -> Arc<App> {
    let config = AppConfig {
        data_dir: folder.to_owned(),
        models_dirs: vec![models()],
        worker_exe: Some(worker()),
        context_size: Some(4096),
        threads: Some(2),
        parallel: Some(4),
    };
    let ports = Ports {
        clock: Arc::new(SystemClock),
        keyring: Arc::new(Keyring::default()),
        power: Arc::new(SystemPower),
    };
    App::open(config, ports).await.unwrap()
}

/// The example program of the engine beside the tests: it tries models that were never loaded.
fn worker() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let name = format!("model_worker{}", std::env::consts::EXE_SUFFIX);
    tests.parent().unwrap().parent().unwrap().join("examples").join(name)
}

/// The folder of models: the catalogue names files in its sub-folders.
fn models() -> PathBuf {
    hearth_testkit::bundled_model().ancestors().nth(2).unwrap().to_owned()
}

/// A keyring in memory.
#[derive(Default)]
struct Keyring(Mutex<HashMap<String, Vec<u8>>>);

impl SecretStore for Keyring {
    fn kind(&self) -> &'static str {
        "keyring"
    }

    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        Ok(self.0.lock().unwrap().get(name).cloned().map(Secret::new))
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        self.0.lock().unwrap().insert(name.to_owned(), value.expose().clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Reply {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { without_chunks(body) } else { body.to_owned() };
        Self { status, head: head.to_owned(), body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether any header begins so.
    pub(crate) fn has_header_like(&self, start: &str) -> bool {
        self.head.lines().any(|line| line.to_ascii_lowercase().starts_with(start))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The `data:` of each event.
    pub(crate) fn data(&self) -> Vec<&str> {
        self.body.lines().filter_map(|line| line.strip_prefix("data: ")).collect()
    }

    /// The `id:` of each event.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let ids = self.body.lines().filter_map(|line| line.strip_prefix("id: "));
        ids.map(|id| id.parse().unwrap()).collect()
    }
}

fn without_chunks(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|_| size > 0) else { break };
        whole.push_str(chunk);
        body = rest.get(size + 2..).unwrap_or("");
    }
    whole
}
