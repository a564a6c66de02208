//! Webhooks: what is told to whom, signed, sent until it arrives, and written down.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use hearth_app::{App, NewWebhook};
use hearth_domain::{
    Delivery, DeliveryStatus, ErrorCode, OutboundError, Timestamp, WebhookDraft, WebhookEvent,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    time::timeout,
};

use crate::support::{HANG, Moving, answer, ask, open, open_at};

/// A program that is told things.
struct Listener(TcpListener);

/// What it was told.
struct Told {
    headers: HashMap<String, String>,
    body: String,
}

impl Listener {
    async fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?token=Canary-url", self.0.local_addr().unwrap().port())
    }

    /// Takes one message and answers with this status.
    async fn take(&self, status: u16) -> Told {
        timeout(HANG, self.read(status)).await.expect("nothing came")
    }

    async fn read(&self, status: u16) -> Told {
        let (socket, _) = self.0.accept().await.unwrap();
        let mut socket = BufReader::new(socket);
        let (mut headers, mut line) = (HashMap::new(), String::new());
        while socket.read_line(&mut line).await.unwrap() > 2 {
            if let Some((name, value)) = line.trim().split_once(": ") {
                headers.insert(name.to_lowercase(), value.to_owned());
            }
            line.clear();
        }
        let length: usize = headers["content-length"].parse().unwrap();
        let mut body = vec![0; length];
        socket.read_exact(&mut body).await.unwrap();
        let answer = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n");
        socket.write_all(answer.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        Told { headers, body: String::from_utf8(body).unwrap() }
    }
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is signed with this, as the specification says.
    fn is_signed_with(&self, secret: &str) -> bool {
        let decode = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).unwrap();
        let [id, at] = ["webhook-id", "webhook-timestamp"].map(|name| &self.headers[name]);
        let key = decode(secret.strip_prefix("whsec_").unwrap());
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{at}.{}", self.body).as_bytes());
        let signature = decode(self.headers["webhook-signature"].strip_prefix("v1,").unwrap());
        mac.verify_slice(&signature).is_ok()
    }
}

fn draft(url: String) -> WebhookDraft {
    let (name, events) = ("n8n".to_owned(), WebhookEvent::ALL.to_vec());
    WebhookDraft { name, url, events, local: true, paused: false }
}

async fn make(app: &App, listener: &Listener) -> NewWebhook {
    app.webhook_make(draft(listener.url())).await.unwrap()
}

/// The last message to a webhook once it is no more under way.
async fn settled(app: &App, made: &NewWebhook, attempts: u32) -> Delivery {
    let look = async {
        loop {
            let last = app.webhook_deliveries(made.webhook.id).await.unwrap().remove(0);
            if last.attempts == attempts {
                return last;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    timeout(HANG, look).await.expect("it was never noted")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_answer_is_told_signed_and_with_no_word_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let listener = Listener::open().await;
    let made = make(&app, &listener).await;
    app.keep_telling();
    let started = app.chat_send(ask("Say Canary-7431.")).await.unwrap();
    let told = listener.take(204).await;
    assert!(told.is_signed_with(&made.secret) && !told.is_signed_with("whsec_AAAA"));
    let json = told.json();
    assert_eq!(json["type"], "generation.finished");
    let data = &json["data"];
    assert_eq!(data["generation"], started.generation.to_string());
    assert_eq!(data["conversation"], started.conversation.id.to_string());
    assert_eq!((&data["status"], &data["error"]), (&"complete".into(), &Value::Null));
    assert!(data["usage"]["completion_tokens"].as_u64().unwrap() > 0);
    assert_eq!(data["model"], Value::Null, "a model may be called like somebody's file");
    answer(&app, started.generation).await;
    assert!(!told.body.contains("Canary") && !told.body.contains("Say"), "{}", told.body);
    let last = settled(&app, &made, 1).await;
    assert_eq!((last.status, last.http_status), (DeliveryStatus::Delivered, Some(204)));
    assert_eq!(told.headers["webhook-id"], last.id.to_string());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_has_each_connection_and_neither_path_nor_content() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let listener = Listener::open().await;
    let made = make(&app, &listener).await;
    let (sent, told) = tokio::join!(app.webhook_test(made.webhook.id), listener.take(200));
    assert_eq!(sent.unwrap().status, DeliveryStatus::Delivered);
    assert_eq!(told.json()["type"], "webhook.test");
    app.shutdown().await;
    drop(app);
    let app = open(dir.path()).await;
    let line = app.connection_list(None).await.unwrap().connections.remove(0);
    assert_eq!((line.purpose.as_str(), line.host.as_str()), ("webhook", "127.0.0.1"));
    assert_eq!((line.http_status, line.error, line.tls), (Some(200), None, false));
    assert!(line.sent > 200 && line.received > 10, "{line:?}");
    for json in [true, false] {
        let file = app.connection_export(json).await.unwrap();
        assert!(file.text.contains("127.0.0.1") && !file.text.contains("Canary"), "{}", file.text);
    }
    let audit = app.audit_export(Default::default(), true).await.unwrap().text;
    assert!(audit.contains("webhook 127.0.0.1") && !audit.contains("Canary"), "{audit}");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_arrive_waits_through_a_restart_and_is_sent_later() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Moving(AtomicI64::new(1_700_000_000_000)));
    let app = open_at(&clock, dir.path()).await;
    let listener = Listener::open().await;
    let made = make(&app, &listener).await;
    app.keep_telling();
    app.chat_send(ask("Say hello.")).await.unwrap();
    let first = listener.take(503).await;
    let waiting = settled(&app, &made, 1).await;
    assert_eq!((waiting.status, waiting.http_status), (DeliveryStatus::Waiting, Some(503)));
    assert_eq!(waiting.error, Some(OutboundError::Status));
    assert_eq!(waiting.due, Some(Timestamp(1_700_000_005_000)));
    app.shutdown().await;
    drop(app);

    clock.0.fetch_add(5_000, Ordering::SeqCst);
    let app = open_at(&clock, dir.path()).await;
    app.keep_telling();
    let second = listener.take(200).await;
    assert_eq!(
        (&second.headers["webhook-id"], &second.body),
        (&first.headers["webhook-id"], &first.body)
    );
    assert_ne!(second.headers["webhook-timestamp"], first.headers["webhook-timestamp"]);
    assert!(second.is_signed_with(&made.secret));
    assert_eq!(settled(&app, &made, 2).await.status, DeliveryStatus::Delivered);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_send_a_message_again_and_a_renewed_secret_signs_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let listener = Listener::open().await;
    let made = make(&app, &listener).await;
    app.keep_telling();
    app.chat_send(ask("Say hello.")).await.unwrap();
    listener.take(410).await;
    let gone = settled(&app, &made, 1).await;
    assert_eq!(
        (gone.status, gone.due),
        (DeliveryStatus::Failed, None),
        "told that nobody is there"
    );
    let renewed = app.webhook_renew(made.webhook.id).await.unwrap();
    app.webhook_again(gone.id).await.unwrap();
    let again = listener.take(200).await;
    assert!(again.is_signed_with(&renewed.secret) && !again.is_signed_with(&made.secret));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_job_is_told_with_its_figures_and_no_name_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(&dir.path().join("data")).await;
    let listener = Listener::open().await;
    make(&app, &listener).await;
    app.keep_telling();
    let folder = dir.path().join("Canary-folder");
    std::fs::create_dir(&folder).unwrap();
    let collection = app.collection_create("Canary-collection".into()).await.unwrap();
    let missing = dir.path().join("Canary-missing.md");
    let started = app.library_add(collection.id, vec![folder, missing]).await.unwrap();
    let told = listener.take(200).await;
    let json = told.json();
    assert_eq!(json["type"], "job.finished");
    assert_eq!(json["data"]["job"], started.job.to_string());
    assert_eq!(json["data"]["status"], "succeeded");
    let report = &json["data"]["report"];
    assert_eq!((&report["skipped_count"], &report["skipped"]), (&1.into(), &Value::Null));
    assert!(!told.body.contains("Canary"), "{}", told.body);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_45_nothing_is_sent_to_this_computer_without_leave_for_that_address() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let listener = Listener::open().await;
    for url in [
        listener.url().as_str(),
        "http://localhost/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest",
        "https://user:secret@example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "example.org",
    ] {
        let draft = WebhookDraft { local: false, ..draft(url.to_owned()) };
        let refused = app.webhook_make(draft).await.err().unwrap();
        assert_eq!(refused.code(), ErrorCode::WebhookAddress, "{url}");
        assert!(!refused.to_string().contains("Canary"));
    }
    let metadata = draft("http://169.254.169.254/latest".into());
    let refused = app.webhook_make(metadata).await.err().unwrap();
    assert_eq!(refused.code(), ErrorCode::WebhookAddress, "not with leave either");
    let none = WebhookDraft { events: Vec::new(), ..draft(listener.url()) };
    assert_eq!(app.webhook_make(none).await.err().unwrap().code(), ErrorCode::InvalidRequest);
    let made = make(&app, &listener).await;
    let again = app.webhook_make(draft(listener.url())).await.err().unwrap();
    assert_eq!(again.code(), ErrorCode::NameTaken);
    let taken_back = WebhookDraft { local: false, ..draft(listener.url()) };
    let refused = app.webhook_update(made.webhook.id, taken_back).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::WebhookAddress);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_rests_or_is_gone_is_told_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let listener = Listener::open().await;
    let made = make(&app, &listener).await;
    let resting = WebhookDraft { paused: true, ..draft(listener.url()) };
    app.webhook_update(made.webhook.id, resting).await.unwrap();
    app.keep_telling();
    let started = app.chat_send(ask("Say hello.")).await.unwrap();
    answer(&app, started.generation).await;
    assert!(app.webhook_deliveries(made.webhook.id).await.unwrap().is_empty());
    app.webhook_delete(made.webhook.id).await.unwrap();
    let gone = app.webhook_deliveries(made.webhook.id).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::WebhookNotFound);
    assert!(app.connection_list(None).await.unwrap().connections.is_empty());
    app.shutdown().await;
}
